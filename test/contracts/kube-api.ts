// What every Kubernetes API server does, seen over HTTP: run over the embedded one and over the real one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, type Body, watch as open, call as send, type Target } from "./kube-http.ts";

export interface Contestant extends Target {
  close(): Promise<void>;
}

const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
const APPLY = "application/apply-patch+yaml";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

export const CRD = join(import.meta.dirname, "../../config/k8s/prowjob-crd.yaml");

const pod = (name: string, more: Record<string, unknown> = {}): Body => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name, tier: "test" } },
  spec: { containers: [{ name: "test", image: "alpine:3", env: [{ name: "A", value: "1" }] }], ...more },
});

const configMap = (name: string, data: Record<string, string> = { a: "1" }, labels?: Body): Body => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(labels && { labels }) },
  data,
});

const prowJob = (name: string, spec: Record<string, unknown> = {}, status?: Body): Body => ({
  apiVersion: "prow.k8s.io/v1",
  kind: "ProwJob",
  metadata: { name },
  spec: { type: "presubmit", job: "unit", refs: { org: "o", repo: "r" }, ...spec },
  ...(status && { status }),
});

export function kubeApiContract(name: string, start: () => Promise<Contestant>): void {
  describe(`Kubernetes API of ${name}`, () => {
    let server: Contestant;
    let count = 0;

    beforeAll(async () => {
      server = await start();
    }, 90_000);
    afterAll(() => server?.close());

    const call = (method: string, path: string, ask?: Ask) => send(server, method, path, ask);
    const watch = (path: string, ask?: Ask) => open(server, path, ask);
    const post = (path: string, body: Body, query = "") => call("POST", path + query, { body });

    /** Paths of the collections in a namespace of the test's own. */
    async function home(): Promise<{
      pods: string;
      maps: string;
      leases: string;
      jobs: string;
      name: string;
    }> {
      count += 1;
      const namespace = `contract-${count}`;
      expect((await post("/api/v1/namespaces", { metadata: { name: namespace } })).status).toBe(201);
      const core = `/api/v1/namespaces/${namespace}`;
      return {
        name: namespace,
        pods: `${core}/pods`,
        maps: `${core}/configmaps`,
        leases: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
        jobs: `/apis/prow.k8s.io/v1/namespaces/${namespace}/prowjobs`,
      };
    }

    describe("create, get, list, delete", () => {
      test("an object gets its system fields, and a list of a built-in kind leaves the kind to the list", async () => {
        const { maps, name } = await home();
        const { status, body } = await post(maps, configMap("one"));
        expect(status).toBe(201);
        expect(body).toMatchObject({
          kind: "ConfigMap",
          apiVersion: "v1",
          metadata: { name: "one", namespace: name },
        });
        expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
        expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const list = (await call("GET", maps)).body;
        expect(list).toMatchObject({ kind: "ConfigMapList", apiVersion: "v1" });
        expect(list.items[0].kind).toBeUndefined();
        expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(
          Number(body.metadata.resourceVersion),
        );
        expect((await call("GET", `${maps}/one`)).body).toEqual(body);
      });

      test("a second object of the name, a missing one, a missing namespace and a missing name are told apart", async () => {
        const { maps } = await home();
        await post(maps, configMap("one"));
        expect((await post(maps, configMap("one"))).body).toMatchObject({
          kind: "Status",
          code: 409,
          reason: "AlreadyExists",
          message: 'configmaps "one" already exists',
          details: { name: "one", kind: "configmaps" },
        });
        expect((await call("GET", `${maps}/two`)).body).toMatchObject({
          code: 404,
          reason: "NotFound",
          message: 'configmaps "two" not found',
        });
        expect((await post("/api/v1/namespaces/nowhere/configmaps", configMap("one"))).body).toMatchObject({
          code: 404,
          message: 'namespaces "nowhere" not found',
        });
        expect((await post(maps, { data: {} })).body).toMatchObject({
          code: 422,
          message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
        });
      });

      test("generateName is made a name", async () => {
        const { maps } = await home();
        const { body } = await post(maps, { metadata: { generateName: "x-" } });
        expect(body.metadata.name).toMatch(/^x-[a-z0-9]{5}$/);
      });

      test("deleting answers with a Status, and deletes once", async () => {
        const { maps } = await home();
        const { uid } = (await post(maps, configMap("one"))).body.metadata;
        const gone = await call("DELETE", `${maps}/one`);
        expect(gone.body).toMatchObject({
          status: "Success",
          details: { name: "one", kind: "configmaps", uid },
        });
        expect((await call("DELETE", `${maps}/one`)).status).toBe(404);
      });

      test("deleting under a precondition that does not hold is a conflict", async () => {
        const { maps } = await home();
        await post(maps, configMap("one"));
        for (const preconditions of [{ uid: "other" }, { resourceVersion: "1" }]) {
          const { body } = await call("DELETE", `${maps}/one`, { body: { preconditions } });
          expect(body).toMatchObject({ code: 409, reason: "Conflict" });
        }
      });

      test("a collection is deleted by selector", async () => {
        const { maps } = await home();
        await post(maps, configMap("one", {}, { group: "a" }));
        await post(maps, configMap("two", {}, { group: "b" }));
        expect((await call("DELETE", `${maps}?labelSelector=group%3Da`)).status).toBe(200);
        expect((await call("GET", maps)).body.items.map((item: Body) => item.metadata.name)).toEqual(["two"]);
      });

      test("finalizers hold an object until the last is taken away", async () => {
        const { maps } = await home();
        const held = configMap("held");
        held.metadata.finalizers = ["example.com/a"];
        await post(maps, held);
        await call("DELETE", `${maps}/held`);
        expect((await call("GET", `${maps}/held`)).body.metadata.deletionTimestamp).toBeTruthy();
        const body = { metadata: { finalizers: null } };
        await call("PATCH", `${maps}/held`, { body, type: MERGE });
        expect((await call("GET", `${maps}/held`)).status).toBe(404);
      });

      test("a dry run changes nothing", async () => {
        const { maps } = await home();
        expect((await post(maps, configMap("one"), "?dryRun=All")).status).toBe(201);
        expect((await call("GET", `${maps}/one`)).status).toBe(404);
      });
    });

    describe("update", () => {
      test("replacing an old version is a conflict, in the words clients look for", async () => {
        const { maps } = await home();
        const { body: old } = await post(maps, configMap("one"));
        expect((await call("PUT", `${maps}/one`, { body: { ...old, data: { a: "2" } } })).status).toBe(200);
        expect((await call("PUT", `${maps}/one`, { body: { ...old, data: { a: "3" } } })).body).toMatchObject(
          {
            code: 409,
            reason: "Conflict",
            message:
              'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
          },
        );
      });

      test("writing what is there already makes no new version", async () => {
        const { maps } = await home();
        const { body: old } = await post(maps, configMap("one"));
        expect((await call("PUT", `${maps}/one`, { body: old })).body.metadata).toEqual(old.metadata);
        const body = { data: { a: "1" } };
        const patched = await call("PATCH", `${maps}/one`, { body, type: MERGE });
        expect(patched.body.metadata.resourceVersion).toBe(old.metadata.resourceVersion);
      });

      test("a name that is not the URL's is a bad request", async () => {
        const { maps } = await home();
        await post(maps, configMap("one"));
        expect((await call("PUT", `${maps}/one`, { body: configMap("two") })).body).toMatchObject({
          code: 400,
          message: "the name of the object (two) does not match the name on the URL (one)",
        });
      });

      test("a lease is replaced only by who says which version", async () => {
        const { leases } = await home();
        const lease = { metadata: { name: "l" }, spec: { holderIdentity: "a", leaseDurationSeconds: 5 } };
        const { body } = await post(leases, lease);
        expect((await call("PUT", `${leases}/l`, { body: lease })).body).toMatchObject({
          code: 422,
          message:
            'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        });
        const taken = { ...body, spec: { ...body.spec, holderIdentity: "b" } };
        expect((await call("PUT", `${leases}/l`, { body: taken })).body.spec.holderIdentity).toBe("b");
      });
    });

    describe("patches", () => {
      test("a JSON patch edits, tests, and is refused when it does not fit", async () => {
        const { maps } = await home();
        const one = configMap("one", { a: "1" });
        one.metadata.annotations = { "b/c": "2" };
        await post(maps, one);
        const patch = (body: unknown) => call("PATCH", `${maps}/one`, { body, type: JSON_PATCH });
        const { body } = await patch([
          { op: "test", path: "/data/a", value: "1" },
          { op: "add", path: "/data/n", value: "3" },
          { op: "move", from: "/metadata/annotations/b~1c", path: "/data/d" },
          { op: "remove", path: "/data/a" },
        ]);
        expect(body.data).toEqual({ n: "3", d: "2" });
        expect((await patch([{ op: "test", path: "/data/n", value: "no" }])).body).toMatchObject({
          code: 422,
        });
        expect((await patch([{ op: "remove", path: "/data/zz" }])).status).toBe(422);
      });

      test("a merge patch deletes with null and heeds a version", async () => {
        const { maps } = await home();
        await post(maps, configMap("one", { a: "1", b: "2" }));
        const patch = (body: unknown) => call("PATCH", `${maps}/one`, { body, type: MERGE });
        expect((await patch({ data: { a: null, c: "3" } })).body.data).toEqual({ b: "2", c: "3" });
        expect((await patch({ metadata: { resourceVersion: "1" }, data: { b: "9" } })).status).toBe(409);
      });

      test("a strategic merge patch merges lists by key and follows directives", async () => {
        const { pods } = await home();
        await post(pods, pod("one"));
        const patch = (path: string, body: unknown) => call("PATCH", pods + path, { body, type: STRATEGIC });
        const changed = await patch("/one", { spec: { containers: [{ name: "test", image: "alpine:4" }] } });
        expect(changed.body.spec.containers[0]).toMatchObject({
          image: "alpine:4",
          env: [{ name: "A", value: "1" }],
        });
        await patch("/one/status", { status: { conditions: [{ type: "Ready", status: "False" }] } });
        const both = await patch("/one/status", {
          status: { conditions: [{ type: "Other", status: "True" }] },
        });
        // What the patch brings comes first.
        expect(both.body.status.conditions.map((each: Body) => each.type)).toEqual(["Other", "Ready"]);
        const one = await patch("/one/status", {
          status: { conditions: [{ type: "Ready", $patch: "delete" }] },
        });
        expect(one.body.status.conditions.map((each: Body) => each.type)).toEqual(["Other"]);
      });

      test("finalizers merge, and are deleted from by directive", async () => {
        const { maps } = await home();
        await post(maps, configMap("one"));
        const patch = (metadata: unknown) =>
          call("PATCH", `${maps}/one`, { body: { metadata }, type: STRATEGIC });
        await patch({ finalizers: ["example.com/a"] });
        const two = await patch({ finalizers: ["example.com/b"] });
        expect(two.body.metadata.finalizers).toEqual(["example.com/b", "example.com/a"]);
        const one = await patch({ "$deleteFromPrimitiveList/finalizers": ["example.com/a"] });
        expect(one.body.metadata.finalizers).toEqual(["example.com/b"]);
        await patch({ "$deleteFromPrimitiveList/finalizers": ["example.com/b"] });
      });

      test("another kind of patch is an unsupported media type", async () => {
        const { maps } = await home();
        await post(maps, configMap("one"));
        expect((await call("PATCH", `${maps}/one`, { body: {}, type: "application/x" })).status).toBe(415);
        expect((await post("/api/v1/namespaces", "x")).status).toBe(400);
      });
    });

    describe("server-side apply", () => {
      const apply = (path: string, body: Body, manager: string, query = "") =>
        call("PATCH", `${path}?fieldManager=${manager}${query}`, { body, type: APPLY });

      test("creates, takes away what is no longer applied, and leaves the rest", async () => {
        const { maps } = await home();
        const path = `${maps}/one`;
        expect((await apply(path, configMap("one", { a: "1", b: "2" }), "x")).status).toBe(201);
        await call("PATCH", path, { body: { data: { other: "3" } }, type: MERGE });
        const { status, body } = await apply(path, configMap("one", { a: "1" }), "x");
        expect([status, body.data]).toEqual([200, { a: "1", other: "3" }]);
        const owners = body.metadata.managedFields.map((each: Body) => [
          each.manager,
          each.operation,
          each.fieldsV1,
        ]);
        expect(owners).toContainEqual(["x", "Apply", { "f:data": { "f:a": {} } }]);
        expect(owners).toContainEqual(["contract", "Update", { "f:data": { "f:other": {} } }]);
        const again = await apply(path, configMap("one", { a: "1" }), "x");
        expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
      });

      test("does not take a field from another manager unless forced", async () => {
        const { maps } = await home();
        const path = `${maps}/one`;
        await post(maps, configMap("one"));
        expect((await apply(path, configMap("one", { a: "9" }), "x")).body).toMatchObject({
          code: 409,
          reason: "Conflict",
          message: 'Apply failed with 1 conflict: conflict with "contract" using v1: .data.a',
          details: { causes: [{ reason: "FieldManagerConflict", field: ".data.a" }] },
        });
        const { body } = await apply(path, configMap("one", { a: "9" }), "x", "&force=true");
        expect(body.data).toEqual({ a: "9" });
        const shared = await apply(path, configMap("one", { a: "9" }), "y");
        expect(shared.status).toBe(200);
      });

      test("merges containers by name", async () => {
        const { pods } = await home();
        const first = pod("one");
        await apply(`${pods}/one`, first, "x");
        first.spec.containers[0].image = "alpine:5";
        const { body } = await apply(`${pods}/one`, first, "x");
        expect(body.spec.containers).toHaveLength(1);
        expect(body.spec.containers[0]).toMatchObject({
          image: "alpine:5",
          terminationMessagePolicy: "File",
        });
      });

      test("needs a manager", async () => {
        const { maps } = await home();
        const { body } = await call("PATCH", `${maps}/one`, { body: configMap("one"), type: APPLY });
        expect(body).toMatchObject({
          code: 422,
          message:
            'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        });
      });
    });

    describe("selecting and paging", () => {
      const names = (list: Body): string[] => list.items.map((item: Body) => item.metadata.name);

      test("labels by equality and by set", async () => {
        const { maps } = await home();
        await post(maps, configMap("a", {}, { tier: "x", n: "1" }));
        await post(maps, configMap("b", {}, { tier: "y" }));
        await post(maps, configMap("c"));
        const select = async (selector: string) =>
          names((await call("GET", `${maps}?labelSelector=${encodeURIComponent(selector)}`)).body);
        expect(await select("tier=x")).toEqual(["a"]);
        expect(await select("tier!=x")).toEqual(["b", "c"]);
        expect(await select("tier in (x, y)")).toEqual(["a", "b"]);
        expect(await select("tier notin (x)")).toEqual(["b", "c"]);
        expect(await select("tier,!n")).toEqual(["b"]);
        expect((await call("GET", `${maps}?labelSelector=a%3D%3D%3Db`)).status).toBe(400);
      });

      test("fields of the kind", async () => {
        const { pods, maps } = await home();
        await post(pods, pod("a"));
        await post(pods, pod("b"));
        await post(`${pods}/b/binding`, { metadata: { name: "b" }, target: { kind: "Node", name: "n1" } });
        const select = async (selector: string) =>
          names((await call("GET", `${pods}?fieldSelector=${encodeURIComponent(selector)}`)).body);
        expect(await select("metadata.name=a")).toEqual(["a"]);
        expect(await select("spec.nodeName=n1")).toEqual(["b"]);
        expect(await select("spec.nodeName=,status.phase!=Failed")).toEqual(["a"]);
        expect((await call("GET", `${pods}?fieldSelector=spec.foo%3Da`)).body.message).toContain(
          "field label not supported: spec.foo",
        );
        expect((await call("GET", `${maps}?fieldSelector=a%3Db`)).body.message).toBe(
          '"a" is not a known field selector: only "metadata.name", "metadata.namespace"',
        );
      });

      test("pages are of one version", async () => {
        const { maps } = await home();
        for (const name of ["a", "b", "c", "d"]) await post(maps, configMap(name));
        const first = (await call("GET", `${maps}?limit=2`)).body;
        expect([names(first), first.metadata.remainingItemCount]).toEqual([["a", "b"], 2]);
        await call("DELETE", `${maps}/c`);
        await post(maps, configMap("e"));
        const rest = await call(
          "GET",
          `${maps}?limit=5&continue=${encodeURIComponent(first.metadata.continue)}`,
        );
        expect(names(rest.body)).toEqual(["c", "d"]);
        expect(rest.body.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
        expect((await call("GET", `${maps}?limit=1&continue=zz`)).status).toBe(400);
      });

      test("an exact version is the past", async () => {
        const { maps } = await home();
        const { body } = await post(maps, configMap("a"));
        await post(maps, configMap("b"));
        const query = `?resourceVersion=${body.metadata.resourceVersion}&resourceVersionMatch=Exact`;
        expect(names((await call("GET", maps + query)).body)).toEqual(["a"]);
        expect((await call("GET", `${maps}?resourceVersion=x`)).status).toBe(400);
      });
    });

    describe("watch", () => {
      test("tells of every change after a version, in order", async () => {
        const { maps } = await home();
        const { resourceVersion } = (await post(maps, configMap("a"))).body.metadata;
        const stream = await watch(`${maps}?watch=1&resourceVersion=${resourceVersion}`);
        await call("PATCH", `${maps}/a`, { body: { data: { a: "2" } }, type: MERGE });
        await post(maps, configMap("b"));
        await call("DELETE", `${maps}/a`);
        const seen = [await stream.next(), await stream.next(), await stream.next()];
        stream.close();
        expect(seen.map((each) => [each.type, each.object.metadata.name])).toEqual([
          ["MODIFIED", "a"],
          ["ADDED", "b"],
          ["DELETED", "a"],
        ]);
        const versions = seen.map((each) => Number(each.object.metadata.resourceVersion));
        expect(versions).toEqual(versions.toSorted((a, b) => a - b));
        expect(seen[0]?.object).toMatchObject({ kind: "ConfigMap", apiVersion: "v1" });
      });

      test("without a version it begins with what is there", async () => {
        const { maps } = await home();
        await post(maps, configMap("a"));
        const stream = await watch(`${maps}?watch=1`);
        expect(await stream.next()).toMatchObject({ type: "ADDED", object: { metadata: { name: "a" } } });
        stream.close();
      });

      test("an object that leaves the selection is deleted for the watch, and added when it enters", async () => {
        const { maps } = await home();
        const { resourceVersion } = (await post(maps, configMap("a", {}, { on: "yes" }))).body.metadata;
        const stream = await watch(
          `${maps}?watch=1&labelSelector=on%3Dyes&resourceVersion=${resourceVersion}`,
        );
        const label = (on: string) =>
          call("PATCH", `${maps}/a`, { body: { metadata: { labels: { on } } }, type: MERGE });
        await label("no");
        await label("yes");
        expect([(await stream.next()).type, (await stream.next()).type]).toEqual(["DELETED", "ADDED"]);
        stream.close();
      });

      test("ends at its timeout", async () => {
        const { maps } = await home();
        const { resourceVersion } = (await post(maps, configMap("a"))).body.metadata;
        const stream = await watch(`${maps}?watch=1&timeoutSeconds=1&resourceVersion=${resourceVersion}`);
        await expect(stream.next()).rejects.toThrow("ended");
      });

      test("a single object can be watched by its field", async () => {
        const { maps } = await home();
        await post(maps, configMap("a"));
        await post(maps, configMap("b"));
        const stream = await watch(`${maps}?watch=1&fieldSelector=metadata.name%3Db`);
        expect((await stream.next()).object.metadata.name).toBe("b");
        stream.close();
      });
    });

    describe("pods", () => {
      test("get Kubernetes' defaults", async () => {
        const { pods } = await home();
        const { body } = await post(pods, pod("one"));
        expect(body.spec).toMatchObject({
          restartPolicy: "Always",
          terminationGracePeriodSeconds: 30,
          dnsPolicy: "ClusterFirst",
          schedulerName: "default-scheduler",
          enableServiceLinks: true,
          securityContext: {},
        });
        expect(body.spec.containers[0]).toMatchObject({
          imagePullPolicy: "IfNotPresent",
          terminationMessagePath: "/dev/termination-log",
          resources: {},
        });
        expect(body.status).toEqual({ phase: "Pending", qosClass: "BestEffort" });
        expect(body.spec.tolerations).toHaveLength(2);
        expect(body.metadata.generation).toBe(1);
      });

      test("faults are told with their causes", async () => {
        const { pods } = await home();
        const bad = pod("A_", {
          containers: [{ name: "x y" }],
          volumes: [{ name: "v" }, { name: "v" }],
        });
        const { body } = await post(pods, bad);
        expect(body).toMatchObject({ code: 422, reason: "Invalid", details: { kind: "Pod", name: "A_" } });
        const causes = body.details.causes.map((cause: Body) => [cause.field, cause.reason]);
        expect(causes).toEqual(
          expect.arrayContaining([
            ["metadata.name", "FieldValueInvalid"],
            ["spec.containers[0].name", "FieldValueInvalid"],
            ["spec.containers[0].image", "FieldValueRequired"],
            ["spec.volumes[1].name", "FieldValueDuplicate"],
          ]),
        );
        const wrong = await post(pods, { ...pod("one"), spec: { containers: "x" } });
        expect([wrong.status, wrong.body.reason]).toEqual([400, "BadRequest"]);
      });

      test("the status is written through its own door only", async () => {
        const { pods } = await home();
        await post(pods, pod("one"));
        const body = { status: { phase: "Running" } };
        expect((await call("PATCH", `${pods}/one`, { body, type: MERGE })).body.status.phase).toBe("Pending");
        const door = await call("PATCH", `${pods}/one/status`, {
          body: { ...body, spec: { activeDeadlineSeconds: 5 } },
          type: MERGE,
        });
        expect([door.body.status.phase, door.body.spec.activeDeadlineSeconds]).toEqual([
          "Running",
          undefined,
        ]);
      });

      test("the spec is fixed", async () => {
        const { pods } = await home();
        await post(pods, pod("one"));
        const body = { spec: { nodeName: "n" } };
        const { body: refused } = await call("PATCH", `${pods}/one`, { body, type: MERGE });
        expect(refused.message).toContain("spec: Forbidden: pod updates may not change fields other than");
      });

      test("binding puts it on a node, once", async () => {
        const { pods } = await home();
        await post(pods, pod("one"));
        const bind = () =>
          post(`${pods}/one/binding`, { metadata: { name: "one" }, target: { kind: "Node", name: "n1" } });
        expect((await bind()).status).toBe(201);
        const { body } = await call("GET", `${pods}/one`);
        expect(body.spec.nodeName).toBe("n1");
        expect(body.status.conditions).toMatchObject([{ type: "PodScheduled", status: "True" }]);
        expect((await bind()).body.message).toBe(
          'Operation cannot be fulfilled on pods/binding "one": pod one is already assigned to node "n1"',
        );
      });

      test("one that nothing runs goes at once, one on a node waits for its kubelet", async () => {
        const { pods } = await home();
        await post(pods, pod("loose"));
        await call("DELETE", `${pods}/loose`);
        expect((await call("GET", `${pods}/loose`)).status).toBe(404);
        await post(pods, pod("bound", { nodeName: "n1", terminationGracePeriodSeconds: 7 }));
        const { body } = await call("DELETE", `${pods}/bound`);
        expect(body).toMatchObject({ kind: "Pod", metadata: { deletionGracePeriodSeconds: 7 } });
        expect((await call("GET", `${pods}/bound`)).body.metadata.deletionTimestamp).toBeTruthy();
        const now = { gracePeriodSeconds: 0, preconditions: { uid: body.metadata.uid } };
        expect((await call("DELETE", `${pods}/bound`, { body: now })).status).toBe(200);
        expect((await call("GET", `${pods}/bound`)).status).toBe(404);
      });

      test("a log of an unknown container is a bad request", async () => {
        const { pods } = await home();
        await post(pods, pod("one"));
        expect((await call("GET", `${pods}/one/log?container=x`)).body).toMatchObject({
          code: 400,
          message: "container x is not valid for pod one",
        });
        await post(
          pods,
          pod("two", {
            containers: [
              { name: "a", image: "i" },
              { name: "b", image: "i" },
            ],
          }),
        );
        expect((await call("GET", `${pods}/two/log`)).body.message).toBe(
          "a container name must be specified for pod two, choose one of: [a b]",
        );
      });

      test("are shown as a table and as metadata", async () => {
        const { pods } = await home();
        await post(pods, pod("one"));
        const { body } = await call("GET", pods, { accept: TABLE });
        expect(body).toMatchObject({ kind: "Table", apiVersion: "meta.k8s.io/v1" });
        const columns = body.columnDefinitions.map((column: Body) => column.name);
        expect(columns.slice(0, 7)).toEqual(["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node"]);
        expect(body.rows[0].cells.slice(0, 4)).toEqual(["one", "0/1", "Pending", "0"]);
        expect(body.rows[0].object).toMatchObject({
          kind: "PartialObjectMetadata",
          metadata: { name: "one" },
        });
        const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
        const bare = (await call("GET", pods, { accept })).body;
        expect(bare).toMatchObject({
          kind: "PartialObjectMetadataList",
          items: [{ metadata: { name: "one" } }],
        });
        expect(bare.items[0].spec).toBeUndefined();
      });
    });

    describe("custom resources", () => {
      beforeAll(async () => {
        const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        const { status } = await call("POST", path, {
          body: readFileSync(CRD, "utf8"),
          type: "application/yaml",
        });
        expect(status).toBe(201);
        // Served as soon as it is established, which takes the real server a moment.
        for (let tries = 0; tries < 600; tries += 1) {
          if ((await call("GET", "/apis/prow.k8s.io/v1/prowjobs")).status === 200) break;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        const { body } = await call("GET", `${path}/prowjobs.prow.k8s.io`);
        const established = body.status.conditions.find((each: Body) => each.type === "Established");
        expect(established.status).toBe("True");
      });

      test("a ProwJob has no status subresource, so one write carries both", async () => {
        const { jobs } = await home();
        const { body } = await post(jobs, prowJob("one", {}, { state: "triggered" }));
        expect(body).toMatchObject({ status: { state: "triggered" }, metadata: { generation: 1 } });
        expect((await call("PATCH", `${jobs}/one/status`, { body: {}, type: MERGE })).status).toBe(404);
        const done = { status: { state: "success", completionTime: "2026-01-01T00:00:00Z" } };
        const { body: patched } = await call("PATCH", `${jobs}/one`, { body: done, type: MERGE });
        expect(patched).toMatchObject({ ...done, metadata: { generation: 2 } });
        expect((await call("GET", jobs)).body.items[0]).toMatchObject({
          kind: "ProwJob",
          apiVersion: "prow.k8s.io/v1",
        });
      });

      test("faults are told by the schema", async () => {
        const { jobs } = await home();
        const bad = prowJob("one", {
          type: "x",
          report: "no",
          max_concurrency: -1,
          refs: { org: "o" },
          job: undefined,
        });
        const { body } = await post(jobs, bad);
        const causes = Object.fromEntries(
          body.details.causes.map((cause: Body) => [cause.field, cause.message]),
        );
        expect(causes).toEqual({
          "spec.job": "Required value",
          "spec.refs.repo": "Required value",
          "spec.type":
            'Unsupported value: "x": supported values: "presubmit", "postsubmit", "periodic", "batch"',
          "spec.report": 'Invalid value: "string": spec.report in body must be of type boolean: "string"',
          "spec.max_concurrency":
            "Invalid value: -1: spec.max_concurrency in body should be greater than or equal to 0",
        });
        expect(body).toMatchObject({
          code: 422,
          reason: "Invalid",
          details: { kind: "ProwJob", group: "prow.k8s.io" },
        });
      });

      test("a job is not over without a completion time", async () => {
        const { jobs } = await home();
        const { status } = await post(jobs, prowJob("one", {}, { state: "success" }));
        expect(status).toBe(422);
      });

      test("unknown fields are dropped with a warning or refused, pod_spec is left alone", async () => {
        const { jobs } = await home();
        const odd = prowJob("one", { foo: 1, pod_spec: { containers: [{ name: "a", odd: { x: 1 } }] } });
        const strict = await post(jobs, odd, "?fieldValidation=Strict");
        expect([strict.status, strict.body.message]).toEqual([
          400,
          'ProwJob in version "v1" cannot be handled as a ProwJob: strict decoding error: unknown field "spec.foo"',
        ]);
        const warned = await post(jobs, odd, "?fieldValidation=Warn");
        expect(warned.headers["warning"]).toBe('299 - "unknown field \\"spec.foo\\""');
        expect(warned.body.spec.foo).toBeUndefined();
        expect(warned.body.spec.pod_spec.containers[0].odd).toEqual({ x: 1 });
      });

      test("nulls count as absent", async () => {
        const { jobs } = await home();
        const { body } = await post(
          jobs,
          prowJob("one", { refs: null }, { state: "triggered", startTime: null }),
        );
        expect([body.spec.refs, body.status]).toEqual([undefined, { state: "triggered" }]);
      });

      test("the printer columns make the table", async () => {
        const { jobs } = await home();
        const refs = { org: "o", repo: "r", pulls: [{ number: 5, author: "a", sha: "s" }] };
        await post(jobs, prowJob("one", { refs }, { state: "pending", build_id: "17" }));
        const { body } = await call("GET", jobs, { accept: TABLE });
        expect(body.columnDefinitions.map((column: Body) => column.name)).toEqual([
          ...[
            "Name",
            "Job",
            "BuildId",
            "Type",
            "Org",
            "Repo",
            "Pulls",
            "StartTime",
            "CompletionTime",
            "State",
          ],
        ]);
        expect(body.rows[0].cells).toEqual([
          "one",
          "unit",
          "17",
          "presubmit",
          "o",
          "r",
          "5",
          null,
          null,
          "pending",
        ]);
      });

      test("take no strategic merge patch, and no update without a version", async () => {
        const { jobs } = await home();
        await post(jobs, prowJob("one"));
        expect((await call("PATCH", `${jobs}/one`, { body: {}, type: STRATEGIC })).status).toBe(415);
        expect((await call("PUT", `${jobs}/one`, { body: prowJob("one") })).status).toBe(422);
      });
    });

    describe("discovery and descriptions", () => {
      test("kinds are found in the plain and in the aggregated form", async () => {
        const { body } = await call("GET", "/api/v1");
        const pods = body.resources.find((each: Body) => each.name === "pods");
        expect(pods).toMatchObject({
          namespaced: true,
          kind: "Pod",
          shortNames: ["po"],
          singularName: "pod",
        });
        expect(body.resources.map((each: Body) => each.name)).toEqual(
          expect.arrayContaining(["pods/log", "pods/status", "pods/binding"]),
        );
        const accept =
          "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
        const groups = await call("GET", "/apis", { accept });
        expect(groups.body.kind).toBe("APIGroupDiscoveryList");
        const names = groups.body.items.map((item: Body) => item.metadata.name);
        expect(names).toEqual(expect.arrayContaining(["coordination.k8s.io", "apiextensions.k8s.io"]));
        expect((await call("GET", "/apis")).body.kind).toBe("APIGroupList");
        expect((await call("GET", "/apis/coordination.k8s.io")).body).toMatchObject({
          kind: "APIGroup",
          preferredVersion: { groupVersion: "coordination.k8s.io/v1" },
        });
      });

      test("OpenAPI 3 describes a group, and tells that fields are validated", async () => {
        const index = (await call("GET", "/openapi/v3")).body;
        const document = (await call("GET", index.paths["api/v1"].serverRelativeURL)).body;
        const patch = document.paths["/api/v1/namespaces/{namespace}/pods/{name}"].patch;
        expect(patch.parameters.map((each: Body) => each.name)).toContain("fieldValidation");
        expect(document.components.schemas["io.k8s.api.core.v1.Pod"].properties.spec).toBeTruthy();
      });

      test("what is not there is told so", async () => {
        expect((await call("GET", "/apis/foo/v1/foos")).text).toBe("404 page not found\n");
        expect((await call("GET", "/api/v1/foos")).body).toMatchObject({
          code: 404,
          message: "the server could not find the requested resource",
        });
        expect((await call("PUT", "/api/v1/namespaces/default/configmaps")).body).toMatchObject({
          code: 405,
          reason: "MethodNotAllowed",
        });
        expect((await call("GET", "/api/v1/namespaces", { accept: "text/x" })).status).toBe(406);
      });

      test("health and version answer", async () => {
        for (const path of ["/healthz", "/readyz", "/livez"]) {
          expect((await call("GET", path)).text).toBe("ok");
        }
        expect((await call("GET", "/version")).body).toMatchObject({ major: "1" });
      });

      test("one may ask what one may do", async () => {
        const { body } = await post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
          spec: { resourceAttributes: { verb: "create", resource: "pods", namespace: "default" } },
        });
        expect(body.status.allowed).toBe(true);
        const me = await post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
        expect(me.body.status.userInfo.username).toBeTruthy();
      });
    });

    describe("events and secrets", () => {
      test("an event has two faces and is found by what it is about", async () => {
        const { name } = await home();
        const core = `/api/v1/namespaces/${name}/events`;
        const involvedObject = { kind: "Pod", name: "p", namespace: name };
        await post(core, { metadata: { name: "e" }, involvedObject, reason: "Started", message: "m" });
        const selector = encodeURIComponent("involvedObject.name=p,involvedObject.kind=Pod");
        expect((await call("GET", `${core}?fieldSelector=${selector}`)).body.items).toHaveLength(1);
        expect((await call("GET", `${core}?fieldSelector=involvedObject.name%3Dq`)).body.items).toEqual([]);
        const { body } = await call("GET", `/apis/events.k8s.io/v1/namespaces/${name}/events/e`);
        expect(body).toMatchObject({ apiVersion: "events.k8s.io/v1", regarding: involvedObject, note: "m" });
      });

      test("a secret's plain data is encoded", async () => {
        const { name } = await home();
        const { body } = await post(`/api/v1/namespaces/${name}/secrets`, {
          metadata: { name: "s" },
          stringData: { a: "b" },
        });
        expect([body.data, body.type, body.stringData]).toEqual([{ a: "Yg==" }, "Opaque", undefined]);
      });
    });
  });
}

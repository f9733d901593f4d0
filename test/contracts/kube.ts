// What every API server behind the Kubernetes port must do, through our own client.
import { describe, expect, test } from "vitest";
import { KubeError } from "../../src/kube/error.ts";
import type { Kube, WatchEvent } from "../../src/kube/port.ts";
import type { Kind, KubeObject } from "../../src/model/kube-object.ts";
import { LEASE, type Lease } from "../../src/model/lease.ts";
import { POD, type Pod } from "../../src/model/pod.ts";

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}
const CONFIG_MAP: Kind<ConfigMap> = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};

const map = (
  name: string,
  data: Record<string, string> = {},
  labels: Record<string, string> = {},
): ConfigMap => ({
  metadata: { name, namespace: "default", labels },
  data,
});

const pod = (name: string): Pod => ({
  metadata: { name, namespace: "default", labels: { "created-by-prow": "true" } },
  spec: { restartPolicy: "Never", containers: [{ name: "test", image: "busybox" }] },
});

async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
}

/** Events until `count` that are no bookmarks. */
async function take<T>(events: AsyncIterable<WatchEvent<T>>, count: number): Promise<WatchEvent<T>[]> {
  const taken: WatchEvent<T>[] = [];
  for await (const event of events) {
    if (event.type !== "BOOKMARK") taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** The server needs the namespace `default` and nothing else. Names are the suite's own. */
export function kubeContract(name: string, open: () => Promise<Kube>): void {
  describe(`kube: ${name}`, () => {
    objects(open);
    patches(open);
    lists(open);
    watches(open);
    pods(open);
  });
}

function objects(open: () => Promise<Kube>): void {
  test("creates, reads, replaces and deletes an object", async () => {
    const { read, write } = await open();
    const created = await write.create(CONFIG_MAP, map("crud", { a: "1" }));
    expect(created.metadata).toMatchObject({
      uid: expect.any(String),
      resourceVersion: expect.any(String),
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const replaced = await write.replace(CONFIG_MAP, { ...created, data: { b: "2" } });
    expect(replaced.data).toEqual({ b: "2" });
    expect(replaced.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
    expect((await read.get(CONFIG_MAP, "default", "crud"))?.data).toEqual({ b: "2" });
    await write.delete(CONFIG_MAP, "default", "crud");
    expect(await read.get(CONFIG_MAP, "default", "crud")).toBeUndefined();
  });

  test("deleting what is gone is success", async () => {
    const { write } = await open();
    await expect(write.delete(CONFIG_MAP, "default", "never-was")).resolves.toBeUndefined();
  });

  test("refuses a second object of the same name, with reason and message", async () => {
    const { write } = await open();
    await write.create(CONFIG_MAP, map("twice"));
    const error = await failure(write.create(CONFIG_MAP, map("twice")));
    expect(error).toMatchObject({ status: 409, reason: "AlreadyExists" });
    expect(error.message).toBe('configmaps "twice" already exists');
  });

  test("refuses to replace from an old version", async () => {
    const { write } = await open();
    const first = await write.create(CONFIG_MAP, map("stale"));
    await write.replace(CONFIG_MAP, { ...first, data: { a: "1" } });
    expect(await failure(write.replace(CONFIG_MAP, { ...first, data: { a: "2" } }))).toMatchObject({
      status: 409,
      reason: "Conflict",
    });
  });

  test("deletes only the object that is meant", async () => {
    const { read, write } = await open();
    const { metadata } = await write.create(CONFIG_MAP, map("meant"));
    const other = { preconditions: { uid: "00000000-0000-0000-0000-000000000000" } };
    expect(await failure(write.delete(CONFIG_MAP, "default", "meant", other))).toMatchObject({ status: 409 });
    await write.delete(CONFIG_MAP, "default", "meant", { preconditions: { uid: metadata.uid } });
    expect(await read.get(CONFIG_MAP, "default", "meant")).toBeUndefined();
  });

  test("says what is wrong with an invalid object", async () => {
    const { write } = await open();
    const error = await failure(write.create(CONFIG_MAP, map("Not_A_Name")));
    expect(error).toMatchObject({ status: 422, reason: "Invalid" });
    expect(error.message).toContain("Not_A_Name");
  });

  test("keeps leases with their microseconds", async () => {
    const { write } = await open();
    const lease: Lease = {
      metadata: { name: "lease", namespace: "default" },
      spec: { holderIdentity: "me", leaseDurationSeconds: 15, renewTime: "2026-01-02T03:04:05.678000Z" },
    };
    expect((await write.create(LEASE, lease)).spec).toEqual(lease.spec);
  });
}

function patches(open: () => Promise<Kube>): void {
  test("merge patch: adds, changes, and removes with null", async () => {
    const { write } = await open();
    await write.create(CONFIG_MAP, map("merge", { keep: "1", drop: "2" }));
    const patched = await write.patch(CONFIG_MAP, "default", "merge", { data: { drop: null, add: "3" } });
    expect(patched.data).toEqual({ keep: "1", add: "3" });
  });

  test("a merge patch with a resourceVersion is refused when the object has moved on", async () => {
    const { write } = await open();
    const { metadata } = await write.create(CONFIG_MAP, map("precondition"));
    const at = (data: Record<string, string>) => ({
      metadata: { resourceVersion: metadata.resourceVersion },
      data,
    });
    await write.patch(CONFIG_MAP, "default", "precondition", at({ a: "1" }));
    expect(await failure(write.patch(CONFIG_MAP, "default", "precondition", at({ a: "2" })))).toMatchObject({
      status: 409,
      reason: "Conflict",
    });
  });

  test("JSON patch", async () => {
    const { write } = await open();
    await write.create(CONFIG_MAP, map("json", { a: "1" }));
    const steps = [
      { op: "test", path: "/data/a", value: "1" },
      { op: "replace", path: "/data/a", value: "2" },
      { op: "add", path: "/data/b", value: "3" },
    ];
    expect((await write.patch(CONFIG_MAP, "default", "json", steps, { type: "json" })).data).toEqual({
      a: "2",
      b: "3",
    });
  });

  test("strategic patch merges lists by their key", async () => {
    const { write } = await open();
    await write.create(POD, pod("strategic"));
    const patch = { spec: { containers: [{ name: "test", image: "busybox:2" }] } };
    const patched = await write.patch(POD, "default", "strategic", patch, { type: "strategic" });
    expect(patched.spec.containers).toHaveLength(1);
    expect(patched.spec.containers[0]).toMatchObject({ name: "test", image: "busybox:2" });
  });

  test("server-side apply creates, changes, and tells whose field it is", async () => {
    const { write } = await open();
    const applied = (data: Record<string, string>) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "applied" },
      data,
    });
    const apply = (data: Record<string, string>, fieldManager: string, force?: boolean) =>
      write.patch(CONFIG_MAP, "default", "applied", applied(data), { type: "apply", fieldManager, force });
    expect((await apply({ a: "1", b: "1" }, "one")).data).toEqual({ a: "1", b: "1" });
    expect((await apply({ a: "2" }, "one")).data).toEqual({ a: "2" });
    const error = await failure(apply({ a: "3" }, "two"));
    expect(error).toMatchObject({ status: 409 });
    expect(error.message).toContain('conflict with "one"');
    expect((await apply({ a: "3" }, "two", true)).data).toEqual({ a: "3" });
  });

  test("patching what is not there is a 404", async () => {
    const { write } = await open();
    expect(await failure(write.patch(CONFIG_MAP, "default", "nowhere", { data: {} }))).toMatchObject({
      status: 404,
      reason: "NotFound",
    });
  });
}

function lists(open: () => Promise<Kube>): void {
  test("lists by label, with the kind on every item and a version to watch from", async () => {
    const { read, write } = await open();
    await write.create(CONFIG_MAP, map("list-a", {}, { suite: "list", side: "left" }));
    await write.create(CONFIG_MAP, map("list-b", {}, { suite: "list", side: "right" }));
    const { items, resourceVersion } = await read.list(CONFIG_MAP, {
      namespace: "default",
      labelSelector: "suite=list,side!=right",
    });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["list-a"]);
    expect(items[0]).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
    expect(resourceVersion).toMatch(/^\d+$/);
    const byField = await read.list(CONFIG_MAP, {
      namespace: "default",
      fieldSelector: "metadata.name=list-b",
    });
    expect(byField.items.map(({ metadata }) => metadata.name)).toEqual(["list-b"]);
  });

  test("a list that is not older than a version holds what was made with it", async () => {
    const { read, write } = await open();
    const { metadata } = await write.create(CONFIG_MAP, map("fresh", {}, { suite: "memory" }));
    const options = { namespace: "default", labelSelector: "suite=memory" };
    const { items, resourceVersion } = await read.list(CONFIG_MAP, {
      ...options,
      notOlderThan: metadata.resourceVersion!,
    });
    expect(items.map(({ metadata: { name } }) => name)).toEqual(["fresh"]);
    expect(Number(resourceVersion)).toBeGreaterThanOrEqual(Number(metadata.resourceVersion));
    // One that does not exist yet, as after a restore from a backup: the newest that there is.
    const later = String(Number(resourceVersion) + 1_000_000);
    expect((await read.list(CONFIG_MAP, { ...options, notOlderThan: later })).items).toHaveLength(1);
  });

  test("reads lists of more than one page whole, each object once", async () => {
    const { read, write } = await open();
    const names = Array.from({ length: 1100 }, (_, index) => `page-${String(index).padStart(4, "0")}`);
    for (let start = 0; start < names.length; start += 100) {
      const some = names.slice(start, start + 100);
      await Promise.all(some.map((name) => write.create(CONFIG_MAP, map(name, {}, { suite: "pages" }))));
    }
    const { items } = await read.list(CONFIG_MAP, { namespace: "default", labelSelector: "suite=pages" });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
  });
}

function watches(open: () => Promise<Kube>): void {
  test("a watch tells what happened after the list, in order, to its selector only", async () => {
    const { read, write } = await open();
    const options = { namespace: "default", labelSelector: "suite=watch" };
    const { resourceVersion } = await read.list(CONFIG_MAP, options);
    const stop = new AbortController();
    const events = take(read.watch(CONFIG_MAP, { ...options, resourceVersion, signal: stop.signal }), 4);
    await write.create(CONFIG_MAP, map("other", {}, { suite: "no" }));
    await write.create(CONFIG_MAP, map("watched", {}, { suite: "watch" }));
    await write.patch(CONFIG_MAP, "default", "watched", { data: { a: "1" } });
    await write.patch(CONFIG_MAP, "default", "watched", { metadata: { labels: { suite: "no" } } });
    await write.patch(CONFIG_MAP, "default", "watched", { metadata: { labels: { suite: "watch" } } });
    // Leaving the selection looks like a deletion, coming back like a creation.
    expect((await events).map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ["ADDED", "watched"],
      ["MODIFIED", "watched"],
      ["DELETED", "watched"],
      ["ADDED", "watched"],
    ]);
    stop.abort();
  });

  test("a watch resumed from an event's version misses nothing and repeats nothing", async () => {
    const { read, write } = await open();
    const first = await write.create(CONFIG_MAP, map("resume", {}, { suite: "resume" }));
    await write.patch(CONFIG_MAP, "default", "resume", { data: { step: "2" } });
    await write.delete(CONFIG_MAP, "default", "resume");
    const stop = new AbortController();
    const events = await take(
      read.watch(CONFIG_MAP, {
        namespace: "default",
        labelSelector: "suite=resume",
        resourceVersion: first.metadata.resourceVersion!,
        signal: stop.signal,
      }),
      2,
    );
    expect(events.map(({ type }) => type)).toEqual(["MODIFIED", "DELETED"]);
    expect(Number(events[1]!.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(events[0]!.object.metadata.resourceVersion),
    );
    stop.abort();
  });

  test("a watch ends quietly when it is aborted", async () => {
    const { read } = await open();
    const { resourceVersion } = await read.list(CONFIG_MAP, { namespace: "default" });
    const stop = new AbortController();
    const options = {
      namespace: "default",
      labelSelector: "suite=quiet",
      resourceVersion,
      signal: stop.signal,
    };
    const events = take(read.watch(CONFIG_MAP, options), 1);
    setTimeout(() => stop.abort(), 50);
    expect(await events).toEqual([]);
  });
}

function pods(open: () => Promise<Kube>): void {
  test("a pod is pending at first; its status is written through the subresource", async () => {
    const { read, write } = await open();
    const created = await write.create(POD, pod("status"));
    expect(created.status?.phase).toBe("Pending");
    const patch = { status: { phase: "Failed", reason: "Evicted", message: "no room" } };
    await write.patch(POD, "default", "status", patch, { subresource: "status" });
    expect((await read.get(POD, "default", "status"))?.status).toMatchObject(patch.status);
    // Through the main resource the status stays as it is.
    await write.patch(POD, "default", "status", { status: { phase: "Running" } });
    expect((await read.get(POD, "default", "status"))?.status?.phase).toBe("Failed");
  });

  test("an unscheduled pod goes at once, one with a finalizer when that is taken off", async () => {
    const { read, write } = await open();
    await write.create(POD, pod("gone"));
    await write.delete(POD, "default", "gone");
    expect(await read.get(POD, "default", "gone")).toBeUndefined();

    const held = pod("held");
    held.metadata.finalizers = ["prow.x-k8s.io/gcsk8sreporter"];
    await write.create(POD, held);
    await write.delete(POD, "default", "held");
    expect((await read.get(POD, "default", "held"))?.metadata.deletionTimestamp).toBeDefined();
    await write.patch(POD, "default", "held", { metadata: { finalizers: null } });
    expect(await read.get(POD, "default", "held")).toBeUndefined();
  });

  test("a pod without containers is refused", async () => {
    const { write } = await open();
    const error = await failure(write.create(POD, { ...pod("empty"), spec: { containers: [] } }));
    expect(error).toMatchObject({ status: 422, reason: "Invalid" });
    expect(error.message).toContain("spec.containers");
  });

  test("the log of a pod that is not there is a 404", async () => {
    const { read } = await open();
    expect(await failure(read.podLog("default", "no-such-pod"))).toMatchObject({ status: 404 });
  });
}

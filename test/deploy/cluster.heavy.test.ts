// The manifests on a real kube-apiserver, and a job's whole way with just the rights that they give.
import { createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Kind } from "../../src/model/kube-object.ts";
import { LEASE } from "../../src/model/lease.ts";
import { POD, type Pod } from "../../src/model/pod.ts";
import { PROW_JOB } from "../../src/model/prowjob.ts";
import { readRecord } from "../../src/record/open.ts";
import type { Entry } from "../../src/record/port.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { whyNoRealKube } from "../contracts/real-kube.ts";
import { httpServer } from "../lib/http-server.ts";
import { newJob, until } from "../plank/end-to-end.ts";
import { type Cluster, hasKubectl, installOperatorsKinds, overlay, startCluster } from "./cluster.ts";
import { base, components, type Manifest, manifests, ofKind } from "./manifests.ts";

const CONFIG = `
prowjob_namespace: prow
pod_namespace: test-pods
horologium: { tick_interval: 1s }
sinker: { resync_period: 1s, max_prowjob_age: 1s, max_pod_age: 1h, terminated_pod_ttl: 1s }
plank:
  default_decoration_configs:
    "*":
      timeout: 1h
      gcs_configuration: { bucket: results, path_strategy: explicit }
      utility_images: { clonerefs: c, initupload: i, entrypoint: e, sidecar: s }
periodics:
  - name: nightly
    interval: 1h
    spec: { containers: [{ image: busybox, command: ["true"] }] }
`;

const core = (plural: string, kind: string, namespaced: boolean): Kind => ({
  ...{ group: "", version: "v1", plural, kind, namespaced },
});
const SECRET = core("secrets", "Secret", true);
const NODE = core("nodes", "Node", false);

const GITHUB = "--github-endpoint=http://127.0.0.1:1";
const SECONDS = 60;

const missing =
  whyNoRealKube() ?? (hasKubectl() ? undefined : "kubectl is missing: run ../shared/bin/unpack.sh");
if (missing) {
  describe("the manifests on kube-apiserver", () => test.skip(missing, () => {}));
} else {
  let cluster: Cluster;
  let applied: string;
  beforeAll(async () => {
    cluster = await startCluster(CONFIG);
    applied = await cluster.kubectl("apply", "--server-side", "--kustomize", base);
  }, 120_000);
  afterAll(() => cluster?.close());

  test("all of it is accepted as it is, without a warning, and once more", async () => {
    expect(applied.match(/serverside-applied/g)?.length).toBeGreaterThan(60);
    expect(applied).not.toContain("Warning");
    expect(await cluster.kubectl("apply", "--server-side", "--kustomize", base)).not.toContain("Warning");
  });

  test("so is an overlay with all that may be added, which comes out as the other tests see it", async () => {
    const folder = overlay(cluster.directory);
    const built = loadAll(await cluster.kubectl("kustomize", folder)) as Manifest[];
    const idOf = ({ kind, metadata }: Manifest) => [kind, metadata.namespace, metadata.name].join(" ");
    const seen = new Map(built.map((manifest) => [idOf(manifest), manifest]));
    for (const manifest of manifests) {
      const { spec } = seen.get(idOf(manifest))!;
      // kustomize names the release.
      const text = JSON.stringify(spec)?.replaceAll('"cutwater:0.1.0"', '"cutwater"');
      expect(text && JSON.parse(text), idOf(manifest)).toEqual(manifest.spec);
    }
    expect(seen.size).toBe(manifests.length);
    await installOperatorsKinds(cluster);
    const added = await cluster.kubectl("apply", "--server-side", "--kustomize", folder);
    expect(added).not.toContain("Warning");
  });

  test("pods of every component are let in at the level that the namespace enforces; a root one is not", async () => {
    const { admin } = cluster;
    for (const { name, workload } of components) {
      const { spec } = workload.spec.template;
      const claims = workload.spec.volumeClaimTemplates ?? [];
      const volumes = [
        ...spec.volumes,
        ...claims.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} })),
      ];
      await admin.write.create(POD, {
        metadata: { name, namespace: "prow" },
        spec: { ...spec, volumes },
      } as unknown as Pod);
      await admin.write.delete(POD, "prow", name, { gracePeriodSeconds: 0 });
    }
    const root = { containers: [{ name: "root", image: "busybox" }] };
    const refused = admin.write.create(POD, {
      metadata: { name: "root", namespace: "prow" },
      spec: root,
    } as Pod);
    await expect(refused).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  const may = async (account: string, verb: string, resource: string, ...where: string[]) => {
    const who = `--as=system:serviceaccount:${account}`;
    const question = cluster.kubectl("auth", "can-i", verb, resource, who, ...where);
    // A no is also the exit code 1.
    const answer = await question.catch(({ stdout }: { stdout: string }) => stdout);
    const word = /^(yes|no)\b/m.exec(answer)?.[1];
    if (!word) throw new Error(`kubectl auth can-i ${verb} ${resource}: ${answer}`);
    return word === "yes";
  };

  test("each may do what it is there for", async () => {
    expect(await may("prow:plank", "create", "pods", "--namespace=test-pods")).toBe(true);
    expect(await may("prow:deck", "get", "pods", "--namespace=test-pods", "--subresource=log")).toBe(true);
    expect(await may("prow:hook-worker", "patch", "configmaps/plugins", "--namespace=prow")).toBe(true);
  });

  describe("no account may", () => {
    const accounts = ofKind("ServiceAccount").map(({ metadata }) => `${metadata.namespace}:${metadata.name}`);
    test.each([
      ["get", "secrets", ["--namespace=prow"]],
      ["list", "secrets", ["--namespace=test-pods"]],
      ["delete", "nodes", []],
      ["list", "nodes", []],
      ["patch", "nodes", []],
      ["create", "pods", ["--namespace=prow"]],
      ["create", "pods", ["--namespace=test-pods", "--subresource=exec"]],
      ["create", "serviceaccounts", ["--namespace=prow", "--subresource=token"]],
      ["create", "rolebindings.rbac.authorization.k8s.io", ["--namespace=prow"]],
      ["update", "deployments.apps", ["--namespace=prow"]],
      ["list", "prowjobs.prow.k8s.io", ["--namespace=default"]],
      ["update", "prowjobs.prow.k8s.io", ["--namespace=prow"]],
      ["delete", "configmaps", ["--namespace=prow"]],
      ["get", "configmaps/redis", ["--namespace=prow"]],
      ["update", "leases.coordination.k8s.io/of-somebody-else", ["--namespace=prow"]],
    ])("%s %s %j", async (verb, resource, where) => {
      const answers = await Promise.all(accounts.map((account) => may(account, verb, resource, ...where)));
      expect(accounts.filter((_, index) => answers[index])).toEqual([]);
    });
  });

  test("what an account may not do is refused to its token too", async () => {
    const plank = await cluster.as("plank");
    await expect(plank.write.delete(PROW_JOB, "prow", "any")).rejects.toThrow(/forbidden/);
    await expect(plank.read.list(SECRET, { namespace: "test-pods" })).rejects.toThrow(/forbidden/);
    await expect(plank.write.delete(NODE, "", "any")).rejects.toThrow(/forbidden/);
    const gateway = await cluster.as("hook-gateway");
    await expect(gateway.read.list(PROW_JOB, { namespace: "prow" })).rejects.toThrow(/forbidden/);
  });

  test("a job becomes a pod, is mirrored, reported, shown and cleaned up; a periodic one starts", async () => {
    const { admin, directory } = cluster;
    const storage = join(directory, "storage");
    const stored = [`--storage=${storage}`];
    // Without one it is away, and everything goes on.
    const redis = hasBinary("redis-server") ? await cluster.redis() : undefined;
    const kept = redis ? [`--record=${redis.url}`] : [];
    const crew = await Promise.all([
      // As the base alone has it.
      cluster.component("plank", ["--tot-url=", ...kept]),
      cluster.component("crier", [
        ...stored,
        ...kept,
        ...(redis ? [`--github-share=${redis.url}`] : []),
        GITHUB,
      ]),
      cluster.component("deck", [...stored, ...(redis ? [`--queue=${redis.url}`] : [])]),
      cluster.component("horologium", kept),
    ]);
    const deck = crew[2]!;
    for (const each of crew) await until(each.ready, "a component is ready", SECONDS);

    const hook = await cluster.as("hook-worker");
    const metadata = { name: "job-1", namespace: "prow" };
    const report = { report: false, namespace: "test-pods" };
    await hook.write.create(PROW_JOB, { ...newJob("job-1", { ...report, type: "postsubmit" }), metadata });
    await until(async () => Boolean(await admin.read.get(POD, "test-pods", "job-1")), "its pod", SECONDS);
    await admin.write.patch(
      POD,
      "test-pods",
      "job-1",
      { status: { phase: "Succeeded" } },
      { subresource: "status" },
    );
    const job = () => admin.read.get(PROW_JOB, "prow", "job-1");
    await until(async () => (await job())?.status.state === "success", "its end is mirrored", SECONDS);

    const finished = () => filesBelow(storage).find((file) => file.endsWith("finished.json"));
    await until(() => Boolean(finished()), "it is reported to storage", SECONDS);
    expect(JSON.parse(readFileSync(finished()!, "utf8"))).toMatchObject({ passed: true, result: "success" });

    const shown = await (await fetch(`http://127.0.0.1:${deck.port}/prowjobs.js`)).text();
    expect(shown).toContain("job-1");
    const periodic = async () =>
      (await admin.read.list(PROW_JOB, { namespace: "prow" })).items.find(
        ({ spec }) => spec.job === "nightly",
      );
    await until(async () => (await periodic())?.status.state === "pending", "the periodic one runs", SECONDS);

    const sinker = await cluster.component("sinker", kept);
    await until(sinker.ready, "sinker is ready", SECONDS);
    await until(async () => !(await job()), "the job is cleaned up", SECONDS);
    await until(async () => goes(await admin.read.get(POD, "test-pods", "job-1")), "its pod is", SECONDS);
    expect(await periodic()).toBeDefined();

    const leases = (await admin.read.list(LEASE, { namespace: "prow" })).items;
    const held = leases.filter(({ spec }) => spec.holderIdentity).map((lease) => lease.metadata.name);
    expect(held.sort()).toEqual([
      "cutwater-crier",
      "cutwater-horologium",
      "prow-controller-manager-leader-lock",
      "prow-sinker-leaderlock",
    ]);
    for (const each of [...crew, sinker]) {
      expect(each.output()).not.toMatch(/forbidden|may not use leases|NOAUTH|WRONGPASS|NOPERM/);
      await each.stop();
    }
    if (redis) {
      const told = await storyOf("job-1", redis.urlWithPassword);
      expect(new Set(told.map(({ component }) => component))).toEqual(new Set(["plank", "crier", "sinker"]));
    }
  });

  test("tide starts jobs and holds its lease with what it may do", async () => {
    const tide = await cluster.as("tide");
    const metadata = { name: "batch", namespace: "prow" };
    await tide.write.create(PROW_JOB, { ...newJob("batch", { type: "batch" }), metadata });
    expect((await tide.read.list(PROW_JOB, { namespace: "prow" })).items.length).toBeGreaterThan(0);
    const lease = { metadata: { name: "cutwater-tide", namespace: "prow" }, spec: { holderIdentity: "me" } };
    const made = await tide.write.create(LEASE, lease);
    await tide.write.replace(LEASE, { ...made, spec: { ...made.spec, holderIdentity: "" } });
    await expect(tide.write.delete(LEASE, "prow", "cutwater-tide")).rejects.toThrow(/forbidden/);
  });

  test("tot numbers the builds that plank starts", async () => {
    const tot = await cluster.component("tot");
    await until(tot.ready, "tot is ready", SECONDS);
    const plank = await cluster.component("plank", [`--tot-url=http://127.0.0.1:${tot.port}`]);
    const hook = await cluster.as("hook-worker");
    const metadata = { name: "numbered", namespace: "prow" };
    const made = newJob("numbered", { job: "counted", namespace: "test-pods", type: "postsubmit" });
    await hook.write.create(PROW_JOB, { ...made, metadata });
    const build = async () => (await cluster.admin.read.get(PROW_JOB, "prow", "numbered"))?.status.build_id;
    await until(async () => (await build()) !== undefined, "it has a number", SECONDS);
    expect(await build()).toBe("1");
    for (const each of [plank, tot]) await each.stop();
  });

  test.each([["cherrypicker"], ["needs-rebase"], ["refresh"]])(
    "%s listens and stores webhooks as its manifest starts it",
    async (name) => {
      const plugin = await cluster.component(name, [GITHUB, "--github-graphql-endpoint=http://127.0.0.1:1"]);
      await until(plugin.ready, `${name} is ready`, SECONDS);
      expect((await send(plugin.port, "webhook-secret", "/")).status).toBe(200);
      expect((await send(plugin.port, "another", "/")).status).toBe(403);
      await plugin.stop();
    },
  );

  test.skipIf(!hasBinary("redis-server"))("ghproxy keeps GitHub's answers in Redis, with TLS", async () => {
    const redis = await cluster.redis({ tls: true });
    const answers = await httpServer((_request, response) =>
      response.writeHead(200, { etag: '"1"', "content-type": "application/json" }).end("{}"),
    );
    const upstream = `--upstream=${answers.url}`;
    const address = `--redis-address=rediss://127.0.0.1:${redis.port}`;
    const proxy = await cluster.component("ghproxy", [address, upstream], { NODE_EXTRA_CA_CERTS: redis.ca });
    await until(proxy.ready, "ghproxy is ready", SECONDS);
    const ask = () =>
      fetch(`http://127.0.0.1:${proxy.port}/repos/acme/lib`, { headers: { authorization: "token t" } });
    expect((await ask()).headers.get("x-cache-mode")).toBe("MISS");
    expect((await ask()).headers.get("x-cache-mode")).not.toBe("MISS");
    await proxy.stop();
    await answers.close();
    expect(proxy.output()).not.toMatch(/NOAUTH|WRONGPASS|NOPERM/);
  });

  test.skipIf(!hasBinary("redis-server")).each([[false], [true]])(
    "webhooks go through gateway and Redis, as their manifests start them, to the worker (TLS: %s)",
    async (tls) => {
      const redis = await cluster.redis({ tls });
      const env: Record<string, string> = tls ? { NODE_EXTRA_CA_CERTS: redis.ca } : {};
      const queue = [`--queue=${redis.url}`, GITHUB];
      const gateway = await cluster.component("hook-gateway", queue, env);
      const worker = await cluster.component("hook-worker", queue, env);
      for (const each of [gateway, worker]) await until(each.ready, "hook is ready", SECONDS);
      expect((await send(gateway.port, "webhook-secret")).status).toBe(200);
      expect((await send(gateway.port, "another")).status).toBe(403);
      for (const each of [gateway, worker]) {
        await each.stop();
        expect(each.output()).not.toMatch(/forbidden|NOAUTH|WRONGPASS|NOPERM/);
      }
    },
  );
}

/** What the components have recorded of a job. */
async function storyOf(job: string, url: string): Promise<Entry[]> {
  const record = await readRecord({ url, clock: systemClock, log: silent, keepMs: 3_600_000 });
  try {
    return await record.prowjob(job, 100);
  } finally {
    record.close();
  }
}

function send(port: number, secret: string, path = "/hook"): Promise<Response> {
  const body = JSON.stringify({ zen: "Keep it logically awesome.", hook_id: 1 });
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "ping",
      "x-github-delivery": "one",
      "x-hub-signature": `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`,
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
    body,
  });
}

/** Gone, or about to: without a kubelet nothing finishes a deletion. */
const goes = (pod: Pod | undefined): boolean => !pod || Boolean(pod.metadata.deletionTimestamp);

const filesBelow = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: "utf8" }).map((name) => join(directory, name))
    : [];

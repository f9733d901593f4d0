// Prints how fast triggered ProwJobs become pods on a real kube-apiserver with two planners running, also beside many
// finished jobs, how soon the second planner takes over when the first is killed, and how long a job waits beside
// thousands that are aborted at once.
//   npm run bench:plank [-- JOBS [FINISHED [ABORTED]]]
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "../src/kube/client.ts";
import type { ListOptions } from "../src/kube/port.ts";
import { reflect } from "../src/kube/reflector.ts";
import { systemClock } from "../src/lib/clock.ts";
import { silent } from "../src/lib/logger.ts";
import { sideBySide } from "../src/lib/waiting/side-by-side.ts";
import { loadYAML } from "../src/lib/yaml/load.ts";
import { CUSTOM_RESOURCE } from "../src/model/custom-resource.ts";
import type { KubeObject } from "../src/model/kube-object.ts";
import { LEASE } from "../src/model/lease.ts";
import { POD } from "../src/model/pod.ts";
import { PROW_JOB, type ProwJob } from "../src/model/prowjob.ts";
import { freePort } from "../test/contracts/free-port.ts";
import { startRealKube, whyNoRealKube } from "../test/contracts/real-kube.ts";
import { figure } from "./figure.ts";
import { readyURL, usualFlags } from "./stage/component-files.ts";
import { kubeconfig } from "./stage/kubeconfig.ts";
import { startLogged } from "./stage/logged-process.ts";
import { untilReady } from "./stage/until.ts";

const [jobs = 1000, finished = 20_000, aborted = 10_000] = process.argv.slice(2).map(Number);
const root = join(import.meta.dirname, "..");
const NAMESPACE = "default";
const CREATE_AT_ONCE = 50;
const missing = whyNoRealKube();
if (missing) {
  console.log(`bench:plank is skipped: ${missing}`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "cutwater-bench-plank-"));
const files = { config: join(folder, "config.yaml"), kubeconfig: join(folder, "kubeconfig") };
const server = await startRealKube();
const kube = connect({
  server: server.url,
  tls: { rejectUnauthorized: false },
  authorization: async () => `Bearer ${server.token}`,
});
const planners: ChildProcess[] = [];
try {
  await prepare();
  const alone = await burst("alone");
  figure(`${jobs} triggered jobs to pods, two planners`, "plank-rate", alone, "pods a second", {
    least: 200,
  });
  console.log(
    `Real Prow on such a machine: 5 a second, by its client's default limits; ${(alone / 5).toFixed(0)} times that.`,
  );
  await stopPlanners();
  await many(finished, "old", "success");
  const beside = await burst("beside");
  figure(`The same beside ${finished} finished jobs`, "plank-rate-beside", beside, "pods a second", {
    least: 180,
  });
  figure("Share of the rate that is left then", "plank-rate-share", beside / alone, "", { least: 0.9 });
  await takeover();
  await besideAborted();
} finally {
  for (const child of planners) child.kill("SIGKILL");
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function prepare(): Promise<void> {
  const crd = loadYAML(readFileSync(join(root, "config/k8s/prowjob-crd.yaml"), "utf8")) as KubeObject;
  await kube.write.create(CUSTOM_RESOURCE, crd);
  await until(() =>
    kube.read.list(PROW_JOB, { namespace: NAMESPACE }).then(
      () => true,
      () => false,
    ),
  );
  const cluster = { server: server.url, "insecure-skip-tls-verify": true };
  writeFileSync(files.kubeconfig, kubeconfig(cluster, { token: server.token }));
  writeFileSync(files.config, "plank: {}\n");
}

async function startPlanner(name: string): Promise<ChildProcess> {
  const ports = { health: await freePort(), metrics: await freePort() };
  const child = startLogged({
    ...{ file: join(root, "bin/cutwater"), args: ["plank", ...usualFlags(files, ports)] },
    // As identity a lease shows the host's name.
    env: { ...process.env, HOSTNAME: name },
    log: join(folder, `${name}.log`),
  });
  await untilReady(readyURL(ports));
  return child;
}

/** Jobs that wait when two planners start: pods a second, from the first to the last. */
async function burst(name: string): Promise<number> {
  await many(jobs, name, "triggered");
  const selector = { namespace: NAMESPACE, labelSelector: `prow.k8s.io/job=${name}` };
  const seen = timesOfPods(selector);
  for (const planner of ["a", "b"]) planners.push(await startPlanner(planner));
  const times = await seen;
  await pause(2_000);
  const { items } = await kube.read.list(POD, selector);
  if (items.length !== jobs) throw new Error(`${jobs} jobs have ${items.length} pods`);
  return ((jobs - 1) / (times.at(-1)! - times[0]!)) * 1000;
}

/** When each pod was seen; resolves with the last. Reflected, since the server may cut a watch that is slow to read. */
function timesOfPods(selector: ListOptions): Promise<number[]> {
  const { promise, resolve, reject } = Promise.withResolvers<number[]>();
  const times: number[] = [];
  const stop = new AbortController();
  const store = reflect(kube.read, POD, selector, {
    clock: systemClock,
    log: silent,
    random: Math.random,
    signal: stop.signal,
  });
  const timer = setTimeout(() => {
    stop.abort();
    reject(new Error(`${times.length} of ${jobs} pods came in 300 s`));
  }, 300_000);
  store.onChange((_, pod, old) => {
    if (pod && !old) times.push(performance.now());
    if (times.length < jobs) return;
    stop.abort();
    clearTimeout(timer);
    resolve(times);
  });
  return promise;
}

async function stopPlanners(): Promise<void> {
  const ended = planners.map((child) => once(child, "exit"));
  for (const child of planners.splice(0)) child.kill("SIGTERM");
  await Promise.all(ended);
}

/** How long after the leader's death a new job has its pod. It dies just after a renewal: then the lease lasts longest. */
async function takeover(): Promise<void> {
  const held = () => kube.read.get(LEASE, NAMESPACE, "prow-controller-manager-leader-lock");
  const before = (await held())!;
  await until(async () => (await held())?.spec.renewTime !== before.spec.renewTime, 5);
  const leader = planners[before.spec.holderIdentity?.startsWith("a_") ? 0 : 1]!;
  leader.kill("SIGKILL");
  const killed = performance.now();
  await many(1, "next", "triggered");
  await until(async () => (await held())?.spec.holderIdentity !== before.spec.holderIdentity, 10);
  const led = performance.now();
  await until(async () => (await kube.read.get(POD, NAMESPACE, "next-0")) !== undefined, 10);
  const done = performance.now();
  console.log(
    `The other planner held the lease after ${seconds(led - killed)}, the pod came ${seconds(done - led)} later.`,
  );
  const words = "From kill -9 of the leader, just after it renewed its lease, to the next job's pod";
  figure(words, "plank-takeover", (done - killed) / 1000, "s", { most: 5 });
}

/** Jobs aborted while no planner ran: how soon one that begins has its pod, and that all of them end. */
async function besideAborted(): Promise<void> {
  for (const child of planners) child.kill("SIGKILL");
  planners.length = 0;
  await many(aborted, "gone", "aborted");
  await many(1, "kept", "triggered");
  planners.push(await startPlanner("c"));
  const ready = performance.now();
  await until(async () => (await kube.read.get(POD, NAMESPACE, "kept-0")) !== undefined, 10);
  const podAfter = performance.now() - ready;
  const selector = { namespace: NAMESPACE, labelSelector: "prow.k8s.io/job=gone" };
  await until(async () => {
    const { items } = await kube.read.list(PROW_JOB, selector);
    return items.every(({ status }) => status.completionTime !== undefined);
  }, 2_000);
  console.log(
    `${aborted} aborted jobs had ended ${seconds(performance.now() - ready)} after the planner's start.`,
  );
  const words = `Beside ${aborted} jobs aborted at once a job that begins has its pod`;
  figure(words, "plank-beside-aborted", podAfter / 1000, "s after the start", { most: 10 });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

type State = "triggered" | "success" | "aborted";

async function many(count: number, name: string, state: State): Promise<void> {
  const all = Array.from({ length: count }, (_, i) => prowJob(`${name}-${i}`, name, state));
  await sideBySide(all, CREATE_AT_ONCE, async (job) => void (await kube.write.create(PROW_JOB, job)));
}

function prowJob(name: string, job: string, state: State): ProwJob {
  const now = new Date().toISOString();
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: { name, namespace: NAMESPACE, labels: { "prow.k8s.io/job": job, "created-by-prow": "true" } },
    spec: {
      type: "periodic",
      agent: "kubernetes",
      cluster: "default",
      namespace: NAMESPACE,
      job,
      pod_spec: { containers: [{ name: "test", image: "test", command: ["true"] }] },
    },
    status: { state, startTime: now, ...(state === "success" && { completionTime: now }) },
  } as ProwJob;
}

async function until(done: () => Promise<boolean>, lookEveryMs = 50): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error("nothing has come of it in 300 s");
    await pause(lookEveryMs);
  }
}

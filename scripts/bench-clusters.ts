// Prints how fast jobs of a healthy cluster become pods on a real kube-apiserver beside two dead build clusters (one that
// accepts connections and never answers, one that refuses them), and how late the jobs of the dead ones end in error.
//   npm run bench:clusters [-- JOBS]
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Registry } from "prom-client";
import { applier } from "../src/effects/apply.ts";
import { connect } from "../src/kube/client.ts";
import type { Clusters, Kube } from "../src/kube/port.ts";
import { reflect } from "../src/kube/reflector.ts";
import { systemClock } from "../src/lib/clock.ts";
import { silent } from "../src/lib/logger.ts";
import { sideBySide } from "../src/lib/waiting/side-by-side.ts";
import { POD } from "../src/model/pod.ts";
import { PROW_JOB, type ProwJob } from "../src/model/prowjob.ts";
import { runPlank } from "../src/plank/run.ts";
import { freePort } from "../test/contracts/free-port.ts";
import { startRealKube, whyNoRealKube } from "../test/contracts/real-kube.ts";
import { defineProwJobs } from "../test/plank/crd.ts";
import { newJob, until } from "../test/plank/end-to-end.ts";
import { config } from "../test/plank/world.ts";
import { figure } from "./figure.ts";

const [jobs = 1000] = process.argv.slice(2).map(Number);
const NAMESPACE = "default";
const TIMEOUT_S = 15;
/** One alone says little: the API server is busy with itself now and then. */
const ROUNDS = 5;
const DEAD = ["deaf", "refusing"];
const CONFIG = {
  ...config({ pod_unscheduled_timeout: `${TIMEOUT_S}s` }),
  prowjob_namespace: NAMESPACE,
  pod_namespace: NAMESPACE,
};

const missing = whyNoRealKube();
if (missing) {
  console.log(`bench:clusters is skipped: ${missing}`);
  process.exit(0);
}
const server = await startRealKube();
const deaf = createServer(() => {});
const deafPort = await freePort();
deaf.listen(deafPort, "127.0.0.1");
const kube = connect({
  server: server.url,
  tls: { rejectUnauthorized: false },
  authorization: async () => `Bearer ${server.token}`,
});
const dead = new Map<string, Kube>([
  ["deaf", connect({ server: `http://127.0.0.1:${deafPort}` })],
  ["refusing", connect({ server: `http://127.0.0.1:${await freePort()}` })],
]);
try {
  await defineProwJobs(kube);
  await rate("warm", new Map());
  const shares: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const alone = await rate(`alone${round}`, new Map());
    const beside = await rate(`beside${round}`, dead);
    shares.push(beside / alone);
    console.log(
      `Round ${round}: ${jobs} jobs of a healthy cluster, ${alone.toFixed(0)} pods a second alone and ${beside.toFixed(0)} beside.`,
    );
  }
  const words = `Beside two dead clusters with ${jobs} jobs each: share of that rate, the median of ${ROUNDS} rounds`;
  figure(words, "clusters-share", shares.sort((a, b) => a - b)[ROUNDS >> 1]!, "", { least: 0.9 });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await server.close();
  // What was asked of the deaf one is still waited for.
  process.exit();
}

/** Of the healthy cluster's jobs, in pods a second; the dead ones' jobs are there first. */
async function rate(name: string, others: ReadonlyMap<string, Kube>): Promise<number> {
  for (const cluster of others.keys()) await many(`${name}-${cluster}`, cluster);
  await many(name, "default");
  const stop = new AbortController();
  const began = performance.now();
  const plank = start(stop.signal, others);
  const times: number[] = [];
  plank.pods.onChange((key, pod, old) => {
    if (pod && !old && key.name.startsWith(`${name}-`)) times.push(performance.now());
  });
  await until(() => times.length === jobs, `${jobs} pods of ${name}`, 300);
  if (others.size > 0) await ends(name, plank.jobs.list, began);
  stop.abort();
  await Promise.race([plank.done, pause(2_000)]);
  return ((jobs - 1) / (times.at(-1)! - times[0]!)) * 1000;
}

async function ends(name: string, list: () => ProwJob[], began: number): Promise<void> {
  const theirs = () => list().filter(({ spec }) => DEAD.includes(spec.cluster ?? ""));
  await until(() => theirs().every(({ status }) => status.completionTime), `${name}: dead jobs end`, 120);
  const seconds = (performance.now() - began) / 1000;
  figure("From when plank began to the end of the dead clusters' last job", "clusters-end", seconds, "s", {
    most: TIMEOUT_S + 10,
  });
  for (const why of new Set(theirs().map(({ status }) => `${status.state}: ${status.description}`)))
    console.log(why);
}

function start(signal: AbortSignal, others: ReadonlyMap<string, Kube>) {
  const deps = { clock: systemClock, log: silent, signal, random: Math.random };
  const all = new Map([["default", kube], ...others]);
  const clusters: Clusters = { home: kube, build: (alias) => all.get(alias), aliases: () => [...all.keys()] };
  const options = { namespace: NAMESPACE, labelSelector: "created-by-prow=true" };
  const stores = new Map([...all].map(([alias, one]) => [alias, reflect(one.read, POD, options, deps)]));
  const jobsOfAll = reflect(kube.read, PROW_JOB, { namespace: NAMESPACE }, deps);
  let builds = 0;
  const done = runPlank(
    {
      ...{ ...deps, jobs: jobsOfAll, pods: stores, config: () => CONFIG, version: "bench" },
      apply: applier({ clusters, clock: systemClock, log: silent }),
      buildId: async () => String(++builds),
      metrics: new Registry(),
    },
    signal,
  );
  return { done, jobs: jobsOfAll, pods: stores.get("default")! };
}

async function many(name: string, cluster: string): Promise<void> {
  const all = Array.from({ length: jobs }, (_, index) => newJob(`${name}-${index}`, { job: name, cluster }));
  await sideBySide(all, 50, async (job) => void (await kube.write.create(PROW_JOB, job)));
}

// A reflector in a process of its own follows many ProwJobs on a real kube-apiserver through cut connections, a restart of
// the server and a version that is too old; told is how long after each its copy was equal to a fresh list.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Kube } from "../../src/kube/port.ts";
import { sideBySide } from "../../src/lib/waiting/side-by-side.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";
import { jobForPlank } from "../../src/plank/projection.ts";
import { type CuttingProxy, cuttingProxy } from "../contracts/cutting-proxy.ts";
import { connectTo, type RealKube } from "../contracts/real-kube.ts";
import { defineProwJobs } from "../plank/crd.ts";
import { etcdCall } from "./etcd-call.ts";
import { type FollowerTells, type Holding, holding } from "./follower.ts";
import { storeCopies } from "./stored-copies.ts";

const NAMESPACE = "default";
const AT_ONCE = 50;
const CUT_SHARE = 0.05;
const GIVEN_UP_MS = 300_000;

export type Trouble = "first list" | "connections cut" | "server restarted" | "version too old";

export interface Followed {
  after: Trouble;
  /** From the end of the trouble to when copy and list were equal. */
  equalAfterMs: number;
  tells: FollowerTells;
  /** Connections cut so far. */
  cuts: number;
}

/** `changes`: how many objects are created, changed and deleted during each trouble. */
export async function* followThroughTrouble(
  server: RealKube,
  { count, changes, random }: { count: number; changes: number; random: () => number },
): AsyncGenerator<Followed> {
  const kube = connectTo(server);
  await defineProwJobs(kube);
  const first = await kube.write.create(PROW_JOB, job(0));
  const others = Array.from({ length: count - 1 }, (_, index) => job(index + 1));
  const versions = await storeCopies(server.etcd, PROW_JOB, first, others);
  const truth: Followers["truth"] = new Map([[first.metadata.name, first]]);
  for (const [name, resourceVersion] of versions) truth.set(name, { metadata: { name, resourceVersion } });
  const proxy = await cuttingProxy(Number(new URL(server.url).port), random);
  const url = `https://127.0.0.1:${proxy.port}`;
  const child = fork(join(import.meta.dirname, "follower.ts"), [url, server.token]);
  const world: Followers = { kube, child, proxy, truth, count, next: count };
  try {
    yield await untilEqual("first list", world);

    proxy.cut(CUT_SHARE);
    await churn(world, changes);
    proxy.cut(0);
    yield await untilEqual("connections cut", world);

    await server.restart();
    await churn(world, changes);
    yield await untilEqual("server restarted", world);

    proxy.down();
    await churn(world, changes);
    // The server remembers what it has sent, even over a compaction of etcd, but not over its own restart.
    await server.restart(() => compact(server.etcd));
    proxy.up();
    yield await untilEqual("version too old", world);
  } finally {
    child.kill("SIGKILL");
    await proxy.close();
  }
}

interface Followers {
  kube: Kube;
  child: ChildProcess;
  proxy: CuttingProxy;
  /** What there is by the answers to our writes: nobody else writes, and a list would take the server's time from the follower. */
  truth: Map<string, Pick<ProwJob, "metadata">>;
  /** How many jobs there are at any time. */
  count: number;
  /** Number of the next job. */
  next: number;
}

/** New jobs, changed ones, and as many that go. */
async function churn(world: Followers, changes: number): Promise<void> {
  const { kube, truth } = world;
  const first = world.next;
  world.next += changes;
  const numbers = Array.from({ length: changes }, (_, index) => first + index);
  await sideBySide(numbers, AT_ONCE, async (index) => {
    const { metadata } = await kube.write.create(PROW_JOB, job(index));
    const old = `job-${index - world.count}`;
    const patch = { status: { description: `changed by ${metadata.name}` } };
    const changed = await kube.write.patch(PROW_JOB, NAMESPACE, metadata.name, patch);
    truth.set(metadata.name, { metadata: changed.metadata });
    await kube.write.delete(PROW_JOB, NAMESPACE, old);
    truth.delete(old);
  });
}

async function untilEqual(after: Trouble, world: Followers): Promise<Followed> {
  const { child, proxy, truth } = world;
  const began = performance.now();
  const wanted = holding([...truth.values()]);
  const warnings: string[] = [];
  for (;;) {
    const tells = await ask(child);
    warnings.push(...tells.warnings);
    const equalAfterMs = performance.now() - began;
    if (tells.digest === wanted.digest) {
      await confirm(after, world, wanted);
      return { after, equalAfterMs, tells: { ...tells, warnings }, cuts: proxy.cuts() };
    }
    if (equalAfterMs > GIVEN_UP_MS)
      throw new Error(
        `${after}: the copy has ${tells.count} objects of ${wanted.count}, or other versions; it warned: ${warnings.join("; ")}`,
      );
    await pause(200);
  }
}

/** That a fresh list holds the same. */
async function confirm(after: Trouble, { kube }: Followers, wanted: Holding): Promise<void> {
  const { items } = await kube.read.list(PROW_JOB, { namespace: NAMESPACE, project: jobForPlank });
  if (holding(items).digest !== wanted.digest)
    throw new Error(
      `${after}: a fresh list has ${items.length} objects of ${wanted.count}, or other versions`,
    );
}

async function ask(child: ChildProcess): Promise<FollowerTells> {
  const answer = once(child, "message");
  child.send("tell");
  return (await answer)[0] as FollowerTells;
}

/** Everything before now is forgotten: whoever wants to go on from there is told 410. */
async function compact(etcd: string): Promise<void> {
  const { header } = await etcdCall<{ header: { revision: string } }>(etcd, "range", { key: "AA==" });
  await etcdCall(etcd, "compaction", { revision: header.revision, physical: true });
}

/** Mostly jobs that are over, with what a real one carries. */
function job(index: number): ProwJob {
  const now = "2026-01-02T03:04:05Z";
  const over = index % 50 !== 0;
  const sha = index.toString(16).padStart(40, "0");
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: {
      name: `job-${index}`,
      namespace: NAMESPACE,
      labels: {
        "created-by-prow": "true",
        "prow.k8s.io/job": "unit",
        "prow.k8s.io/refs.pull": String(index),
      },
      annotations: { "prow.k8s.io/job": "unit", "prow.k8s.io/context": "unit" },
    },
    spec: {
      ...{ type: "presubmit", agent: "kubernetes", cluster: "default", namespace: NAMESPACE, job: "unit" },
      ...{ report: true, context: "unit", rerun_command: "/test unit" },
      refs: {
        ...{ org: "acme", repo: "lib", base_ref: "main", base_sha: sha },
        pulls: [{ number: index, author: "alice", sha, title: `Change ${index}` }],
      },
      pod_spec: {
        containers: [
          {
            name: "test",
            image: "golang:1.25",
            command: ["make"],
            args: ["test"],
            env: [{ name: "A", value: "b" }],
          },
        ],
      },
    },
    status: over
      ? {
          state: "success",
          startTime: now,
          pendingTime: now,
          completionTime: now,
          description: "Job succeeded.",
        }
      : { state: "pending", startTime: now, pendingTime: now, description: "Job triggered." },
  };
}

// Two planners and two criers as processes, on a real kube-apiserver and our GitHub, with work for them at all times.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kube } from "../../src/kube/port.ts";
import { reflect } from "../../src/kube/reflector.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Recorded, WriteEntry } from "../../src/local/github/ledger.ts";
import { LEASE } from "../../src/model/lease.ts";
import { POD } from "../../src/model/pod.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";
import { connectTo, startRealKube } from "../contracts/real-kube.ts";
import { openPull, type TestGitHub, testGitHub } from "../local/github/world.ts";
import { defineProwJobs } from "../plank/crd.ts";
import { newJob, setPodStatus } from "../plank/end-to-end.ts";
import { lastLines, startProcess, writeFiles } from "./component-process.ts";

export type Part = "plank" | "crier";
export const PARTS: Part[] = ["plank", "crier"];
const NAMES = ["a", "b"] as const;
const LEASES: Record<Part, string> = {
  plank: "prow-controller-manager-leader-lock",
  crier: "cutwater-crier-",
};

export interface AtWork {
  kube: Kube;
  /** By pod name, how many pods a watch has seen come. */
  podsSeen: ReadonlyMap<string, number>;
  jobs(): Promise<ProwJob[]>;
  /** The last lines of every replica, for when something went wrong. */
  logs(): string;
  /** A job that waits for its pod; every third will fail. */
  addJob(): Promise<void>;
  /** Who leads now: its name and its process. */
  leader(part: Part): Promise<{ name: string; process: ChildProcess }>;
  githubWrites(): Promise<WriteEntry[]>;
  close(): Promise<void>;
}

export async function startAtWork(): Promise<AtWork> {
  const folder = mkdtempSync(join(tmpdir(), "cutwater-replicas-"));
  const [server, github] = await Promise.all([startRealKube(), testGitHub()]);
  const kube = connectTo(server);
  const children = new Map<string, ChildProcess>();
  const stop = new AbortController();
  const close = async () => {
    stop.abort();
    for (const child of children.values()) child.kill("SIGKILL");
    await Promise.all([server.close(), github.close()]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await defineProwJobs(kube);
    const pull = await openPull(github.as("alice"), "topic", "b.txt", "changed\n");
    await github.admin("ledger", {});
    writeFiles(folder, { clusters: { default: server }, config: "plank: {}\n" });
    for (const part of PARTS)
      for (const name of NAMES)
        children.set(`${part} ${name}`, await startProcess(folder, part, name, github.url));
    let count = 0;
    return {
      kube,
      close,
      podsSeen: kubelet(kube, stop.signal),
      jobs: async () => (await kube.read.list(PROW_JOB, { namespace: "default" })).items,
      logs: () => [...children.keys()].map((name) => `${name}:\n${lastLines(folder, name)}`).join("\n"),
      async addJob() {
        const job = jobOf(count++, pull);
        await kube.write.create(PROW_JOB, job);
      },
      async leader(part) {
        const { items } = await kube.read.list(LEASE, { namespace: "default" });
        const lease = items.find(({ metadata }) => metadata.name.startsWith(LEASES[part]));
        const name = lease?.spec.holderIdentity?.split("_")[0] ?? "";
        return { name, process: children.get(`${part} ${name}`)! };
      },
      githubWrites: () => writesOf(github),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ends every pod soon after it came, and counts them. */
function kubelet(kube: Kube, signal: AbortSignal): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  const options = { namespace: "default", labelSelector: "created-by-prow=true" };
  const pods = reflect(kube.read, POD, options, {
    ...{ clock: systemClock, log: silent, random: Math.random, signal },
  });
  pods.onChange(({ name }, pod, old) => {
    if (!pod || pod.metadata.uid === old?.metadata.uid) return;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    const phase = fails(name) ? "Failed" : "Succeeded";
    void setPodStatus(kube, name, { phase }).catch(() => {});
  });
  return seen;
}

const fails = (name: string): boolean => Number(name.split("-")[1]) % 3 === 0;

function jobOf(
  index: number,
  pull: { number: number; head: { sha: string }; base: { sha: string } },
): ProwJob {
  const context = `unit-${index}`;
  return newJob(`job-${index}`, {
    ...{ type: "presubmit", job: context, context, report: true, rerun_command: `/test ${context}` },
    refs: {
      ...{ org: "acme", repo: "lib", base_ref: "main", base_sha: pull.base.sha },
      pulls: [{ number: pull.number, author: "alice", sha: pull.head.sha }],
    },
  });
}

async function writesOf(github: TestGitHub): Promise<WriteEntry[]> {
  const all: Recorded[] = [];
  for (;;) {
    const entries = (await github.admin(`ledger?after=${all.at(-1)?.n ?? 0}`))["entries"] as Recorded[];
    if (entries.length === 0) return all.flatMap((entry) => (entry.kind === "write" ? [entry] : []));
    all.push(...entries);
  }
}

// Several replicas of sinker, horologium and crier: one of them acts, another goes on where it ended, nothing happens twice.
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";
import { defineProwJobs } from "../plank/crd.ts";
import { newJob, until } from "../plank/end-to-end.ts";
import { CONFIG, type Part, type Replica, startReplica } from "./replicas.ts";

let server: Awaited<ReturnType<typeof startKubeServer>>;
let kube: Kube;
let replicas: Replica[];
let said: string[];
beforeEach(async () => {
  server = await startKubeServer({
    host: "127.0.0.1",
    port: 0,
    file: ":memory:",
    clock: systemClock,
    log: silent,
  });
  kube = connect({ server: server.url });
  await defineProwJobs(kube);
  replicas = [];
  said = [];
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await server.close();
  CONFIG.periodics = [];
});

const start = (name: string): Replica => {
  const replica = startReplica(server.url, name, said);
  replicas.push(replica);
  return replica;
};

async function jobNames(): Promise<string[]> {
  const { items } = await kube.read.list(PROW_JOB, { namespace: "default" });
  return items.map(({ spec, metadata }) => (spec.type === "periodic" ? spec.job : metadata.name)).sort();
}

/** For each component: a job to report, one that had its time, and a periodic that is due. */
async function work(round: number): Promise<void> {
  const ended = (name: string, completionTime: string): ProwJob => {
    const job = newJob(name, {}, new Date(completionTime));
    return { ...job, status: { ...job.status, state: "success", completionTime } };
  };
  await kube.write.create(PROW_JOB, ended(`told-${round}`, new Date().toISOString()));
  await kube.write.create(PROW_JOB, ended(`old-${round}`, "2020-01-01T00:00:00Z"));
  const base = { agent: "kubernetes", cluster: "default", namespace: "default" };
  CONFIG.periodics = [...CONFIG.periodics, { ...base, name: `due-${round}`, interval: "1h" }];
}

/** Old jobs are told of too; they may be gone before. */
const told = () => said.filter((text) => text.startsWith("told")).sort();

async function done(rounds: number[], seconds = 20): Promise<void> {
  const left = rounds.flatMap((round) => [`due-${round}`, `told-${round}`]).sort();
  const all = rounds.map((round) => `told-${round}`).sort();
  const isDone = async () => `${await jobNames()}` === `${left}` && `${told()}` === `${all}`;
  await until(isDone, `round ${rounds.at(-1)} is done`, seconds);
}

/** How often each replica acted as that component. */
const acts = (part: Part) =>
  replicas.map(({ did }) => did[part].filter((what) => what !== "postToSlack").length);
const actors = (part: Part) => replicas.filter(({ did }) => did[part].length > 0).length;

test("one of each acts, and when it is stopped another goes on, with nothing done twice", async () => {
  for (const name of ["a", "b", "c"]) start(name);
  await work(1);
  await done([1]);
  for (const part of ["sinker", "horologium", "crier"] as const) expect(actors(part)).toBe(1);
  expect(acts("horologium").sort()).toEqual([0, 0, 1]);
  expect(acts("sinker").sort()).toEqual([0, 0, 1]);

  const leads = (replica: Replica) => Object.values(replica.did).some((list) => list.length > 0);
  const leaders = replicas.filter(leads);
  await Promise.all(leaders.map((replica) => replica.stop()));
  if (leaders.length === 3) start("d");
  await work(2);
  await done([1, 2]);
  expect(acts("horologium").reduce((a, b) => a + b)).toBe(2);
  expect(acts("sinker").reduce((a, b) => a + b)).toBe(2);
});

test("one that is cut off loses the lead to another, and repeats nothing when it is back", async () => {
  const first = start("a");
  await work(1);
  await done([1]);
  const second = start("b");
  first.cut();
  await work(2);
  await done([1, 2], 15);
  expect(second.did.crier).toContain("postToSlack");
  first.heal();
  await work(3);
  await done([1, 2, 3], 15);
  expect(said).toEqual([...new Set(said)]);
  expect(acts("horologium")).toEqual([1, 2]);
  expect(acts("sinker")).toEqual([1, 2]);
});

// A job that cannot run says why where people look: in its status on the pull request. plank and crier as processes on a
// real kube-apiserver, with build clusters beside it that are dead, and jobs that were written by hand and are no good.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kube } from "../../src/kube/port.ts";
import { POD } from "../../src/model/pod.ts";
import { PROW_JOB, type ProwJobSpec } from "../../src/model/prowjob.ts";
import { lastLines, startProcess, writeFiles } from "../cmd/component-process.ts";
import { freePort } from "../contracts/free-port.ts";
import { connectTo, type RealKube, startRealKube, whyNoRealKube } from "../contracts/real-kube.ts";
import { openPull, type TestGitHub, testGitHub } from "../local/github/world.ts";
import { defineProwJobs } from "./crd.ts";
import { newJob, until } from "./end-to-end.ts";

const UNSCHEDULED_SECONDS = 5;
/** Its timeout plus 10 s is when plank has given a job up; crier and a busy machine get some more. */
const GIVEN_UP_MS = (UNSCHEDULED_SECONDS + 10) * 1000;
const PARTS = ["plank", "crier"] as const;

type Case = [what: string, spec: Partial<ProwJobSpec>, said: RegExp];

const dead: Case[] = [
  [
    "a cluster that refuses connections",
    { cluster: "refused" },
    /^Build cluster "refused" does not answer: .*ECONNREFUSED/,
  ],
  [
    "a cluster that takes connections and never answers",
    { cluster: "hole" },
    /^Build cluster "hole" does not answer: no list of its pods has come yet/,
  ],
];

const bad: Case[] = [
  [
    "an unknown cluster",
    { cluster: "nowhere" },
    /^Terminal error: no build client found for cluster "nowhere"/,
  ],
  ["an unknown agent", { agent: "podman" }, /^Terminal error: spec\.agent "podman" is none of kubernetes, /],
  ["no pod spec", { pod_spec: undefined }, /^Pod can not be created: prowjob "\S+" lacks a pod spec/],
  [
    "a pod spec that the API server refuses",
    { pod_spec: { containers: [{ name: "", image: "i", volumeMounts: [{ name: "x", mountPath: "/x" }] }] } },
    /^Pod can not be created: create pod default\/.*Not found/,
  ],
];

describe.skipIf(whyNoRealKube())("why a job cannot run", () => {
  const folder = mkdtempSync(join(tmpdir(), "cutwater-reasons-"));
  const held = new Set<Socket>();
  const processes: ChildProcess[] = [];
  let hole: Server;
  let server: RealKube;
  let github: TestGitHub;
  let kube: Kube;
  let pull: Awaited<ReturnType<typeof openPull>>;

  beforeAll(async () => {
    hole = createServer((socket) => void held.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
    [server, github] = await Promise.all([startRealKube(), testGitHub(), once(hole, "listening")]);
    kube = connectTo(server);
    await defineProwJobs(kube);
    pull = await openPull(github.as("alice"), "topic", "b.txt", "changed\n");
    const clusters = {
      default: server,
      refused: { url: `http://127.0.0.1:${await freePort()}` },
      hole: { url: `http://127.0.0.1:${(hole.address() as AddressInfo).port}` },
    };
    writeFiles(folder, { clusters, config: `plank: { pod_unscheduled_timeout: ${UNSCHEDULED_SECONDS}s }\n` });
    for (const part of PARTS) processes.push(await startProcess(folder, part, "a", github.url));
  });
  afterAll(async () => {
    for (const child of processes) child.kill("SIGKILL");
    for (const socket of held) socket.destroy();
    hole?.close();
    await Promise.all([server?.close(), github?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const logs = () => PARTS.map((part) => lastLines(folder, `${part} a`)).join("\n");

  /** A presubmit of the pull request; its name is its context's, too. */
  async function add(name: string, spec: Partial<ProwJobSpec> = {}): Promise<void> {
    const refs = {
      ...{ org: "acme", repo: "lib", base_ref: "main", base_sha: pull.base.sha },
      pulls: [{ number: pull.number, author: "alice", sha: pull.head.sha }],
    };
    const presubmit = { type: "presubmit", job: name, context: name, report: true, refs } as const;
    await kube.write.create(PROW_JOB, newJob(name, { ...presubmit, ...spec }));
  }

  /** The newest status that GitHub has of the context on the pull request's head. */
  async function statusOf(
    context: string,
  ): Promise<{ state: string; description: string | null } | undefined> {
    const ref = { owner: "acme", repo: "lib", ref: pull.head.sha };
    const { data } = await github.as("alice").rest.repos.getCombinedStatusForRef({ ...ref, per_page: 100 });
    return data.statuses.find((status) => status.context === context);
  }

  async function endsInError(name: string, said: RegExp): Promise<void> {
    // GitHub counts who asks: only of a job that is over.
    const isOver = async () => (await kube.read.get(PROW_JOB, "default", name))?.status.state === "error";
    await until(isOver, `${name} is over\n${logs()}`, 60);
    const isTold = async () => {
      await pause(100);
      return (await statusOf(name))?.state === "error";
    };
    await until(isTold, `${name} is an error on the pull request\n${logs()}`, 60);
    expect((await statusOf(name))?.description).toMatch(said);
    const {
      state,
      startTime = "",
      completionTime = "",
    } = (await kube.read.get(PROW_JOB, "default", name))!.status;
    expect(state).toBe("error");
    expect(Date.parse(completionTime) - Date.parse(startTime)).toBeLessThanOrEqual(GIVEN_UP_MS);
  }

  /** Nobody makes it wait for those that cannot run. */
  const begins = (name: string) =>
    until(async () => (await kube.read.get(POD, "default", name)) !== undefined, `${name} begins\n${logs()}`);

  test.each(dead)("%s: its jobs end in time and say so on the pull request", async (_what, spec, said) => {
    const names = Array.from({ length: 5 }, (_, index) => `${spec.cluster}-${index}`);
    await Promise.all(names.map((name) => add(name, spec)));
    await add(`beside-${spec.cluster}`);
    await begins(`beside-${spec.cluster}`);
    expect((await kube.read.get(PROW_JOB, "default", names[0]!))?.status.state).toBe("triggered");
    await Promise.all(names.map((name) => endsInError(name, said)));
  });

  test("jobs written by hand: each says on the pull request what is wrong with it, and a good one begins", async () => {
    const names = bad.map(([what]) => what.replaceAll(" ", "-").toLowerCase());
    await Promise.all(bad.map(([, spec], index) => add(names[index]!, spec)));
    // One without a spec is about no pull request.
    const { spec: _spec, ...bare } = newJob("bare");
    await kube.write.create(PROW_JOB, bare as ReturnType<typeof newJob>);
    await add("beside-bad");
    await begins("beside-bad");
    await until(
      async () => (await kube.read.get(PROW_JOB, "default", "bare"))?.status.state === "error",
      `one without a spec is over\n${logs()}`,
    );
    await Promise.all(bad.map(([, , said], index) => endsInError(names[index]!, said)));
    await until(async () => (await statusOf("beside-bad"))?.state === "pending", "the good one is told, too");
  });
});

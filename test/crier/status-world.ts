// Criers before a GitHub that keeps every status, as data: runs of one job on one commit, and what was told of them.
import { Registry } from "prom-client";
import { githubReporter } from "../../src/crier/github-reporter.ts";
import { runCrier } from "../../src/crier/run.ts";
import { type Apply, applier } from "../../src/effects/apply.ts";
import { connectGitHub } from "../../src/github/client.ts";
import type { GitHub } from "../../src/github/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { ProwJob, ProwJobState } from "../../src/model/prowjob.ts";
import { openPull, testGitHub } from "../local/github/world.ts";
import { JobStore } from "../tide/world.ts";
import { configOf, job } from "./world.ts";

export const lib = { org: "acme", repo: "lib" };
const END_MS = 10_000;

export interface StatusWorld {
  github: GitHub;
  sha: string;
  /** Its view is the store's, and what it does goes through `how`. */
  crier(how?: (apply: Apply) => Apply): void;
  /** A run of `unit` on the pull request's head, newer the higher its number is. */
  run(nth: number, state: ProwJobState, told?: ProwJob["status"]["prev_report_states"]): void;
  reported(nth: number): ProwJob["status"]["prev_report_states"];
  told(nth: number): ProwJobState | undefined;
  /** A page of 100, newest first. */
  statuses(page?: number): Promise<{ state: string; url: string | null }[]>;
  /** Of the criers. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

export async function statusWorld(): Promise<StatusWorld> {
  const place = await testGitHub({ rateLimit: 1_000_000 });
  const { sha } = (await openPull(place.as("alice"), "topic", "b.txt", "changed\n")).head;
  const github = connectGitHub({
    ...{ endpoints: [place.url], graphqlEndpoint: `${place.url}/graphql`, clock: systemClock, log: silent },
    auth: { token: async () => "bot-token" },
  });
  const store = new JobStore();
  const ends: (() => Promise<void>)[] = [];
  const reported = (nth: number) => store.get("prowjobs", `unit-${nth}`)?.status.prev_report_states;
  const endAll = async () => {
    for (const end of ends.splice(0)) await end();
  };
  return {
    github,
    sha,
    crier: (how = (apply) => apply) => void ends.push(startCrier(github, store, how)),
    run: (nth, state, told) => store.put(runOf(sha, nth, state, told)),
    reported,
    told: (nth) => reported(nth)?.["github-reporter"],
    async statuses(page = 1) {
      const where = { owner: "acme", repo: "lib", ref: sha, per_page: 100, page };
      const { data } = await place.as("alice").repos.listCommitStatusesForRef(where);
      return data.map(({ state, target_url }) => ({ state, url: target_url }));
    },
    endAll,
    async close() {
      await endAll();
      await place.close();
    },
  };
}

/** Returns how to end it. */
function startCrier(github: GitHub, store: JobStore, how: (apply: Apply) => Apply): () => Promise<void> {
  const onGitHub = applier({ github, clock: systemClock, log: silent });
  const apply: Apply = async (effects) => {
    for (const effect of effects)
      if (effect.do === "patchProwJob") store.apply(effect);
      else await onGitHub([effect]);
  };
  const stop = new AbortController();
  const shared = { config: () => configOf(), log: silent, clock: systemClock };
  const reporter = githubReporter({ ...shared, read: github.read, prowJobs: store, workers: 5 });
  const done = runCrier(
    {
      ...{ ...shared, prowJobs: store, reporters: [reporter], apply: how(apply), random: () => 0.5 },
      metrics: new Registry(),
    },
    stop.signal,
  );
  return async () => {
    stop.abort();
    await done;
  };
}

function runOf(
  sha: string,
  nth: number,
  state: ProwJobState,
  told?: ProwJob["status"]["prev_report_states"],
): ProwJob {
  const made = job("unit", state, {
    status: { state, description: `Run ${nth}.`, url: `https://ci/${nth}` },
  });
  const [pull] = made.spec.refs!.pulls!;
  made.spec.refs = { ...made.spec.refs!, ...lib, pulls: [{ ...pull!, sha }] };
  const creationTimestamp = new Date(Date.UTC(2026, 0, 2) + nth * 1_000).toISOString();
  const ended = state !== "pending" && { completionTime: "2026-01-02T03:01:00Z" };
  const status = { ...made.status, ...ended, ...(told && { prev_report_states: told }) };
  return { ...made, metadata: { ...made.metadata, name: `unit-${nth}`, creationTimestamp }, status };
}

export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const late = Date.now() + END_MS; !(await done()); await systemClock.sleep(2))
    if (Date.now() > late) throw new Error("not in time");
}

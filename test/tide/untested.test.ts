// People push to heads and to the base at any moment while tide merges, on a GitHub of its own: nothing is merged that was
// not tested together. MERGE_ROUNDS=1000 for as many rounds; a line at the end sums them up.
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Apply, applier } from "../../src/effects/apply.ts";
import { connectGitHub } from "../../src/github/client.ts";
import type { GitHub } from "../../src/github/port.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { runTide } from "../../src/tide/run.ts";
import { TideState } from "../../src/tide/state.ts";
import { type TestGitHub, testGitHub } from "../local/github/world.ts";
import { Rounds } from "./rounds.ts";
import { configOf, JobStore, presubmit } from "./world.ts";

const ROUNDS = Number(process.env["MERGE_ROUNDS"] ?? 6);
const MOST_SYNCS = 20 * ROUNDS;
/** A request takes so long at most, of a clock that nothing else moves. */
const REQUEST_MS = 400;

const clock = simulatedClock();
let place: TestGitHub;
beforeAll(async () => {
  place = await testGitHub({ clock, rateLimit: 100_000_000 });
});
afterAll(() => place.close());

/** Time passes by requests and pauses alone. */
function simulatedClock(): Clock & { pass(ms: number): void } {
  let now = Date.parse("2026-01-02T03:04:05Z");
  const pass = (ms: number) => {
    now += ms;
  };
  return { now: () => new Date(now), pass, sleep: async (ms) => pass(ms) };
}

test("nothing is merged that was not tested on that base with those heads", {
  timeout: 7_200_000,
}, async () => {
  const jobs = new JobStore();
  const rounds = new Rounds({ github: place, jobs, clock, seed: 7 });
  const config = configOf({}, [presubmit("unit")]);
  const github = connectGitHub({
    ...{ endpoints: [place.url], graphqlEndpoint: `${place.url}/graphql`, clock: systemClock, log: silent },
    auth: { token: async () => "bot-token" },
  });
  const raced = racing(github, clock, rounds);
  const onGitHub = applier({ github: raced, clock, log: silent });
  const apply: Apply = async (effects) => {
    for (const effect of effects)
      if (effect.do === "createProwJob" || effect.do === "patchProwJob") jobs.apply(effect);
      else await onGitHub([effect]);
  };
  const deps = {
    ...{ config: () => config, apply, clock, log: silent, splitByOrg: false, runOnce: true },
    ...{ read: raced.read, prowJobs: jobs, state: new TideState(clock, 10) },
    git: {
      mergeable: async (_: unknown, __: unknown, heads: readonly { number: number }[]) =>
        heads.map(({ number }) => number),
    },
  };
  for (let syncs = 0; rounds.merged < ROUNDS && syncs < MOST_SYNCS; syncs++) {
    await rounds.prepare();
    await runTide({ ...deps, metrics: new Registry() }, new AbortController().signal);
    await rounds.finishJobs();
  }
  console.log(rounds.summary());
  expect(rounds.merged).toBeGreaterThanOrEqual(ROUNDS);
  expect(rounds.untested).toEqual([]);
});

/** Before each request time passes, and what people do meanwhile is done. */
function racing(github: GitHub, clock: { pass(ms: number): void }, rounds: Rounds): GitHub {
  const before = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          clock.pass(Math.floor(rounds.random() * REQUEST_MS));
          await rounds.catchUp();
          if (name === "graphql" || name === "branchSHA") rounds.looked();
          const merging = name === "merge" ? await rounds.merging(args) : undefined;
          const answer = await call.apply(target, args);
          merging?.(String(answer));
          return answer;
        };
      },
    });
  return { ...github, read: before(github.read), write: before(github.write) };
}

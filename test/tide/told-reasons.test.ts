// The record knows of every change of the reasons, also of those that the status does not name, and of each once.
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import { pullStory } from "../../src/model/pull-story.ts";
import type { Entry } from "../../src/record/port.ts";
import type { PullRequest } from "../../src/tide/pull-request.ts";
import { runTide } from "../../src/tide/run.ts";
import { TideState } from "../../src/tide/state.ts";
import { configOf, context, git, gitHub, JobStore, NOW, presubmit, pullRequest } from "./world.ts";

/** A tide that looks once at what GitHub is told to have. */
function tide() {
  let now = NOW.getTime();
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const state = new TideState(clock);
  const entries: Entry[] = [];
  return async (...pulls: PullRequest[]) => {
    const effects: Effect[] = [];
    now += 60_000;
    const deps = {
      ...{ ...gitHub({ pulls: () => pulls }), git: git([]), prowJobs: new JobStore(), clock, state },
      ...{ log: silent, metrics: new Registry(), splitByOrg: false, runOnce: true },
      config: () => configOf({}, [presubmit("unit"), presubmit("lint")]),
      apply: async (list: readonly Effect[]) => void effects.push(...list),
      record: { append: (entry: Entry) => void entries.push(entry) },
    };
    await runTide(deps, new AbortController().signal);
    return { entries: entries.splice(0), statuses: effects.filter((effect) => effect.do === "createStatus") };
  };
}

const SAYS = context("tide", "PENDING", "Not mergeable. Needs lgtm label.");
const unlabelled = (...jobs: ReturnType<typeof context>[]) =>
  pullRequest(1, { labels: [], contexts: [SAYS, ...jobs] });

test("a reason that goes while the status stays as it is, is told in the record, once", async () => {
  const look = tide();
  const failing = unlabelled(context("unit", "FAILURE"), context("lint"));
  const green = unlabelled(context("unit"), context("lint"));
  expect(await look(failing)).toEqual({ entries: [], statuses: [] });
  const { entries, statuses } = await look(green);
  expect(statuses).toEqual([]);
  expect(entries).toMatchObject([{ because: ["Needs lgtm label."], pulls: [1], shas: [green.headSHA] }]);
  const { end } = pullStory(entries, { subject: "acme/lib#1", verbose: false });
  expect(end).toBe("Not merged: Needs lgtm label. (tide, as of 2026-01-02 03:06:05)");
  expect((await look(green)).entries).toEqual([]);
  expect((await look(failing)).entries).toMatchObject([
    { because: ["Needs lgtm label.", "Job unit has not succeeded."] },
  ]);
});

test("what a status tells is not told a second time, and what was closed is forgotten", async () => {
  const look = tide();
  await look();
  const opened = pullRequest(1, { labels: [], contexts: [context("unit"), context("lint")] });
  const first = await look(opened);
  expect(first.statuses).toHaveLength(1);
  expect(first.entries).toEqual([]);
  expect((await look(unlabelled(context("unit"), context("lint")))).entries).toEqual([]);
  await look();
  expect((await look(unlabelled(context("unit"), context("lint")))).entries).toHaveLength(1);
});

// The one action per pool, as Prow's takeAction decides it.
import { describe, expect, test } from "vitest";
import { decide, inOrder, type PoolOptions, tally } from "../../src/tide/decide.ts";
import type { Candidate, Pool } from "../../src/tide/pool.ts";
import { BASE, candidate, context, pool, presubmit, prowJob } from "./world.ts";

const OPTIONS: PoolOptions = { priority: [], batchSizeLimit: 0, prioritizeExistingBatches: true };
const unit = presubmit("unit");

/** One whose required test passed once, on some base. */
const ready = (number: number, more: Parameters<typeof candidate>[1] = {}): Candidate =>
  candidate(number, {
    presubmits: [unit],
    policy: { required: ["unit"] },
    contexts: [context("unit")],
    ...more,
  });

/** `clean`: what git says merges. */
function act(of: Pool, options: Partial<PoolOptions> = {}, clean?: number[]) {
  const merging = clean && of.candidates.filter(({ pr }) => clean.includes(pr.number));
  const decision = decide(of, tally(of), { ...OPTIONS, ...options }, merging);
  const who = decision.action === "TEST_BATCH" ? decision.candidates : decision.targets;
  return [decision.action, ...who.map(({ pr }) => pr.number)];
}

describe("one pull request", () => {
  test("tested on this base: merge", () => {
    expect(act(pool([ready(1)], { prowJobs: [prowJob("unit", [1], "success")] }))).toEqual(["MERGE", 1]);
  });

  test("without any tests: merge", () => {
    expect(act(pool([candidate(1)]))).toEqual(["MERGE", 1]);
  });

  test("tested on an older base: test again", () => {
    expect(act(pool([ready(1)]))).toEqual(["TRIGGER", 1]);
  });

  test("being tested: wait", () => {
    expect(act(pool([ready(1)], { prowJobs: [prowJob("unit", [1], "pending")] }))).toEqual(["WAIT"]);
  });

  test.each(["failure", "aborted", "error", "scheduling"] as const)(
    "whose test is %s: test again",
    (state) => {
      expect(act(pool([ready(1)], { prowJobs: [prowJob("unit", [1], state)] }))).toEqual(["TRIGGER", 1]);
    },
  );

  test("one success outweighs a later failure", () => {
    const prowJobs = [prowJob("unit", [1], "success"), prowJob("unit", [1], "failure")];
    expect(act(pool([ready(1)], { prowJobs }))).toEqual(["MERGE", 1]);
  });

  test.each([
    ["the base in its description", ` BaseSHA:${BASE}`, "MERGE"],
    ["another base in its description", ` BaseSHA:${"c".repeat(40)}`, "TRIGGER"],
    ["the wish not to be retested", "fine [prow:skip-retest]", "MERGE"],
  ])("a status with %s", (_, description, action) => {
    expect(act(pool([ready(1, { contexts: [context("unit", "SUCCESS", description)] })]))[0]).toBe(action);
  });

  test("a job that only runs before merging has never run: test", () => {
    const last = presubmit("last", { always_run: false, run_before_merge: true });
    expect(act(pool([candidate(1, { presubmits: [last] })]))).toEqual(["TRIGGER", 1]);
  });

  test("a test that fails now is not repeated", () => {
    const failed = ready(1, { contexts: [context("unit", "FAILURE")] });
    expect(act(pool([failed]))).toEqual(["WAIT"]);
  });

  test("a pending status counts as passed before only if tide started the job", () => {
    const pending = { contexts: [context("unit", "PENDING")] };
    expect(act(pool([ready(1, pending)]))).toEqual(["WAIT"]);
    expect(act(pool([ready(1, { ...pending, startedByTide: new Set(["unit"]) })]))).toEqual(["TRIGGER", 1]);
  });
});

describe("several", () => {
  test("a passed batch merges first", () => {
    const prowJobs = [prowJob("unit", [2, 3], "success"), prowJob("unit", [1], "success")];
    expect(act(pool([ready(1), ready(2), ready(3)], { prowJobs }))).toEqual(["MERGE_BATCH", 2, 3]);
  });

  test("while a batch is being tested nothing merges", () => {
    const prowJobs = [prowJob("unit", [2, 3], "pending"), prowJob("unit", [1], "success")];
    expect(act(pool([ready(1), ready(2), ready(3)], { prowJobs }))).toEqual(["WAIT"]);
  });

  test.each([
    [
      "a head that moved",
      (batch: Candidate[]) => [{ ...batch[0]!, pr: { ...batch[0]!.pr, headSHA: "x" } }, batch[1]!],
    ],
    ["a pull request that left the pool", (batch: Candidate[]) => [batch[1]!, ready(9)]],
  ])("a batch with %s does not count", (_, change) => {
    const prowJobs = [prowJob("unit", [1, 2], "success")];
    expect(act(pool(change([ready(1), ready(2)]), { prowJobs }), { batchSizeLimit: -1 })[0]).toBe("TRIGGER");
  });

  test("a batch that lacks one of its tests does not count", () => {
    const lint = presubmit("lint");
    const both = { presubmits: [unit, lint], policy: { required: ["unit"] } };
    const of = pool([ready(1, both), ready(2, both)], { prowJobs: [prowJob("unit", [1, 2], "success")] });
    expect(act(of, { batchSizeLimit: -1 })[0]).toBe("TRIGGER");
  });

  test("git is asked which of them merge, lowest number first; those are tested together", () => {
    const of = pool([ready(3), ready(1), ready(2)]);
    expect(act(of)).toEqual(["TEST_BATCH", 1, 2, 3]);
    expect(act(of, {}, [1, 3])).toEqual(["TRIGGER_BATCH", 3, 1]);
  });

  test("when only one merges, it is tested alone", () => {
    expect(act(pool([ready(2), ready(1)]), {}, [1])).toEqual(["TRIGGER", 1]);
  });

  test("-1 turns batches off", () => {
    expect(act(pool([ready(2), ready(1)]), { batchSizeLimit: -1 })).toEqual(["TRIGGER", 1]);
  });

  test("a batch that has tests already is tested on, though someone else is ready too", () => {
    const prowJobs = [prowJob("lint", [1, 2], "success")];
    const of = pool([ready(1), ready(2), ready(3)], { prowJobs });
    expect(act(of)).toEqual(["TRIGGER_BATCH", 1, 2]);
    expect(act(of, { prioritizeExistingBatches: false })).toEqual(["TEST_BATCH", 1, 2, 3]);
    expect(act(of, { batchSizeLimit: 1 })[0]).toBe("TEST_BATCH");
  });

  test("one test at a time", () => {
    const prowJobs = [prowJob("unit", [1], "pending")];
    expect(act(pool([ready(1), ready(2)], { prowJobs }), { batchSizeLimit: -1 })).toEqual(["WAIT"]);
  });
});

test("a blocked pool does nothing", () => {
  expect(act(pool([candidate(1)], { blockers: [{ number: 9, title: "", url: "" }] }))).toEqual(["BLOCKED"]);
});

test("priority labels go before lower numbers; a comma means or", () => {
  const list = [
    candidate(1),
    candidate(2, { pr: { labels: ["urgent"] } }),
    candidate(3, { pr: { labels: ["p0", "x"] } }),
  ];
  const order = inOrder(list, [{ labels: ["p0,p1", "x"] }, { labels: ["urgent"] }]);
  expect(order.map(({ pr }) => pr.number)).toEqual([3, 2, 1]);
});

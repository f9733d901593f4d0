// The sentence that each pull request sees: Prow's, word for word.
import { describe, expect, test } from "vitest";
import { expectedStatus, type StatusFacts } from "../../src/tide/status.ts";
import { BASE, candidate, context, prowJob } from "./world.ts";

type Parts = Parameters<typeof candidate>[1];
const status = (parts: Parts = {}, more: Partial<StatusFacts> = {}) => {
  const { state, description } = expectedStatus({
    candidate: candidate(1, parts),
    inPool: false,
    baseSHA: BASE,
    queries: [{ orgs: ["acme"], labels: ["lgtm", "approved"], missingLabels: ["do-not-merge/hold"] }],
    blockers: [],
    passed: [],
    displayAllQueries: false,
    ...more,
  });
  return `${state}: ${description}`;
};
const withLabels = (...labels: string[]): Parts => ({ pr: { labels } });
const met: Parts = withLabels("lgtm", "approved");

describe("outside the pool", () => {
  test.each<[string, Parts, Partial<StatusFacts>]>([
    ["pending: Not mergeable. Needs approved label.", withLabels("lgtm"), {}],
    ["pending: Not mergeable. Needs approved, lgtm labels.", withLabels(), {}],
    [
      "pending: Not mergeable. Should not have do-not-merge/hold label.",
      withLabels("lgtm", "approved", "do-not-merge/hold"),
      {},
    ],
    ["pending: Not mergeable. Needs a or b label.", met, { queries: [{ labels: ["a,b"] }] }],
    [
      "pending: Not mergeable. Merging to branch main is forbidden.",
      met,
      { queries: [{ excludedBranches: ["main"] }] },
    ],
    [
      "pending: Not mergeable. Must be by author dependabot.",
      met,
      { queries: [{ author: "Dependabot", milestone: "v1", labels: ["lgtm"] }] },
    ],
    ["pending: Not mergeable. Must be in milestone v1.0.", met, { queries: [{ milestone: "v1.0" }] }],
    [
      "pending: Not mergeable. PullRequest is missing sufficient approving GitHub review(s)",
      met,
      { queries: [{ reviewApprovedRequired: true }] },
    ],
    [
      "pending: Not mergeable. Job unit has not succeeded.",
      { ...met, contexts: [context("unit", "FAILURE")] },
      {},
    ],
    [
      "pending: Not mergeable. Jobs lint, unit have not succeeded.",
      { ...met, contexts: [context("unit", "PENDING")], policy: { required: ["lint"] } },
      {},
    ],
    ["error: Not mergeable. PR has a merge conflict.", { pr: { mergeable: "CONFLICTING" } }, {}],
    ["error: Not mergeable. PR has conflicting merge method override labels", { method: undefined }, {}],
    ["error: Not mergeable. PR can't be rebased", { method: "rebase", pr: { canBeRebased: false } }, {}],
    [
      'error: Not mergeable. Merge type "squash" disallowed by repo settings',
      { method: "squash", allowedMethods: ["merge"] },
      {},
    ],
    [
      "error: Not mergeable. PR is blocked from merging by GitHub (check branch protection, required reviews, or rulesets)",
      { blocksPolicy: "block", pr: { mergeStateStatus: "BLOCKED" } },
      {},
    ],
    [
      "error: Not mergeable. Merging is blocked by issues 3, 5.",
      met,
      { blockers: [3, 5].map((number) => ({ number, title: "", url: "" })) },
    ],
    ["pending: Not mergeable.", met, { queries: [] }],
  ])("%s", (sentence, parts, more) => {
    expect(status(parts, more)).toBe(sentence);
  });

  test("names what the nearest query asks for", () => {
    const queries = [{ labels: ["a", "b"] }, { includedBranches: ["dev"] }, { labels: ["lgtm", "c"] }];
    expect(status(withLabels("lgtm"), { queries })).toBe("pending: Not mergeable. Needs c label.");
  });

  test("names what every query for the branch asks for, when told to", () => {
    const queries = [{ labels: ["a"] }, { includedBranches: ["dev"] }, { labels: ["b"] }];
    expect(status({}, { queries, displayAllQueries: true })).toBe(
      "pending: Not mergeable. Needs a label OR Needs b label.",
    );
    expect(status({}, { queries: queries.slice(1, 2), displayAllQueries: true })).toBe(
      "pending: Not mergeable. No Tide query for branch main found.",
    );
  });

  test("long lists are cut, but name at least one", () => {
    const labels = ["first-rather-long-label", "second-rather-long-label", "third-rather-long-label"];
    expect(status({}, { queries: [{ labels }] })).toBe(
      "pending: Not mergeable. Needs first-rather-long-label, second-rather-long-label labels.",
    );
    const huge = "x".repeat(200);
    const cut = status({}, { queries: [{ labels: [huge] }] }).replace("pending: ", "");
    expect(cut).toHaveLength(140);
    expect(cut.endsWith("...")).toBe(true);
  });
});

describe("in the pool", () => {
  const required: Parts = { policy: { required: ["lint", "unit"] } };
  const passed = [prowJob("unit", [1], "success"), prowJob("lint", [1, 2], "success")];

  test("all passed on this base", () => {
    expect(status(required, { inPool: true, passed })).toBe("success: In merge pool.");
  });

  test("GitHub's BLOCKED is mentioned when it is permitted", () => {
    const parts = { pr: { mergeStateStatus: "BLOCKED" } };
    expect(status(parts, { inPool: true })).toBe("success: In merge pool (despite BLOCKED).");
    expect(status({ ...parts, blocksPolicy: "ignore" }, { inPool: true })).toBe("success: In merge pool.");
  });

  test("retesting", () => {
    expect(status(required, { inPool: true, passed: passed.slice(0, 1) })).toBe(
      "pending: Not mergeable. Retesting: lint",
    );
    const old = [prowJob("unit", [1], "success", "c".repeat(40))];
    expect(status(required, { inPool: true, passed: old })).toBe(
      "pending: Not mergeable. Retesting: lint unit",
    );
  });

  test("many jobs are counted", () => {
    const many = Array.from({ length: 30 }, (_, index) => `job-${index}`);
    expect(status({ policy: { required: many } }, { inPool: true })).toBe(
      "pending: Not mergeable. Retesting 30 jobs.",
    );
  });
});

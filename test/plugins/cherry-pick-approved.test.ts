// Reviews of cherry picks: whose count, on which branches, and what keeps them from counting.
import { expect, test } from "vitest";
import type { ReviewState, Status, StatusState } from "../../src/model/github.ts";
import { cherryPickApproved } from "../../src/plugins/cherry-pick-approved.ts";
import { type IssueOptions, type Options, world } from "./world.ts";

const ENTRY = { org: "acme", repo: "lib", approvers: ["carol"] };
const UNAPPROVED = "do-not-merge/cherry-pick-not-approved";
const READY = ["lgtm", "approved", UNAPPROVED];
const BLOCKING = [
  "do-not-merge/blocked-paths",
  "cncf-cla: no",
  "do-not-merge/hold",
  "do-not-merge/invalid-owners-file",
  "bugzilla/invalid-bug",
  "do-not-merge/contains-merge-commits",
  "needs-ok-to-test",
  "needs-rebase",
  "do-not-merge/release-note-label-needed",
  "do-not-merge/work-in-progress",
];

const here = (...entries: object[]): Options => ({ plugins: { cherry_pick_approved: entries } });
const prOf = (options: IssueOptions = {}, where = here(ENTRY)) =>
  world(where).pr({ base: "release-1.0", labels: READY, ...options });
const status = (state: StatusState): Status => ({ context: "unit", state, description: "", target_url: "" });

const changes = async (
  pr: ReturnType<typeof prOf>,
  by = "carol",
  state: ReviewState = "APPROVED",
  more = {},
) => {
  const effects = await pr.world.play(cherryPickApproved, pr.review(by, state, "", more));
  return effects.map((effect) => {
    if (effect.do === "addLabels") return `+${effect.labels}`;
    return effect.do === "removeLabel" ? `-${effect.label}` : effect.do;
  });
};

const YES = "+cherry-pick-approved";
const NO_LONGER = `-${UNAPPROVED}`;

test.each([
  [READY, [YES, NO_LONGER]],
  [["LGTM", "Approved"], [YES]],
  [[...READY, "cherry-pick-approved"], [NO_LONGER]],
  [["lgtm", "approved", "cherry-pick-approved"], []],
  [["lgtm", UNAPPROVED], []],
  [["approved", UNAPPROVED], []],
  [
    [...READY, "do-not-merge/hold"],
    [YES, NO_LONGER],
  ],
  [
    [...READY, ...BLOCKING.slice(1)],
    [YES, NO_LONGER],
  ],
  [[...READY, ...BLOCKING], []],
])("an approver's approval with %j on it: %j", async (labels, expected) => {
  expect(await changes(prOf({ labels }))).toEqual(expected);
});

test.each(["bob", "Carol", "carol1", "carol[bot]"])("an approval by %s is none", async (by) => {
  const pr = prOf();
  expect(await changes(pr, by)).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});

test.each([
  ["COMMENTED", "submitted"],
  ["CHANGES_REQUESTED", "submitted"],
  ["APPROVED", "edited"],
  ["APPROVED", "dismissed"],
] as const)("a review that is %s and %s is none", async (state, action) => {
  expect(await changes(prOf(), "carol", state, { action })).toEqual([]);
});

test.each([
  ["main", undefined, []],
  ["my-release-1.0", undefined, []],
  ["release-1.0", undefined, [YES, NO_LONGER]],
  ["release-1.0", "^stable$", []],
  ["stable", "^stable$", [YES, NO_LONGER]],
])("to %s with branchregexp %s: %j", async (base, branchregexp, expected) => {
  const entry = { ...ENTRY, ...(branchregexp && { branchregexp }) };
  expect(await changes(prOf({ base }, here(entry)))).toEqual(expected);
});

test.each([
  ["success", [YES, NO_LONGER]],
  ["pending", [YES, NO_LONGER]],
  ["failure", []],
  ["error", []],
] as const)("with a context that is %s: %j", async (state, expected) => {
  const pr = prOf();
  pr.world.statuses.push(status("success"), status(state));
  expect(await changes(pr)).toEqual(expected);
});

test.each([
  [{ allow_missing_lgtm_label: true }, ["approved"], [YES]],
  [{ allow_missing_lgtm_label: true }, ["lgtm"], []],
  [{ allow_missing_approved_label: true }, ["lgtm"], [YES]],
  [{ allow_missing_approved_label: true, allow_missing_lgtm_label: true }, [], [YES]],
])("with %j and %j on it: %j", async (more, labels, expected) => {
  expect(await changes(prOf({ labels }, here({ ...ENTRY, ...more })))).toEqual(expected);
});

test.each([
  ["no entry", []],
  ["another repository", [{ ...ENTRY, repo: "other" }]],
  ["the org alone", [{ org: "acme", approvers: ["carol"] }]],
  ["no approvers", [{ org: "acme", repo: "lib" }]],
  ["a later entry for it", [ENTRY, { ...ENTRY, approvers: ["dave"] }]],
])("nothing with %s", async (_what, entries) => {
  expect(await changes(prOf({}, here(...entries)))).toEqual([]);
});

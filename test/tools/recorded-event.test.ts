// Which event a recorded payload is.
import { expect, test } from "vitest";
import { eventOfName, eventOfShape } from "../../src/tools/recorded-event.ts";

const known = ["issue_comment", "pull_request", "pull_request_review", "push"];

test.each([
  ["a/issue_comment.json", "issue_comment"],
  ["pull_request.opened.json", "pull_request"],
  ["pull_request_review-submitted.json", "pull_request_review"],
  ["push.json", "push"],
  ["payload.json", undefined],
  ["-", undefined],
])("%s is %s", (file, event) => {
  expect(eventOfName(file, known)).toBe(event);
});

const some = {};
test.each<[Record<string, unknown>, string | undefined]>([
  [{ comment: some, issue: some }, "issue_comment"],
  [{ comment: some, pull_request: some }, "pull_request_review_comment"],
  [{ comment: some }, "commit_comment"],
  [{ review: some, pull_request: some }, "pull_request_review"],
  [{ pull_request: some, label: some }, "pull_request"],
  [{ issue: some, label: some }, "issues"],
  [{ ref: "refs/heads/main", before: "a", after: "b" }, "push"],
  [{ sha: "a", context: "c", state: "success" }, "status"],
  [{ check_run: some }, "check_run"],
  [{ forkee: some }, "fork"],
  [{ ref: "v1", ref_type: "tag" }, undefined],
  [{}, undefined],
])("%j is %s", (payload, event) => {
  expect(eventOfShape(payload)).toBe(event);
});

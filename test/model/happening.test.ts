// What webhooks tell of has names that can be told from GitHub's API too.
import { expect, test } from "vitest";
import { asOf, headName, labelsName, namesOf, openedName } from "../../src/model/happening.ts";

const repository = { full_name: "Acme/Tool" };
const pull_request = { number: 7, head: { sha: "abc" }, labels: [{ name: "b" }, { name: "a" }] };
const pr = "acme/tool#7";

test("a pull request's webhooks tell of its head and labels, the first one also of its opening", () => {
  const labels = labelsName(pr, ["a", "b"]);
  const opened = namesOf("pull_request", { action: "opened", repository, pull_request });
  expect(opened).toEqual([openedName(pr), headName(pr, "abc"), labels]);
  const pushed = namesOf("pull_request", { action: "synchronize", repository, pull_request });
  expect(pushed).toEqual([headName(pr, "abc"), labels]);
  expect(namesOf("pull_request", { action: "labeled", repository, pull_request })).toEqual([labels]);
});

test("what is no commit has no name, since names are kept for days", () => {
  const long = { ...pull_request, head: { sha: "a".repeat(1_000_000) } };
  const names = namesOf("pull_request", { action: "synchronize", repository, pull_request: long });
  expect(names.every((name) => name.length < 200)).toBe(true);
});

test.each([
  ["issue_comment", "created", { issue: { number: 7 }, comment: { id: 9 } }, "comment acme/tool#7 9"],
  ["pull_request_review", "submitted", { pull_request, review: { id: 9 } }, "review acme/tool#7 9"],
  [
    "pull_request_review_comment",
    "created",
    { pull_request, comment: { id: 9 } },
    "review-comment acme/tool#7 9",
  ],
])("%s.%s is known by its id", (event, action, fields, name) => {
  expect(namesOf(event, { action, repository, ...fields })).toEqual([name]);
});

test.each([
  ["nothing", {}],
  ["no repository", { action: "opened", pull_request }],
  ["a number that is none", { action: "opened", repository, pull_request: { number: "7" } }],
  ["a pull request that is null", { action: "opened", repository, pull_request: null }],
  ["an edit", { action: "edited", repository, issue: { number: 7 }, comment: { id: 9 } }],
])("%s has no name", (_, payload) => {
  expect(namesOf("issue_comment", payload)).toEqual([]);
});

test("a push is told as of GitHub's time; of what happens once, and of what is no time, there is none", () => {
  const told = { repository, pull_request: { ...pull_request, updated_at: "2026-11-29T16:00:00Z" } };
  expect(asOf("pull_request", told)).toBe(Date.UTC(2026, 10, 29, 16));
  expect(asOf("pull_request_review", told)).toBe(0);
  for (const updated_at of [undefined, null, "soon", 7, { toString: 1 }])
    expect(asOf("pull_request", { pull_request: { ...pull_request, updated_at } })).toBe(0);
});

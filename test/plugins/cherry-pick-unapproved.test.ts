// The guard of release branches: when it is set, what it says, and when it goes.
import { describe, expect, test } from "vitest";
import type { PullRequestEvent } from "../../src/model/event.ts";
import { formatSimple } from "../../src/model/reply.ts";
import { cherryPickUnapproved } from "../../src/plugins/cherry-pick-unapproved.ts";
import { BOT, type Options, world } from "./world.ts";

const APPROVED = "cherry-pick-approved";
const UNAPPROVED = "do-not-merge/cherry-pick-not-approved";
const COMMENT = "Cherry picks need approval.\n> As ever.\nAsk the release team.";
const here: Options = { plugins: { cherry_pick_unapproved: { comment: COMMENT } } };

const prTo = (base: string, labels: string[] = [], options = here) => world(options).pr({ base, labels });
type PR = ReturnType<typeof prTo>;

const play = (pr: PR, action: string, more: Partial<PullRequestEvent> = {}) =>
  pr.world.play(cherryPickUnapproved, pr.event(action, more));

const guarded = (pr: PR, words = COMMENT) => {
  const body = formatSimple(words);
  return [
    { do: "createComment", issue: pr.ref, body, marker: body, since: "2026-11-23T09:00:00Z" },
    { do: "addLabels", issue: pr.ref, labels: [UNAPPROVED] },
  ];
};

describe("what goes to a release branch", () => {
  test.each(["opened", "reopened"])("is guarded when it is %s", async (action) => {
    const pr = prTo("release-1.0", ["lgtm"]);
    expect(await play(pr, action)).toEqual(guarded(pr));
  });

  test.each([
    ["labeled", APPROVED, ["unrelated"], true],
    ["unlabeled", APPROVED, [], true],
    ["unlabeled", UNAPPROVED, [], true],
    ["labeled", "lgtm", [], false],
    ["unlabeled", "lgtm", [], false],
    ["labeled", UNAPPROVED, [UNAPPROVED], false],
    ["unlabeled", "Cherry-Pick-Approved", [], false],
  ])("%s %s with %j on it: guarded %s", async (action, name, labels, isGuarded) => {
    const pr = prTo("release-1.0", labels);
    expect(await play(pr, action, { label: { name } })).toEqual(isGuarded ? guarded(pr) : []);
  });

  test("has a default comment", async () => {
    const pr = prTo("release-1.0", [], {});
    const words =
      "This PR is not for the master branch but does not have the `cherry-pick-approved`  label. Adding the `do-not-merge/cherry-pick-not-approved`  label.";
    expect(await play(pr, "opened")).toEqual(guarded(pr, words));
  });

  test("is left alone when it is guarded already", async () => {
    expect(await play(prTo("release-1.0", [UNAPPROVED]), "opened")).toEqual([]);
  });

  test.each(["synchronize", "closed", "edited", "ready_for_review", "converted_to_draft"])(
    "is left alone when it is %s",
    async (action) => {
      const pr = prTo("release-1.0");
      expect(await play(pr, action)).toEqual([]);
      expect(pr.world.reads).toEqual([]);
    },
  );
});

test.each(["main", "my-release-1.0"])("%s is no release branch", async (base) => {
  const pr = prTo(base);
  for (const action of ["opened", "reopened"]) expect(await play(pr, action)).toEqual([]);
  expect(await play(pr, "labeled", { label: { name: APPROVED } })).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});

/** Comments by the bot and others; the ids of those that are to go. */
function withComments(pr: PR): number[] {
  const said = formatSimple(COMMENT);
  const mine = [pr.addComment(BOT, said), pr.addComment(BOT, said.replaceAll("\n", "\r\n"))];
  pr.addComment(`${BOT}[bot]`, said);
  pr.addComment("mallory", said);
  pr.addComment(BOT, "something else");
  pr.addComment(BOT, `@mallory: no\n\n${said.replace(/^/gm, ">")}`);
  return mine.map(({ id }) => id);
}

describe("approval", () => {
  test.each([
    [[APPROVED, UNAPPROVED], true],
    [[APPROVED], false],
    [["Cherry-Pick-Approved", UNAPPROVED], true],
  ])("with %j takes back what was said", async (labels, removes) => {
    const pr = prTo("release-1.0", labels);
    const outdated = withComments(pr);
    expect(await play(pr, "labeled", { label: { name: APPROVED } })).toEqual([
      ...outdated.map((id) => ({ do: "deleteComment", repo: { org: "acme", repo: "lib" }, id })),
      ...(removes ? [{ do: "removeLabel", issue: pr.ref, label: UNAPPROVED }] : []),
    ]);
  });
});

describe("another base", () => {
  const from = (ref: string) => ({ changes: { base: { ref: { from: ref } } } });

  test("to a release branch is guarded", async () => {
    const pr = prTo("release-1.0");
    expect(await play(pr, "edited", from("main"))).toEqual(guarded(pr));
  });

  test("from a release branch takes both labels and the comments off", async () => {
    const pr = prTo("main", [APPROVED, UNAPPROVED, "lgtm"]);
    const outdated = withComments(pr);
    expect(await play(pr, "edited", from("release-1.0"))).toEqual([
      ...outdated.map((id) => ({ do: "deleteComment", repo: { org: "acme", repo: "lib" }, id })),
      { do: "removeLabel", issue: pr.ref, label: APPROVED },
      { do: "removeLabel", issue: pr.ref, label: UNAPPROVED },
    ]);
  });

  test.each([
    ["release-1.1", from("release-1.0")],
    ["main", from("dev")],
    ["release-1.0", { changes: { title: { from: "Old" } } }],
    ["release-1.0", { changes: { base: { ref: { from: "" } } } }],
    ["release-1.0", {}],
  ])("to %s with %j changes nothing", async (base, more) => {
    expect(await play(prTo(base), "edited", more)).toEqual([]);
  });
});

test("which branches are guarded can be configured", async () => {
  const options = { plugins: { cherry_pick_unapproved: { branchregexp: "^stable$" } } };
  expect(await play(prTo("stable", [], options), "opened")).toHaveLength(2);
  expect(await play(prTo("release-1.0", [], options), "opened")).toEqual([]);
});

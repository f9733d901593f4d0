// Sign-offs: which commits need one, and what follows when one lacks it.
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import type { Commit, StatusState } from "../../src/model/github.ts";
import { ABOUT_THIS_BOT } from "../../src/model/reply.ts";
import { dco } from "../../src/plugins/dco.ts";
import { playWith } from "./with-reads.ts";
import { BOT, type Issue, type IssueOptions, type Options, REPO, world } from "./world.ts";

const YES = "dco-signoff: yes";
const NO = "dco-signoff: no";
const MISSING =
  "Thanks for your pull request. Before we can look at it, you'll need to add a 'DCO signoff' to your commits.";
const GUIDE = "https://github.com/acme/lib/blob/master/CONTRIBUTING.md";

const SIGNED = "Fix\n\nSigned-off-by: A <a@example.com>";
const commit = (message: string, more: Partial<Commit> = {}): Commit => ({
  ...{ sha: "0123456789abcdef", message, tree: "t", parents: ["p"] },
  ...more,
});
const reads = (...commits: Commit[]) => ({ pullRequestCommits: () => commits });
const prOf = (labels: string[] = [], more: IssueOptions = {}, options: Options = {}) =>
  world(options).pr({ labels, ...more });

function statusOf(pr: Issue, state: StatusState, target_url = GUIDE): Effect {
  const description =
    state === "success" ? "All commits have Signed-off-by" : "Commits in PR missing Signed-off-by";
  return {
    ...{ do: "createStatus", repo: REPO, sha: pr.headSHA },
    status: { context: "dco", state, target_url, description },
  };
}
const add = (pr: Issue, label: string): Effect => ({ do: "addLabels", issue: pr.ref, labels: [label] });
const remove = (pr: Issue, label: string): Effect => ({ do: "removeLabel", issue: pr.ref, label });

const explanation = (list: string, guide = GUIDE) => `${MISSING}

:memo: **Please follow instructions in the [contributing guide](${guide}) to update your commits with the DCO**

Full details of the Developer Certificate of Origin can be found at [developercertificate.org](https://developercertificate.org/).

**The list of commits missing DCO signoff**:

${list}

<details>

${ABOUT_THIS_BOT}
</details>
`;
const LISTED = "- [0123456](https://github.com/acme/lib/commits/0123456789abcdef) Fix it";
const say = (pr: Issue, list: string): Effect => ({
  do: "createComment",
  issue: pr.ref,
  body: explanation(list),
});

const play = (pr: Issue, action: string, ...commits: Commit[]) =>
  playWith(dco, pr.event(action), pr.world, reads(...commits));

describe("a sign-off", () => {
  test.each([
    [SIGNED, true],
    ["SIGNED-OFF-BY: A", true],
    ["Fix\r\nsigned-off-by:", true],
    ["Fix it", false],
    ["Fix\n\n Signed-off-by: A <a@example.com>", false],
    ["Fix, Signed-off-by: A", false],
    ["Fix\n\nSigned-off: A", false],
    ["", false],
  ])("%j: %s", async (message, signed) => {
    const effects = await play(prOf(), "opened", commit(message));
    expect(effects[0]).toMatchObject({ do: "addLabels", labels: [signed ? YES : NO] });
  });

  test("is needed by every commit but merges", async () => {
    const merge = commit("Merge main", { parents: ["a", "b"] });
    expect((await play(prOf(), "opened", commit(SIGNED), merge))[0]).toMatchObject({ labels: [YES] });
    expect((await play(prOf(), "opened", commit(SIGNED), commit("no")))[0]).toMatchObject({ labels: [NO] });
  });
});

describe("all are signed off", () => {
  test.each([
    [[], undefined, ["add", "status"]],
    [[NO], "failure", ["remove", "add", "status"]],
    [[YES], "success", []],
    [[YES], "pending", ["status"]],
    [[YES, NO], "success", ["remove"]],
  ] as const)("with %j and a status that is %s: %j", async (labels, state, expected) => {
    const pr = prOf([...labels]);
    if (state) pr.world.statuses.push({ context: "dco", state, description: "", target_url: "" });
    const all = { add: add(pr, YES), remove: remove(pr, NO), status: statusOf(pr, "success") };
    for (const action of ["opened", "reopened", "synchronize"])
      expect(await play(pr, action, commit(SIGNED))).toEqual(expected.map((name) => all[name]));
  });

  test("what the bot said of it is taken back, and nothing else", async () => {
    const pr = prOf([YES]);
    const old = pr.addComment(BOT, explanation(LISTED));
    pr.addComment("mallory", explanation(LISTED));
    pr.addComment(BOT, `@mallory: no\n\n>${MISSING}`);
    expect(await play(pr, "synchronize", commit(SIGNED))).toEqual([
      statusOf(pr, "success"),
      { do: "deleteComment", repo: REPO, id: old.id },
    ]);
  });
});

describe("a commit lacks it", () => {
  test.each([
    [[], undefined, ["add", "status"]],
    [[YES], "success", ["add", "remove", "status"]],
    [[NO], "failure", []],
    [[NO, YES], "error", ["remove", "status"]],
  ] as const)("with %j and a status that is %s: %j, and a comment", async (labels, state, expected) => {
    const pr = prOf([...labels]);
    if (state) pr.world.statuses.push({ context: "dco", state, description: "", target_url: "" });
    const all = { add: add(pr, NO), remove: remove(pr, YES), status: statusOf(pr, "failure") };
    const changes = expected.map((name) => all[name]);
    for (const action of ["opened", "synchronize"])
      expect(await play(pr, action, commit("Fix it"))).toEqual([...changes, say(pr, LISTED)]);
    expect(await play(pr, "reopened", commit("Fix it"))).toEqual(changes);
  });

  test("the comment lists the first line of each, and takes the place of the last one", async () => {
    const pr = prOf([NO]);
    pr.world.statuses.push({ context: "dco", state: "failure", description: "", target_url: "" });
    const old = pr.addComment(BOT, explanation(LISTED));
    const more = commit("Second\nmore", { sha: "fedcba9876543210" });
    const list = `${LISTED}\n- [fedcba9](https://github.com/acme/lib/commits/fedcba9876543210) Second`;
    expect(await play(pr, "synchronize", commit("Fix it"), commit(SIGNED), more)).toEqual([
      { do: "deleteComment", repo: REPO, id: old.id },
      say(pr, list),
    ]);
  });
});

describe("people who need none", () => {
  const here: Options = { members: ["alice"], collaborators: ["bob"] };
  const configured = (dco: object) => ({ ...here, plugins: { dco: { "acme/lib": dco } } });

  test.each([
    [{}, "alice", false],
    [{ skip_dco_check_for_members: true }, "alice", true],
    [{ skip_dco_check_for_members: true }, "bob", false],
    [{ skip_dco_check_for_members: true }, "alice1", false],
    [{ skip_dco_check_for_members: true }, "alice[bot]", false],
    [{ skip_dco_check_for_members: true }, undefined, false],
    [{ skip_dco_check_for_members: true }, "", false],
    [{ skip_dco_check_for_members: true, trusted_org: "acme" }, "mallory", false],
    [{ skip_dco_check_for_collaborators: true }, "bob", true],
    [{ skip_dco_check_for_collaborators: true }, "alice", true],
    [{ skip_dco_check_for_collaborators: true }, "mallory", false],
    [{ trusted_apps: ["renovate"] }, "renovate[bot]", true],
    [{ trusted_apps: ["renovate"] }, "renovate", false],
    [{ trusted_apps: [] }, "alice", false],
  ])("%j, by %s: %s", async (options, author, trusted) => {
    const pr = prOf([], {}, configured(options));
    const unsigned = commit("Fix it", author === undefined ? {} : { author });
    const [first] = await play(pr, "opened", unsigned);
    expect(first).toMatchObject({ labels: [trusted ? YES : NO] });
  });

  test("only the commits of the others are listed", async () => {
    const pr = prOf([], {}, configured({ skip_dco_check_for_members: true }));
    const theirs = commit("Fix it", { author: "mallory" });
    const effects = await play(pr, "opened", commit("mine", { author: "alice", sha: "1" }), theirs);
    expect(effects.at(-1)).toEqual(say(pr, LISTED));
  });
});

test.each([
  [
    { "acme/lib": { contributing_repo: "acme/docs" } },
    "https://github.com/acme/docs/blob/master/CONTRIBUTING.md",
  ],
  [
    { acme: { contributing_branch: "main", contributing_path: "docs/DCO.md" } },
    "https://github.com/acme/lib/blob/main/docs/DCO.md",
  ],
  [{ "*": { contributing_branch: "main" } }, "https://github.com/acme/lib/blob/main/CONTRIBUTING.md"],
  [{ "acme/lib": {}, acme: { contributing_branch: "main" } }, GUIDE],
  [{ other: { contributing_branch: "main" } }, GUIDE],
])("with %j the guide is %s", async (options, guide) => {
  const pr = prOf([], {}, { plugins: { dco: options } });
  const effects = await play(pr, "opened", commit("Fix it"));
  expect(effects).toContainEqual(statusOf(pr, "failure", guide));
  expect(effects.at(-1)).toMatchObject({ body: explanation(LISTED, guide) });
});

test.each(["edited", "labeled", "unlabeled", "closed"])("nothing when it is %s", async (action) => {
  const pr = prOf();
  expect(await play(pr, action, commit("no"))).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});

describe("/check-dco", () => {
  const check = (issue: Issue, body = "/check-dco", more = {}) =>
    playWith(dco, issue.comment("mallory", body, more), issue.world, reads(commit("Fix it")));

  test.each(["/check-dco", "/CHECK-DCO  \r", "text\n/check-dco\nmore"])("%j checks again", async (body) => {
    const pr = prOf([NO]);
    pr.world.statuses.push({ context: "dco", state: "failure", description: "", target_url: "" });
    expect(await check(pr, body)).toEqual([say(pr, LISTED)]);
  });

  test.each(["/check-dco please", " /check-dco", "> /check-dco", "/check-dcos"])(
    "%j does not",
    async (body) => {
      expect(await check(prOf(), body)).toEqual([]);
    },
  );

  test("works on open pull requests and new comments alone", async () => {
    expect(await check(world().issue())).toEqual([]);
    expect(await check(prOf([], { state: "closed" }))).toEqual([]);
    expect(await check(prOf(), "/check-dco", { action: "edited" })).toEqual([]);
    expect(await check(prOf(), "/check-dco", { action: "deleted" })).toEqual([]);
  });
});

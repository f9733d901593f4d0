// hold, wip, size, assign: world in, effects out.
import { expect, test } from "vitest";
import { assign } from "../../src/plugins/assign.ts";
import { hold } from "../../src/plugins/hold.ts";
import { size } from "../../src/plugins/size.ts";
import { wip } from "../../src/plugins/wip.ts";
import { world } from "./world.ts";

const HOLD = "do-not-merge/hold";
const WIP = "do-not-merge/work-in-progress";

test.each([
  ["/hold", [], "add"],
  ["/hold for review", [], "add"],
  ["/HOLD", [], "add"],
  ["text\r\n/hold\r\nmore", [], "add"],
  ["```\n/hold\n```", [], "add"],
  ["/hold", [HOLD], "nothing"],
  ["/hold cancel", [HOLD], "remove"],
  ["/hold   cancel please", [HOLD], "remove"],
  ["/unhold", [HOLD], "remove"],
  ["/remove-hold", [HOLD], "remove"],
  ["/hold\ncancel", [HOLD], "remove"],
  ["/unhold", [], "nothing"],
  [" /hold", [], "nothing"],
  ["> /hold", [], "nothing"],
  ["/holdit", [], "nothing"],
])("hold: %j with labels %j: %s", async (body, labels, outcome) => {
  const pr = world().pr({ labels });
  const effects = {
    add: [{ do: "addLabels", issue: pr.ref, labels: [HOLD] }],
    remove: [{ do: "removeLabel", issue: pr.ref, label: HOLD }],
    nothing: [],
  };
  expect(await pr.world.play(hold, pr.comment("mallory", body))).toEqual(
    effects[outcome as keyof typeof effects],
  );
});

test("hold works on closed pull requests, not on issues, and only when a comment is created", async () => {
  const closed = world().pr({ state: "closed" });
  expect(await closed.world.play(hold, closed.comment("bob", "/hold"))).toHaveLength(1);
  const issue = world().issue();
  expect(await issue.world.play(hold, issue.comment("bob", "/hold"))).toEqual([]);
  const pr = world().pr();
  expect(await pr.world.play(hold, pr.comment("bob", "/hold", { action: "edited" }))).toEqual([]);
});

test("a comment without commands costs no request", async () => {
  const pr = world().pr();
  await pr.world.play(hold, pr.comment("bob", "looks good"));
  expect(pr.world.reads).toEqual([]);
});

test.each([
  ["WIP: add thing", false, [], "opened", "add"],
  ["[wip] add thing", false, [], "opened", "add"],
  ["🚧WIP add thing", false, [], "opened", "add"],
  ["WIPe the slate", false, [], "opened", "nothing"],
  ["add thing", true, [], "opened", "add"],
  ["add thing", false, [WIP], "edited", "remove"],
  ["WIP: add", false, [WIP], "edited", "nothing"],
  ["WIP: add", false, [], "synchronize", "nothing"],
])("wip: %j draft=%s labels %j on %s: %s", async (title, draft, labels, action, outcome) => {
  const pr = world().pr({ title, draft, labels });
  const effects = {
    add: [{ do: "addLabels", issue: pr.ref, labels: [WIP] }],
    remove: [{ do: "removeLabel", issue: pr.ref, label: WIP }],
    nothing: [],
  };
  expect(await pr.world.play(wip, pr.event(action))).toEqual(effects[outcome as keyof typeof effects]);
});

test.each([
  [9, "size/XS"],
  [10, "size/S"],
  [30, "size/M"],
  [100, "size/L"],
  [500, "size/XL"],
  [1000, "size/XXL"],
])("%d changed lines are %s", async (additions, label) => {
  const pr = world().pr({ files: [{ filename: "a.go", additions, deletions: 0 }] });
  expect(await pr.world.play(size, pr.event("opened"))).toEqual([
    { do: "addLabels", issue: pr.ref, labels: [label] },
  ]);
});

test("generated files do not count, the old size goes, thresholds are configurable", async () => {
  const pr = world({
    files: {
      ".generated_files":
        "# generated\nfile-prefix zz_generated.\npath-prefix vendor/\npaths-from-repo docs/.list\n",
      "docs/.list": "docs/made.md\n",
      ".gitattributes": "*.pb.go linguist-generated=true\ndist/** linguist-generated=true text\n",
    },
    plugins: { size: { s: 2, m: 3 } },
  }).pr({
    labels: ["size/XL", "kind/bug"],
    files: [
      "pkg/zz_generated.x.go",
      "vendor/a/b.go",
      "docs/made.md",
      "api/x.pb.go",
      "dist/a/b.js",
      "main.go",
    ],
  });
  expect(await pr.world.play(size, pr.event("synchronize"))).toEqual([
    { do: "removeLabel", issue: pr.ref, label: "size/XL" },
    { do: "addLabels", issue: pr.ref, labels: ["size/S"] },
  ]);
});

test("size stays when it is right, and a broken .generated_files is no obstacle", async () => {
  const pr = world({ files: { ".generated_files": "what is this line anyway?" } }).pr({
    labels: ["size/XS"],
  });
  expect(await pr.world.play(size, pr.event("edited"))).toEqual([]);
  expect(await pr.world.play(size, pr.event("labeled"))).toEqual([]);
});

test("assign: oneself, others, and who could not be assigned is told so", async () => {
  const issue = world().issue();
  const event = issue.comment("bob", "/assign\n/assign @carol dave\n/unassign @erin");
  const [unassigned, assigned, ...none] = await issue.world.play(assign, event);
  expect(unassigned).toEqual({ do: "unassign", issue: issue.ref, logins: ["erin"] });
  expect(assigned).toMatchObject({ do: "assign", issue: issue.ref, logins: ["bob", "carol", "dave"] });
  expect((assigned as { reply: string }).reply).toBe(
    `@bob: GitHub didn't allow me to assign the following users: {logins}.

Note that only [acme members](https://github.com/orgs/acme/people) with read permissions, repo collaborators and people who have commented on this issue/PR can be assigned. Additionally, issues/PRs can only have 10 assignees at the same time.
For more information please see [the contributor guide](https://git.k8s.io/community/contributors/guide/first-contribution.md#issue-assignment-in-github)

<details>

In response to [this](${event.htmlUrl}):

>/assign
>/assign @carol dave
>/unassign @erin


Instructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.
</details>`,
  );
  expect(none).toEqual([]);
});

test.each([
  ["/cc @carol @dave", ["requestReviews", ["carol", "dave"]]],
  ["/cc acme/leads", ["requestReviews", ["acme/leads"]]],
  ["/cc", ["requestReviews", ["bob"]]],
  ["/uncc @dave", ["unrequestReviews", ["dave"]]],
  ["/cc @dave\n/uncc @dave", ["unrequestReviews", ["dave"]]],
])("assign: %j", async (body, [name, logins]) => {
  const pr = world().pr();
  const effects = await pr.world.play(assign, pr.comment("bob", body));
  expect(effects).toMatchObject([{ do: name, issue: pr.ref, logins }]);
});

test("reviews are not requested on issues, and words after the names are no command", async () => {
  const issue = world().issue();
  expect(await issue.world.play(assign, issue.comment("bob", "/cc @carol"))).toEqual([]);
  expect(await issue.world.play(assign, issue.comment("bob", "/assign @carol, please!"))).toEqual([]);
});

// approve: conversations, with the notification word for word as recorded from Prow.
import { expect, test } from "vitest";
import { approve } from "../../src/plugins/approve.ts";
import { type Options, world } from "./world.ts";

const members = ["alice", "bob", "carol", "dave", "erin", "root-admin"];
const root: Options = { members, files: { OWNERS: "approvers:\n- carol\nreviewers:\n- bob\n" } };

const link = (reference: string, title: string, login: string) =>
  `*<a href="${reference}" title="${title}">${login}</a>*`;
const NEWBIE = link("https://github.com/acme/lib/pull/1#", "Author self-approved", "newbie");
const approvedBy = (...approvals: string[]) =>
  `This pull-request has been approved by: ${approvals.join(", ")}`;
const COMMANDS =
  "The full list of commands accepted by this bot can be found [here](https://go.k8s.io/bot-commands?repo=acme%2Flib).\n\n";
const PROCESS = "https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process";
const details = (open: string, files: string, ccs: string[]) =>
  `<details ${open}>\nNeeds approval from an approver in each of these files:\n\n${files}\nApprovers can indicate their approval by writing \`/approve\` in a comment\nApprovers can cancel approval by writing \`/approve cancel\` in a comment\n</details>\n<!-- META=${JSON.stringify({ approvers: ccs })} -->`;
const OWNERS = "https://github.com/acme/lib/blob/main/OWNERS";

const UNAPPROVED = `[APPROVALNOTIFIER] This PR is **NOT APPROVED**

${approvedBy(NEWBIE)}
**Once this PR has been reviewed and has the lgtm label**, please assign [carol](https://github.com/carol) for approval. For more information see [the Code Review Process](${PROCESS}).

${COMMANDS}${details("open", `- **[OWNERS](${OWNERS})**\n`, ["carol"])}`;

test("asks, is approved, is cancelled: one notification stands at a time", async () => {
  const pr = world(root).pr({ by: "newbie" });
  await pr.world.react(approve, pr.event("opened"));
  expect(pr.said).toEqual([UNAPPROVED]);

  const yes = pr.comment("carol", "/approve");
  await pr.world.react(approve, yes);
  const carol = link(yes.htmlUrl, "Approved", "carol");
  expect(pr.said).toEqual([
    `[APPROVALNOTIFIER] This PR is **APPROVED**

${approvedBy(carol, NEWBIE)}

${COMMANDS}The pull request process is described [here](${PROCESS})

${details("", `- ~~[OWNERS](${OWNERS})~~ [carol]\n`, [])}`,
  ]);
  expect([...pr.labels]).toEqual(["approved"]);

  await pr.world.react(approve, pr.comment("carol", "/approve cancel"));
  expect(pr.said).toEqual([UNAPPROVED]);
  expect([...pr.labels]).toEqual([]);
});

test("working on an event twice changes nothing more", async () => {
  const pr = world(root).pr({ by: "newbie" });
  const event = pr.comment("carol", "/approve");
  await pr.world.react(approve, event);
  expect(await pr.world.play(approve, event)).toEqual([]);
});

test.each([
  ["APPROVE", "/APPROVE", true],
  ["no-issue", "/approve no-issue", true],
  ["cancel anywhere", "/approve please cancel", false],
  ["in a sentence", "please /approve", false],
  ["remove", "/approve\n/remove-approve", false],
  ["lgtm beside it", "/remove-approve\n/lgtm", true],
])("commands: %s", async (_name, body, approved) => {
  const pr = world(root).pr({ by: "newbie" });
  await pr.world.react(approve, pr.comment("carol", body));
  await pr.world.react(approve, pr.event("synchronize"));
  expect(pr.labels.has("approved")).toBe(approved);
});

test("lgtm alone counts only with lgtm_acts_as_approve", async () => {
  const plain = world(root).pr({ by: "newbie" });
  expect(await plain.world.play(approve, plain.comment("carol", "/lgtm"))).toEqual([]);
  expect(plain.world.reads).toEqual([]);
  const pr = world({ ...root, plugins: { approve: [{ repos: ["acme"], lgtm_acts_as_approve: true }] } }).pr({
    by: "newbie",
  });
  await pr.world.react(approve, pr.comment("carol", "/lgtm"));
  expect(pr.said[0]).toContain('title="LGTM">carol</a>*');
  expect(pr.labels.has("approved")).toBe(true);
});

test("an author who is an owner approves by opening, unless that is to be said", async () => {
  const pr = world(root).pr({ by: "carol" });
  await pr.world.react(approve, pr.event("opened"));
  expect(pr.labels.has("approved")).toBe(true);
  const options = { approve: [{ repos: ["acme/lib"], require_self_approval: true }] };
  const strict = world({ ...root, plugins: options }).pr({ by: "carol" });
  await strict.world.react(approve, strict.event("opened"));
  expect(strict.said[0]).toContain("has been approved by:\n**Once this PR");
  await strict.world.react(approve, strict.comment("carol", "/approve"));
  expect(strict.labels.has("approved")).toBe(true);
});

test("who is no approver is listed, but does not help", async () => {
  const pr = world(root).pr({ by: "newbie" });
  const event = pr.comment("bob", "/approve");
  await pr.world.react(approve, event);
  expect(pr.said[0]).toContain(
    `**NOT APPROVED**\n\n${approvedBy(link(event.htmlUrl, "Approved", "bob"), NEWBIE)}\n`,
  );
  expect([...pr.labels]).toEqual([]);
});

test("aliases, and each directory its own approver", async () => {
  const files = {
    OWNERS: "approvers:\n- root-admin\n",
    "api/OWNERS": "approvers:\n- core\n",
    "ui/OWNERS": "approvers:\n- dave\n",
    OWNERS_ALIASES: "aliases:\n  core:\n  - Carol\n",
  };
  const pr = world({ members, files }).pr({ by: "newbie", files: ["api/a.go", "ui/b.js"] });
  await pr.world.react(approve, pr.comment("carol", "/approve"));
  const blob = "https://github.com/acme/lib/blob/main";
  expect(pr.said[0]).toContain(
    `\n- ~~[api/OWNERS](${blob}/api/OWNERS)~~ [carol]\n- **[ui/OWNERS](${blob}/ui/OWNERS)**\n\n`,
  );
  expect(pr.said[0]).toContain('<!-- META={"approvers":["dave"]} -->');
  await pr.world.react(approve, pr.comment("dave", "/approve"));
  expect(pr.labels.has("approved")).toBe(true);
});

test("an associated issue can be required, and be waived by an owner", async () => {
  const plugins = { approve: [{ repos: ["acme"], issue_required: true }] };
  const pr = world({ ...root, plugins }).pr({ by: "newbie" });
  await pr.world.react(approve, pr.comment("carol", "/approve"));
  expect(pr.said[0]).toContain(
    "\n\n*No associated issue*. Update pull-request body to add a reference to an issue, or get approval with `/approve no-issue`\n\nThe full list",
  );
  expect(pr.said[0]).toContain("**NOT APPROVED**");
  await pr.world.react(approve, pr.comment("bob", "/approve no-issue"));
  expect(pr.labels.has("approved")).toBe(false);
  await pr.world.react(approve, pr.comment("carol", "/approve no-issue"));
  expect(pr.said[0]).toContain("\n\nAssociated issue requirement bypassed by: *<a href=");
  expect(pr.labels.has("approved")).toBe(true);

  const linked = world({ ...root, plugins }).pr({ by: "newbie", body: "Fixes #17" });
  await linked.world.react(approve, linked.comment("carol", "/approve"));
  expect(linked.said[0]).toContain("\n\nAssociated issue: *#17*\n\nThe full list");
});

test("a label put on by hand bypasses the rules, and that is said", async () => {
  const pr = world(root).pr({ by: "newbie" });
  await pr.world.react(approve, pr.labeled("approved", "bob"));
  expect(pr.said[0]).toMatch(
    /^\[APPROVALNOTIFIER\] This PR is \*\*APPROVED\*\*\n\nApproval requirements bypassed by manually added approval\.\n\nThis pull-request/,
  );
  expect(pr.labels.has("approved")).toBe(true);
  expect(
    await pr.world.play(
      approve,
      pr.event("labeled", { label: { name: "approved" }, sender: { login: "ci-robot" } }),
    ),
  ).toEqual([]);
});

test("a label of the bot's own goes when nobody has approved", async () => {
  const pr = world(root).pr({ by: "newbie" });
  pr.setLabel("approved", "ci-robot");
  expect(await pr.world.play(approve, pr.event("synchronize"))).toContainEqual({
    do: "removeLabel",
    issue: pr.ref,
    label: "approved",
  });
});

test("reviews count by their state, unless it is ignored", async () => {
  const pr = world(root).pr({ by: "newbie" });
  await pr.world.react(approve, pr.review("carol", "APPROVED"));
  expect(pr.labels.has("approved")).toBe(true);
  await pr.world.react(approve, pr.review("carol", "CHANGES_REQUESTED"));
  expect(pr.labels.has("approved")).toBe(false);
  const plugins = { approve: [{ repos: ["acme"], ignore_review_state: true }] };
  const ignoring = world({ ...root, plugins }).pr({ by: "newbie" });
  expect(await ignoring.world.play(approve, ignoring.review("carol", "APPROVED"))).toEqual([]);
});

test("the order of suggestions is that of Go's seeded shuffle: who comes first depends on the number", async () => {
  const many = { members, files: { OWNERS: "approvers: [alice, bob, carol, dave, erin]\n" } };
  const suggested = async (number: number) => {
    const small = world(many);
    while (small.issues.size < number - 1) small.issue();
    const pr = small.pr({ by: "newbie" });
    await small.react(approve, pr.event("opened"));
    return /META={"approvers":\["(\w+)"\]}/.exec(pr.said[0]!)?.[1];
  };
  expect(await Promise.all([1, 2, 3, 4].map(suggested))).toEqual(["alice", "dave", "carol", "bob"]);
});

test("owners who are no collaborators do not count, unless that is not asked", async () => {
  const files = { OWNERS: "approvers: [zoe]\n" };
  const pr = world({ members, files }).pr({ by: "zoe" });
  await pr.world.react(approve, pr.event("opened"));
  expect(pr.labels.has("approved")).toBe(false);
  const lenient = world({ members, files, owners: { skip_collaborators: ["acme/lib"] } }).pr({ by: "zoe" });
  await lenient.world.react(approve, lenient.event("opened"));
  expect(lenient.labels.has("approved")).toBe(true);
});

test("closed pull requests, issues and the bot's own words are left alone", async () => {
  for (const subject of [world(root).pr({ state: "closed" }), world(root).issue()]) {
    expect(await subject.world.play(approve, subject.comment("carol", "/approve"))).toEqual([]);
  }
  const pr = world(root).pr();
  expect(await pr.world.play(approve, pr.comment("ci-robot", "/approve"))).toEqual([]);
});

test("a command in the description is none, and does not make two notifications", async () => {
  const pr = world(root).pr({ by: "newbie" });
  const body = pr.comment("carol", "/approve", { source: "pull_request" });
  expect(await pr.world.play(approve, body)).toEqual([]);
});

test("one event reads each thing once", async () => {
  const pr = world(root).pr({ by: "newbie" });
  await pr.world.play(approve, pr.comment("carol", "/approve"));
  expect(pr.world.reads.sort()).toEqual([
    "branchSHA",
    "changedFiles",
    "collaborators",
    "comments",
    "file",
    "pullRequest",
    "reviewComments",
    "reviews",
    "tree",
  ]);
});

// label and help: what may be set, by whom, and what the bot says about the rest.
import { expect, test } from "vitest";
import { help } from "../../src/plugins/help.ts";
import { label } from "../../src/plugins/label.ts";
import { world } from "./world.ts";

const LABELS = [
  "kind/bug",
  "kind/feature",
  "area/api",
  "area/ui",
  "priority/urgent",
  "triage/accepted",
  "needs-kind",
];
const base = {
  repositoryLabels: LABELS,
  members: ["bob"],
  plugins: { label: { additional_labels: ["needs-design"] } },
};

test("labels of one comment are one effect; what is there already is left alone", async () => {
  const issue = world(base).issue({ labels: ["area/ui"] });
  const event = issue.comment(
    "mallory",
    "/kind bug feature\n/area ui api\n/priority urgent\n<!-- /area x -->",
  );
  expect(await issue.world.play(label, event)).toEqual([
    {
      do: "addLabels",
      issue: issue.ref,
      labels: ["area/api", "kind/bug", "kind/feature", "priority/urgent"].sort(order),
    },
  ]);
});
const WRITTEN = ["kind/bug", "kind/feature", "area/api", "priority/urgent"];
const order = (a: string, b: string) => WRITTEN.indexOf(a) - WRITTEN.indexOf(b);

test("the last label of a needed category leaves needs-… behind", async () => {
  const issue = world(base).issue({ labels: ["kind/bug"] });
  expect(await issue.world.play(label, issue.comment("bob", "/remove-kind bug"))).toEqual([
    { do: "addLabels", issue: issue.ref, labels: ["needs-kind"] },
    { do: "removeLabel", issue: issue.ref, label: "kind/bug" },
  ]);
});

test.each([
  [
    "/label secret",
    "The label(s) `/label secret` cannot be applied. These labels are supported: `needs-design`. Is this label configured under `labels -> additional_labels` or `labels -> restricted_labels` in `plugin.yaml`?",
  ],
  [
    "/kind nonsense\n/area nonsense2",
    "The label(s) `kind/nonsense, area/nonsense2` cannot be applied, because the repository doesn't have them.",
  ],
  ["/remove-area api", "Those labels are not set on the issue: `area/api`"],
  [
    "/triage accepted",
    "The label `triage/accepted` cannot be applied. Only GitHub organization members can add the label.",
  ],
])("%j is answered", async (body, answer) => {
  const issue = world(base).issue();
  const effects = await issue.world.react(label, issue.comment("mallory", body));
  expect(effects).toHaveLength(1);
  expect(issue.said[0]).toMatch(
    new RegExp(`^@mallory: ${answer.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\n\n<details>`),
  );
});

test("verbs are case-sensitive, and a member may accept", async () => {
  const issue = world(base).issue();
  expect(await issue.world.play(label, issue.comment("bob", "/KIND bug"))).toEqual([]);
  expect(await issue.world.play(label, issue.comment("bob", "/triage accepted"))).toEqual([
    { do: "addLabels", issue: issue.ref, labels: ["triage/accepted"] },
  ]);
});

const restricted = {
  ...base,
  repositoryLabels: [...LABELS, "secret"],
  teams: { leads: ["carol"] },
  plugins: {
    label: {
      restricted_labels: {
        "*": [{ label: "Secret", allowed_teams: ["leads"], assign_on: [{ label: "kind/bug" }] }],
        "acme/lib": [{ label: "secret", allowed_users: ["Erin"] }],
      },
    },
  },
};

test.each([["carol"], ["erin"]])("%s may set the restricted label", async (login) => {
  const issue = world(restricted).issue();
  expect(await issue.world.play(label, issue.comment(login, "/label secret"))).toEqual([
    { do: "addLabels", issue: issue.ref, labels: ["secret"] },
  ]);
});

test("others are told who may; another label calls those in", async () => {
  const pr = world(restricted).pr();
  await pr.world.react(label, pr.comment("bob", "/label secret"));
  expect(pr.said[0]).toContain(
    "@bob: The label(s) `secret` cannot be applied or removed, because you are not in one of the allowed teams and are not an allowed user. Must be a member of one of these teams: leads",
  );
  expect(await pr.world.play(label, pr.labeled("kind/bug", "bob"))).toEqual([
    { do: "assign", issue: pr.ref, logins: ["Erin"] },
  ]);
});

test("help: asks for a contributor, and takes it back with its comment", async () => {
  const issue = world().issue();
  await issue.world.react(help, issue.comment("mallory", "/help"));
  expect([...issue.labels]).toEqual(["help wanted"]);
  expect(issue.said).toEqual([
    `@mallory: \n\tThis request has been marked as needing help from a contributor.

Please ensure the request meets the requirements listed [here](https://git.k8s.io/community/contributors/guide/help-wanted.md).

If this request no longer meets these requirements, the label can be removed
by commenting with the \`/remove-help\` command.


<details>

In response to [this](https://github.com/acme/lib/issues/1):

>/help


Instructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.
</details>`,
  ]);
  await issue.world.react(help, issue.comment("bob", "/remove-help"));
  expect([...issue.labels]).toEqual([]);
  expect(issue.said).toEqual([]);
});

test("a good first issue wants help, too; without help it is none", async () => {
  const issue = world({ plugins: { help: { help_guidelines_summary: "Be kind." } } }).issue();
  await issue.world.react(help, issue.comment("bob", "/good-first-issue"));
  expect([...issue.labels]).toEqual(["good first issue", "help wanted"]);
  expect(issue.said[0]).toContain("### Guidelines\nBe kind.\n\nFor more details");
  expect(issue.said[0]).toContain("help-wanted.md#good-first-issue)");
  await issue.world.react(help, issue.comment("bob", "/remove-help"));
  expect([...issue.labels]).toEqual([]);
});

test("help is for issues", async () => {
  const pr = world().pr();
  expect(await pr.world.play(help, pr.comment("bob", "/help"))).toEqual([]);
});

// Mentions of SIG teams: which labels they set, and when they are said again.
import { describe, expect, test } from "vitest";
import { formatReply } from "../../src/model/reply.ts";
import { sigmention } from "../../src/plugins/sigmention.ts";
import { BOT, type IssueOptions, type Options, world } from "./world.ts";

const LABELS = ["sig/node", "sig/api-machinery", "sig/Testing", "kind/bug", "kind/feature"];
const here = (more: Options = {}): Options => ({ members: ["alice"], repositoryLabels: LABELS, ...more });

const issueOf = (options: IssueOptions = {}, more: Options = {}) => world(here(more)).issue(options);

describe("labels", () => {
  test.each([
    ["@kubernetes/sig-node-misc", [], ["sig/node"]],
    ["@kubernetes/sig-node-bugs please", [], ["sig/node", "kind/bug"]],
    ["@kubernetes/sig-node-feature-requests", [], ["sig/node", "kind/feature"]],
    // Kinds are set whether or not the repository has them, as Prow does.
    ["@kubernetes/sig-node-api-reviews", [], ["sig/node", "kind/api-change"]],
    ["@kubernetes/sig-node-proposals", [], ["sig/node", "kind/design"]],
    ["@kubernetes/sig-node-pr-reviews", [], ["sig/node"]],
    ["@kubernetes/sig-api-machinery-misc", [], ["sig/api-machinery"]],
    ["@kubernetes/sig-testing-test-failures", [], ["sig/Testing"]],
    ["@kubernetes/sig-node-misc, @kubernetes/sig-testing-bugs", [], ["sig/node", "sig/Testing", "kind/bug"]],
    ["@kubernetes/sig-node-misc\n@kubernetes/sig-node-bugs", [], ["sig/node", "kind/bug"]],
    ["@kubernetes/sig-node-bugs", ["sig/node"], ["kind/bug"]],
    ["@kubernetes/sig-node-bugs", ["SIG/Node", "Kind/Bug"], []],
    ["@kubernetes/sig-unknown-bugs", [], []],
    ["@kubernetes/sig-unknown-bugs @kubernetes/sig-node-misc", [], ["sig/node"]],
    ["@kubernetes/sig-node", [], []],
    ["@kubernetes/sig-node-bug", [], []],
    ["@Kubernetes/sig-node-bugs", [], []],
    ["@kubernetes/node-bugs", [], []],
  ])("%j with %j on it: %j", async (body, labels, added) => {
    for (const kind of ["issue", "pr"] as const) {
      const issue = world(here())[kind]({ labels, state: "closed" });
      const effects = await issue.world.play(sigmention, issue.comment("alice", body));
      expect(effects).toEqual(added.length > 0 ? [{ do: "addLabels", issue: issue.ref, labels: added }] : []);
    }
  });

  test("a repository without any such label is left alone, and nobody is asked about the author", async () => {
    const issue = issueOf({}, { repositoryLabels: [] });
    expect(await issue.world.play(sigmention, issue.comment("mallory", "@kubernetes/sig-node-bugs"))).toEqual(
      [],
    );
    expect(issue.world.reads).toEqual(["repositoryLabels"]);
  });
});

describe("a stranger's mention", () => {
  const again = (by: string, body: string, url: string, mentions: string) =>
    formatReply(
      { login: by, body, url },
      `Reiterating the mentions to trigger a notification: \n${mentions}\n`,
    );

  test.each([
    ["mallory", "hi @kubernetes/sig-node-misc", "@kubernetes/sig-node-misc"],
    ["alice1", "@kubernetes/sig-node-misc", "@kubernetes/sig-node-misc"],
    ["alice[bot]", "@kubernetes/sig-node-misc", "@kubernetes/sig-node-misc"],
    [
      "mallory",
      "@kubernetes/sig-node-misc @kubernetes/sig-nope-bugs @kubernetes/sig-testing-bugs",
      "@kubernetes/sig-node-misc, @kubernetes/sig-testing-bugs",
    ],
  ])("by %s: %j is said again: %s", async (by, body, mentions) => {
    const issue = issueOf({ labels: ["sig/node", "sig/Testing", "kind/bug"] });
    const event = issue.comment(by, body);
    const said = again(by, body, event.htmlUrl, mentions);
    expect(await issue.world.play(sigmention, event)).toEqual([
      { do: "createComment", issue: issue.ref, body: said, marker: said },
    ]);
  });

  test("sets labels all the same", async () => {
    const issue = issueOf();
    expect(
      await issue.world.play(sigmention, issue.comment("mallory", "@kubernetes/sig-node-bugs")),
    ).toMatchObject([{ do: "addLabels", labels: ["sig/node", "kind/bug"] }, { do: "createComment" }]);
  });
});

test("what is a mention can be configured", async () => {
  const plugins = { sigmention: { regexp: "@acme/(\\w+)-team" } };
  const issue = issueOf({}, { plugins });
  expect(await issue.world.play(sigmention, issue.comment("alice", "@acme/node-team bugs"))).toEqual([
    { do: "addLabels", issue: issue.ref, labels: ["sig/node"] },
  ]);
  const groupless = issueOf({}, { plugins: { sigmention: { regexp: "@acme/team" } } });
  expect(await groupless.world.play(sigmention, groupless.comment("alice", "@acme/team"))).toEqual([]);
});

test.each([
  [BOT, "created"],
  ["alice", "edited"],
  ["alice", "deleted"],
] as const)("nothing for what %s has %s", async (by, action) => {
  const issue = issueOf();
  const event = issue.comment(by, "@kubernetes/sig-node-bugs", { action });
  expect(await issue.world.play(sigmention, event)).toEqual([]);
  expect(issue.world.reads).toEqual([]);
});

test("a long text of almost-mentions takes no long time", async () => {
  const issue = issueOf();
  const body = "@kubernetes/sig-".repeat(4_000);
  expect(await issue.world.play(sigmention, issue.comment("mallory", body))).toEqual([]);
});

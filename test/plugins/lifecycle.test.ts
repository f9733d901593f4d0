// /close, /reopen and /lifecycle: who may, what happens, and what the bot says.
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import { formatReply } from "../../src/model/reply.ts";
import { lifecycle } from "../../src/plugins/lifecycle.ts";
import { type IssueOptions, world } from "./world.ts";

const issueOr = (kind: "issue" | "pr", options: IssueOptions) =>
  world({ collaborators: ["bob"] })[kind]({ by: "alice", ...options });

const CLOSED = "Closing this issue.";
const NOT_PLANNED = 'Closing this issue, marking it as "Not Planned".';
const NO_CLOSE = "You can't close an active issue/PR unless you authored it or you are a collaborator.";

describe("/close", () => {
  test.each([
    ["uh oh", "mallory", [], undefined],
    ["/close", "alice", [], CLOSED],
    ["/close \r", "alice", [], CLOSED],
    ["/CLOSE", "alice", [], CLOSED],
    ["/close", "bob", [], CLOSED],
    ["/close", "mallory", ["lifecycle/stale"], CLOSED],
    ["/close", "mallory", ["lifecycle/rotten"], CLOSED],
    ["/close not-planned", "alice", [], NOT_PLANNED],
    ["/close not-planned \r", "alice", [], NOT_PLANNED],
    ["/close\n/close not-planned", "alice", [], NOT_PLANNED],
    ["/close not-planned", "mallory", ["lifecycle/stale"], NOT_PLANNED],
    ["/close not-planned", "mallory", ["lifecycle/rotten"], NOT_PLANNED],
    ["/close  not-planned", "alice", [], undefined],
    ["/close this", "alice", [], undefined],
    ["/closed", "alice", [], undefined],
    ["> /close", "alice", [], undefined],
  ])("%j by %s with %j: %j", async (body, by, labels, done) => {
    const issue = issueOr("issue", { labels });
    const event = issue.comment(by, body);
    const effects = await issue.world.play(lifecycle, event);
    const closing = {
      do: "setState",
      issue: issue.ref,
      state: "closed",
      ...(done === NOT_PLANNED && { notPlanned: true }),
      done: formatReply({ login: by, body, url: event.htmlUrl }, done ?? ""),
    };
    expect(effects).toEqual(done === undefined ? [] : [closing]);
  });

  test.each([
    ["/close", "issue", "mallory", ["lifecycle/frozen"], NO_CLOSE],
    ["/close not-planned", "issue", "mallory", [], NO_CLOSE],
    ["/close", "pr", "mallory", [], NO_CLOSE],
    ["/close", "issue", "Alice", [], NO_CLOSE],
    ["/close", "issue", "alice[bot]", [], NO_CLOSE],
    ["/close not-planned", "pr", "alice", [], "PRs cannot be closed as Not Planned."],
    ["/close\n/close not-planned", "pr", "bob", [], "PRs cannot be closed as Not Planned."],
  ] as const)("%j on %s by %s with %j is refused: %s", async (body, kind, by, labels, message) => {
    const issue = issueOr(kind, { labels: [...labels] });
    const event = issue.comment(by, body);
    const said = formatReply({ login: by, body, url: event.htmlUrl }, message);
    expect(await issue.world.play(lifecycle, event)).toEqual([
      { do: "createComment", issue: issue.ref, body: said, marker: said },
    ]);
  });

  test("a pull request is closed with words of its own", async () => {
    const pr = issueOr("pr", {});
    expect(await pr.world.play(lifecycle, pr.comment("bob", "/close"))).toMatchObject([
      { do: "setState", state: "closed", done: expect.stringContaining("@bob: Closed this PR.\n") },
    ]);
  });

  test("nothing when it is closed already, or when the comment is not new", async () => {
    const closed = issueOr("issue", { state: "closed" });
    expect(await closed.world.play(lifecycle, closed.comment("alice", "/close"))).toEqual([]);
    const open = issueOr("issue", {});
    for (const action of ["edited", "deleted"] as const)
      expect(await open.world.play(lifecycle, open.comment("alice", "/close", { action }))).toEqual([]);
    expect(open.world.reads).toEqual([]);
  });

  test("nobody needs to be asked about the author", async () => {
    const issue = issueOr("issue", {});
    await issue.world.play(lifecycle, issue.comment("alice", "/close"));
    expect(issue.world.reads).toEqual([]);
  });
});

describe("/reopen", () => {
  test("does nothing to what has been merged meanwhile", async () => {
    const pr = issueOr("pr", { state: "closed", merged: true });
    expect(await pr.world.play(lifecycle, pr.comment("alice", "/reopen"))).toEqual([]);
  });

  test.each([
    ["issue", "alice", "Reopened this issue.", "Failed to re-open Issue: {reason}"],
    ["issue", "bob", "Reopened this issue.", "Failed to re-open Issue: {reason}"],
    ["pr", "alice", "Reopened this PR.", "Failed to re-open PR: {reason}"],
    ["pr", "bob", "Reopened this PR.", "Failed to re-open PR: {reason}"],
  ] as const)("of a closed %s by %s", async (kind, by, done, refused) => {
    const issue = issueOr(kind, { state: "closed" });
    const event = issue.comment(by, "/reopen \r");
    const say = (message: string) =>
      formatReply({ login: by, body: event.body, url: event.htmlUrl }, message);
    expect(await issue.world.play(lifecycle, event)).toEqual([
      { do: "setState", issue: issue.ref, state: "open", done: say(done), refused: say(refused) },
    ]);
  });

  test("by anybody else is refused, also when it is stale", async () => {
    const issue = issueOr("issue", { state: "closed", labels: ["lifecycle/stale"] });
    expect(await issue.world.play(lifecycle, issue.comment("mallory", "/reopen"))).toMatchObject([
      {
        do: "createComment",
        body: expect.stringContaining(
          "@mallory: You can't reopen an issue/PR unless you authored it or you are a collaborator.\n",
        ),
      },
    ]);
  });

  test.each([
    ["open", "/reopen", "created"],
    ["closed", "/reopen please", "created"],
    ["closed", "/reopen", "edited"],
    ["closed", "/reopen", "deleted"],
  ] as const)("nothing on what is %s for %j when it is %s", async (state, body, action) => {
    const issue = issueOr("issue", { state });
    expect(await issue.world.play(lifecycle, issue.comment("alice", body, { action }))).toEqual([]);
  });
});

const changes = (effects: Effect[]) =>
  effects.map((effect) => {
    if (effect.do === "addLabels") return `+${effect.labels}`;
    return effect.do === "removeLabel" ? `-${effect.label}` : effect.do;
  });

describe("/lifecycle", () => {
  test.each([
    ["/random-command", [], []],
    ["/remove-lifecycle", [], []],
    ["/lifecycle", [], []],
    ["/lifecycle random", [], []],
    ["/remove-lifecycle random", [], []],
    ["/lifecycle frozen stale", [], []],
    ["/lifecycle frozen", [], ["+lifecycle/frozen"]],
    ["/lifecycle stale", [], ["+lifecycle/stale"]],
    ["/lifecycle rotten", [], ["+lifecycle/rotten"]],
    ["/lifecycle active", [], ["+lifecycle/active"]],
    ["/remove-lifecycle frozen", ["lifecycle/frozen"], ["-lifecycle/frozen"]],
    ["/remove-lifecycle stale", ["lifecycle/stale"], ["-lifecycle/stale"]],
    ["/remove-lifecycle rotten", ["lifecycle/stale"], []],
    ["/lifecycle frozen", ["lifecycle/frozen"], []],
    ["/lifecycle stale", ["lifecycle/active"], ["-lifecycle/active", "+lifecycle/stale"]],
    ["/lifecycle frozen", ["lifecycle/rotten"], ["-lifecycle/rotten", "+lifecycle/frozen"]],
    [
      "/lifecycle frozen",
      ["lifecycle/stale", "lifecycle/rotten"],
      ["-lifecycle/stale", "-lifecycle/rotten", "+lifecycle/frozen"],
    ],
    [
      "/remove-lifecycle stale\n/remove-lifecycle rotten\n/lifecycle frozen",
      ["lifecycle/stale", "lifecycle/rotten"],
      ["-lifecycle/stale", "-lifecycle/rotten", "+lifecycle/frozen"],
    ],
  ])("%j with %j", async (body, labels, expected) => {
    const issue = issueOr("issue", { labels, state: "closed" });
    expect(changes(await issue.world.play(lifecycle, issue.comment("mallory", body)))).toEqual(expected);
  });

  test.each([
    ["/lifecycle frozen", [], ["createComment"]],
    ["/lifecycle frozen\n/lifecycle stale", [], ["createComment", "+lifecycle/stale"]],
    ["/lifecycle frozen\n/lifecycle frozen", [], ["createComment"]],
    ["/lifecycle FROZEN", [], ["+lifecycle/FROZEN"]],
    ["/remove-lifecycle frozen", ["lifecycle/frozen"], ["-lifecycle/frozen"]],
    ["/lifecycle stale", [], ["+lifecycle/stale"]],
  ])("on a pull request: %j with %j", async (body, labels, expected) => {
    const pr = issueOr("pr", { labels });
    const effects = await pr.world.play(lifecycle, pr.comment("mallory", body));
    expect(changes(effects)).toEqual(expected);
    if (expected[0] === "createComment")
      expect(effects[0]).toMatchObject({
        body: expect.stringContaining(
          "@mallory: The `lifecycle/frozen` label cannot be applied to Pull Requests.\n",
        ),
      });
  });

  test("comes after closing in one comment", async () => {
    const issue = issueOr("issue", {});
    const effects = await issue.world.play(lifecycle, issue.comment("alice", "/lifecycle rotten\n/close"));
    expect(changes(effects)).toEqual(["setState", "+lifecycle/rotten"]);
  });
});

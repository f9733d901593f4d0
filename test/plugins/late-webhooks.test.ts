// lgtm and trigger on webhooks that come late: what has changed since is not undone, and what nobody has seen gets no lgtm.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { PullRequest } from "../../src/model/github.ts";
import { formatReply } from "../../src/model/reply.ts";
import { lgtm } from "../../src/plugins/lgtm.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { type Answers, playWith } from "./with-reads.ts";
import { BOT, type Issue, world } from "./world.ts";

const PUSHED = "2026-11-23T09:00:00Z";
const BEFORE = "2026-11-23T08:59:00Z";
const AFTER = "2026-11-23T09:01:00Z";
const OTHER = "f".repeat(40);
const REMOVED = "New changes are detected. LGTM label has been removed.";

const options = { members: ["alice", "bob"], presubmits: [{ name: "unit", always_run: true }] };
const did = (effects: Effect[]) =>
  effects.map((effect) => ("label" in effect ? `-${effect.label}` : effect.do));

/** The pull request as GitHub has it by now; webhooks tell of it as it was at the push. */
const now = (pr: Issue, change: Partial<PullRequest>): Answers => ({
  pullRequest: () => ({ ...pr.pullRequest(), updated_at: AFTER, ...change }),
});

describe("/lgtm", () => {
  const head = (pr: Issue) => {
    const { head: was } = pr.pullRequest();
    return { head: { ...was, repo: { ...was.repo!, pushed_at: PUSHED } } };
  };
  const say = (createdAt: string, moves: () => unknown) => {
    const pr = world(options).pr();
    const answers = { ...now(pr, head(pr)), branchMoves: moves };
    return playWith(lgtm, pr.comment("bob", "/lgtm", { createdAt }), pr.world, answers);
  };
  const pushed = () => [{ after: OTHER, timestamp: PUSHED }];

  test("is not for commits that were pushed after it", async () => {
    expect(await say(BEFORE, pushed)).toMatchObject([
      { do: "createComment", body: REMOVED },
      { do: "assign" },
    ]);
  });
  test("is for those that were there, and nobody asks when nothing was pushed since", async () => {
    const asked = () => new Error("nobody asks");
    expect(did(await say(AFTER, asked))).toEqual(["addLabels", "assign"]);
  });
  test("is for the head when it was another branch that was pushed to, or when that cannot be told", async () => {
    const other = () => [{ after: OTHER, timestamp: "2026-11-23T08:00:00Z" }];
    expect(did(await say(BEFORE, other))).toEqual(["addLabels", "assign"]);
    expect(did(await say(BEFORE, () => new GitHubError(404, "no")))).toEqual(["addLabels", "assign"]);
  });
});

describe("a late synchronize", () => {
  const late = (by: string, at: string, edited = at) => {
    const pr = world(options).pr({ labels: ["lgtm"] });
    pr.addComment(by, "/lgtm");
    Object.assign(pr.comments[0]!, { created_at: at, updated_at: edited });
    return playWith(lgtm, pr.event("synchronize"), pr.world, now(pr, {}));
  };
  const TAKEN = ["-lgtm", "createComment"];

  test("takes no message of the bot's for lgtm", async () => {
    const pr = world({ ...options, collaborators: [BOT] }).pr({ labels: ["lgtm"] });
    pr.addComment(BOT, formatReply({ login: "alice", body: "/test ?", url: "u" }, "Say\n/lgtm\n"));
    Object.assign(pr.comments[0]!, { created_at: AFTER, updated_at: AFTER });
    expect(did(await playWith(lgtm, pr.event("synchronize"), pr.world, now(pr, {})))).toEqual(TAKEN);
  });
  test("leaves lgtm that somebody has given since", async () => {
    expect(did(await late("bob", AFTER))).toEqual([]);
  });
  test.each([
    ["given before", "bob", BEFORE, BEFORE],
    ["of somebody who may not", "mallory", AFTER, AFTER],
    ["of the author", "alice", AFTER, AFTER],
    ["written into another comment later", "bob", AFTER, "2026-11-23T09:02:00Z"],
    ["of the bot", BOT, AFTER, AFTER],
  ])("takes lgtm when the only one is %s", async (_, by, at, edited) => {
    expect(did(await late(by, at, edited))).toEqual(TAKEN);
  });

  const start = (change: Partial<PullRequest>) => {
    const pr = world(options).pr();
    return playWith(trigger, pr.event("synchronize"), pr.world, now(pr, change));
  };
  const { head, base } = world(options).pr().pullRequest();

  test("runs the head that is still there, whatever else has changed", async () => {
    expect(did(await start({ title: "Else" }))).toEqual(["createProwJob"]);
  });
  test.each<[string, Partial<PullRequest>]>([
    ["pushed over", { head: { ...head, sha: OTHER } }],
    ["closed", { state: "closed" }],
    ["a draft", { draft: true }],
    ["for another base", { base: { ...base, ref: "dev" } }],
  ])("runs nothing when the pull request is %s", async (_, change) => {
    expect(await start(change)).toEqual([]);
  });
  test("counts for the newer one when GitHub's answer is no newer than itself", async () => {
    const stale = { head: { ...head, sha: OTHER }, updated_at: PUSHED };
    expect(did(await start(stale))).toEqual(["createProwJob"]);
  });
});

// trigger with `ok_to_test: per-sha`: trust is in the commit that somebody trusted has seen, and in no later one.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { CommentEvent } from "../../src/model/event.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { type Answers, withReads } from "./with-reads.ts";
import { BOT, Issue, type IssueOptions, type Options, world } from "./world.ts";

const SEEN = "aaaaaaa1".padEnd(40, "0");
const LATER = "bbbbbbb2".padEnd(40, "0");
const EARLY = "2026-11-23T08:00:00Z";
const COMMENT = "2026-11-23T09:00:00Z";
const LATE = "2026-11-23T09:00:00Z"; // in the same second: it may have been later

const OPTIONS: Options = {
  members: ["bob"],
  presubmits: [
    { name: "unit", always_run: true },
    { name: "e2e", always_run: false },
  ],
};

/** A stranger's pull request whose head was pushed at a time. */
class Pull extends Issue {
  moves: { after: string; timestamp: string }[] | GitHubError = [];

  async react(event: Parameters<typeof trigger.handle>[0], answers: Answers = {}): Promise<Effect[]> {
    const context = withReads(this.world, { branchMoves: () => this.moves, ...answers });
    const effects = await trigger.handle(event, context);
    for (const effect of effects) this.take(effect);
    return effects;
  }

  say(by: string, body: string, more: Partial<CommentEvent> = {}, answers: Answers = {}) {
    return this.react(this.comment(by, body, { createdAt: COMMENT, ...more }), answers);
  }

  push(sha: string, timestamp: string) {
    this.headSHA = sha;
    if (Array.isArray(this.moves)) this.moves.unshift({ after: sha, timestamp });
    return this.event("synchronize");
  }

  /** As GitHub would. */
  private take(effect: Effect): void {
    if (effect.do === "addLabels") for (const label of effect.labels) this.setLabel(label, BOT);
    if (effect.do === "removeLabel") this.labels.delete(effect.label);
    if (effect.do === "createComment") this.addComment(BOT, effect.body);
    if (effect.do !== "keepComment") return;
    const kept = this.comments.find(({ body, user }) => user.login === BOT && body.startsWith(effect.tag));
    if (kept) kept.body = effect.body;
    else this.addComment(BOT, effect.body);
  }

  get last(): string {
    return this.said.at(-1)!;
  }
}

function pull(pr: IssueOptions = {}, settings: object = {}, pushed = EARLY): Pull {
  const small = world({
    ...OPTIONS,
    plugins: { triggers: [{ repos: ["acme"], ok_to_test: "per-sha", ...settings }] },
  });
  const made = new Pull(small, 1, { by: "newbie", ...pr }, true);
  small.issues.set(1, made);
  made.push(SEEN, pushed);
  return made;
}

/** `job commit` of what starts. */
const started = (effects: Effect[]) =>
  effects.flatMap((effect) =>
    effect.do === "createProwJob" ? [`${effect.job.spec.job} ${effect.job.spec.refs!.pulls![0]!.sha}`] : [],
  );
const trusted = async () => {
  const pr = pull();
  await pr.say("bob", "/ok-to-test");
  return pr;
};

describe("a comment of somebody trusted", () => {
  test.each([
    ["/ok-to-test", ["unit"]],
    ["/test unit", ["unit"]],
    ["/test all", ["unit"]],
    ["/test e2e", ["e2e"]],
    ["/retest", ["unit"]],
  ])("%j runs what was pushed before it", async (body, jobs) => {
    expect(started(await pull().say("bob", body))).toEqual(jobs.map((job) => `${job} ${SEEN}`));
  });

  test.each(["/ok-to-test", "/test unit", "/test all", "/retest"])(
    "%j runs nothing that may have been pushed after it, and is answered with the command to copy",
    async (body) => {
      const pr = pull({}, {}, LATE);
      expect(started(await pr.say("bob", body))).toEqual([]);
      expect([...pr.labels]).toEqual([]);
      expect(pr.said).toHaveLength(1);
      expect(pr.last).toContain(`@bob: I cannot tell whether you have looked at commit ${SEEN}, which is`);
      expect(pr.last).toContain(`\n\n\`\`\`\n/ok-to-test ${SEEN}\n\`\`\`\n`);
      expect(started(await pr.say("bob", `/ok-to-test ${SEEN}`))).toEqual([`unit ${SEEN}`]);
    },
  );

  test.each([
    `/ok-to-test ${SEEN}`,
    `/ok-to-test ${SEEN}\r\n`,
    `/ok-to-test   ${SEEN.toUpperCase()}  `,
    `/test unit\nI have read ${SEEN}.`,
    `/test unit ${SEEN}`,
    `/retest\nhttps://github.com/acme/lib/pull/1/commits/${SEEN}`,
  ])("%j names the commit, so the time does not matter", async (body) => {
    const pr = pull({}, {}, LATE);
    expect(started(await pr.say("bob", body))).toEqual([`unit ${SEEN}`]);
  });

  test.each([
    `/ok-to-test ${SEEN.slice(0, 7)}`,
    `/ok-to-test ${SEEN.slice(0, 39)}`,
    `/test unit ${SEEN.slice(0, 12)}`,
  ])("%j may mean a twin made on purpose, so the time decides", async (body) => {
    expect(started(await pull({}, {}, LATE).say("bob", body))).toEqual([]);
    expect(started(await pull().say("bob", body))).toEqual([`unit ${SEEN}`]);
  });

  test.each([
    `/ok-to-test ${LATER.slice(0, 7)}`,
    `/ok-to-test ${LATER}`,
    `/ok-to-test ${SEEN}\n/ok-to-test ${LATER}`,
    `/ok-to-test ${LATER}\n/test unit`,
  ])("%j names another commit, so nothing runs though the head is old", async (body) => {
    const pr = pull();
    expect(started(await pr.say("bob", body))).toEqual([]);
    expect([...pr.labels]).toEqual([]);
  });

  test.each([
    [`/ok-to-test ${SEEN.slice(0, 6)}`],
    [`/ok-to-test\n> ${SEEN}`],
    [`/ok-to-test\n\`\`\`\n${SEEN}\n\`\`\`\n`],
    ["/ok-to-test 1234567 deadbeef"],
  ])("%j names no commit", async (body) => {
    expect(started(await pull({}, {}, LATE).say("bob", body))).toEqual([]);
  });

  test("what can not be found out proves nothing", async () => {
    for (const status of [403, 404]) {
      const pr = pull();
      pr.moves = new GitHubError(status, "not yours");
      expect(started(await pr.say("bob", "/test unit"))).toEqual([]);
    }
    const none = pull();
    none.moves = [];
    expect(started(await none.say("bob", "/test unit"))).toEqual([]);
    expect(started(await pull().say("bob", "/test unit", { createdAt: "" }))).toEqual([]);
    const lagging = pull();
    lagging.headSHA = LATER;
    expect(started(await lagging.say("bob", "/test unit"))).toEqual([]);
    const orphan = pull();
    const gone = { ...orphan.pullRequest(), head: { ref: "x", sha: SEEN, repo: null } };
    expect(started(await orphan.say("bob", "/test unit", {}, { pullRequest: () => gone }))).toEqual([]);
    const down = pull();
    down.moves = new GitHubError(502, "bad gateway");
    await expect(down.say("bob", "/test unit")).rejects.toThrow("bad gateway");
  });

  test("a review of another commit is no look at this one", async () => {
    const review = { source: "pull_request_review" } as const;
    expect(started(await pull().say("bob", "/test unit", { ...review, commitId: LATER }))).toEqual([]);
    expect(started(await pull().say("bob", "/test unit", { ...review, commitId: SEEN }))).toHaveLength(1);
    const late = pull({}, {}, LATE);
    expect(started(await late.say("bob", "/test unit", { ...review, commitId: SEEN }))).toEqual([]);
  });

  test("asking for help needs no commit", async () => {
    const pr = pull({}, {}, LATE);
    await pr.say("bob", "/test ?");
    expect(pr.last).toContain("@bob: The following commands are available to trigger required jobs:");
  });

  test("where /ok-to-test does nothing, naming the commit is what is asked for", async () => {
    const pr = pull({}, { ignore_ok_to_test: true }, LATE);
    await pr.say("bob", "/test unit");
    expect(pr.last).toContain(
      "If it is reasonable to test, please name the commit when you repeat your comment.",
    );
    expect(started(await pr.say("bob", `/ok-to-test ${SEEN}`))).toEqual([]);
    expect(started(await pr.say("bob", `/test unit ${SEEN}`))).toEqual([`unit ${SEEN}`]);
  });

  test("workflows are approved for the seen commit alone", async () => {
    const workflowRuns = () => [
      { id: 7, name: "w", event: "pull_request", status: "completed", conclusion: AWAITS, run_attempt: 1 },
    ];
    const AWAITS = "action_required";
    const settings = { trigger_github_workflows: true };
    const approved = async (pr: Pull) =>
      (await pr.say("bob", "/ok-to-test", {}, { workflowRuns })).some(
        ({ do: what }) => what === "approveWorkflowRun",
      );
    expect(await approved(pull({}, settings))).toBe(true);
    expect(await approved(pull({}, settings, LATE))).toBe(false);
  });
});

describe("trust", () => {
  test("is marked by the label and kept in one comment", async () => {
    const pr = pull({ labels: ["needs-ok-to-test"] });
    await pr.say("bob", "/ok-to-test");
    expect([...pr.labels]).toEqual(["ok-to-test"]);
    expect(pr.said).toEqual([
      `<!-- cutwater: ok-to-test ${SEEN} -->\nCommit ${SEEN} may be tested: bob has looked at it. What is pushed later is tested only when somebody has looked at that too.`,
    ]);
  });

  test("lets the author test that commit, and reopen", async () => {
    const pr = await trusted();
    expect(started(await pr.say("newbie", "/test e2e"))).toEqual([`e2e ${SEEN}`]);
    expect(started(await pr.react(pr.event("reopened")))).toEqual([`unit ${SEEN}`]);
  });

  test("ends with the next push: labels are swapped, it is said once, nothing runs", async () => {
    const pr = await trusted();
    expect(started(await pr.react(pr.push(LATER, LATE)))).toEqual([]);
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
    expect(pr.said).toEqual([
      `<!-- cutwater: ok-to-test none -->\nCommit ${LATER} is not tested yet, since nobody has said that they have looked at it. If it is reasonable to test, a member of acme should reply with\n\n\`\`\`\n/ok-to-test ${LATER}\n\`\`\``,
    ]);
    await pr.say("newbie", "/test unit");
    expect(pr.last).toContain("@newbie: Cannot trigger testing until a trusted user reviews the PR");
    const again = "ccccccc3".padEnd(40, "0");
    await pr.react(pr.push(again, LATE));
    expect(pr.said[0]).toContain(`/ok-to-test ${again}`);
    expect(pr.said).toHaveLength(2);
    expect(started(await pr.say("bob", `/ok-to-test ${again}`))).toEqual([`unit ${again}`]);
    expect([...pr.labels]).toEqual(["ok-to-test"]);
  });

  test("does not come back with the commit", async () => {
    const pr = await trusted();
    await pr.react(pr.push(LATER, LATE));
    expect(started(await pr.react(pr.push(SEEN, LATE)))).toEqual([]);
  });

  test("that the webhook of the push has not ended yet is ended all the same", async () => {
    const pr = await trusted();
    pr.push(LATER, LATE);
    expect(started(await pr.say("newbie", "/test unit"))).toEqual([]);
    expect(started(await pr.say("bob", "/test unit"))).toEqual([]);
    expect(started(await pr.react(pr.event("reopened")))).toEqual([]);
  });

  test("given for the very push whose webhook comes after it", async () => {
    const pr = await trusted();
    const push = pr.push(LATER, LATE);
    await pr.say("bob", `/ok-to-test ${LATER}`);
    expect(started(await pr.react(push))).toEqual([`unit ${LATER}`]);
  });

  test("can be taken back", async () => {
    const pr = await trusted();
    await pr.say("newbie", "/ok-to-test cancel");
    expect(pr.last).toContain("@newbie: Only trusted users can revoke `/ok-to-test`.");
    expect(started(await pr.say("bob", "/ok-to-test cancel"))).toEqual([]);
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
    expect(pr.said[0]).toBe(
      "<!-- cutwater: ok-to-test none -->\nNo commit of this pull request is trusted any more: bob has taken that back.",
    );
    expect(started(await pr.say("newbie", "/test unit"))).toEqual([]);
  });

  test("is neither in the label alone nor in the record alone", async () => {
    const label = pull({ labels: ["ok-to-test"] });
    expect(started(await label.say("newbie", "/test unit"))).toEqual([]);
    expect(started(await label.react(label.event("ready_for_review")))).toEqual([]);
    expect([...label.labels]).toEqual(["needs-ok-to-test"]);
    const record = await trusted();
    record.labels.delete("ok-to-test");
    expect(started(await record.say("newbie", "/test unit"))).toEqual([]);
  });

  test("is not what others write, nor what the bot quotes", async () => {
    const RECORD = `<!-- cutwater: ok-to-test ${SEEN} -->`;
    const planted = pull({ labels: ["ok-to-test"] });
    planted.addComment("newbie", RECORD);
    planted.addComment(`${BOT}[bot]`, RECORD);
    planted.addComment(BOT, `@newbie: no label \`\n${RECORD}\n\``);
    expect(started(await planted.say("newbie", "/test unit"))).toEqual([]);
  });

  test("nobody trusted: the author asks in vain", async () => {
    const pr = pull();
    expect(started(await pr.say("newbie", `/ok-to-test ${SEEN}`))).toEqual([]);
    expect(pr.last).toContain("@newbie: Cannot trigger testing until a trusted user reviews the PR");
  });
});

describe("the label ok-to-test, set by hand", () => {
  /** The time of the labelling is the world's: 09:00:00. */
  test("is for the commit that was there", async () => {
    const pr = pull();
    expect(started(await pr.react(pr.labeled("ok-to-test", "bob")))).toEqual([`unit ${SEEN}`]);
    expect(started(await pr.say("newbie", "/test e2e"))).toEqual([`e2e ${SEEN}`]);
    await pr.react(pr.push(LATER, LATE));
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
  });

  test("goes again when it is not certain which that was", async () => {
    const pr = pull({}, {}, LATE);
    expect(started(await pr.react(pr.labeled("ok-to-test", "bob")))).toEqual([]);
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
    expect(pr.last).toContain(`/ok-to-test ${SEEN}`);
  });

  test("set by the bot is no trust, and lgtm is none either", async () => {
    const pr = pull();
    expect(started(await pr.react(pr.labeled("ok-to-test", BOT)))).toEqual([]);
    expect(started(await pr.react(pr.labeled("lgtm", BOT)))).toEqual([]);
    expect(started(await pr.say("newbie", "/test unit"))).toEqual([]);
  });
});

describe("otherwise all is as in Prow", () => {
  test("for pull requests of trusted people", async () => {
    const pr = pull({ by: "bob" }, {}, LATE);
    expect(started(await pr.react(pr.event("opened")))).toEqual([`unit ${SEEN}`]);
    expect(started(await pr.react(pr.push(LATER, LATE)))).toEqual([`unit ${LATER}`]);
    expect(started(await pr.say("bob", "/test e2e"))).toEqual([`e2e ${LATER}`]);
    expect(pr.said).toEqual([]);
  });

  test("for who opens their first: the welcome has the command to copy", async () => {
    const pr = pull();
    await pr.react(pr.event("opened"));
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
    expect(pr.last).toContain(`they should reply with \`/ok-to-test ${SEEN}\` on its own line.`);
    expect(pr.last).toContain("will still work. Commits that are pushed later have to be verified anew.\n");
    expect(await pr.react(pr.push(LATER, LATE))).toEqual([]);
  });

  test("where it is sticky, `/ok-to-test <commit>` is no command", async () => {
    const pr = pull({}, { ok_to_test: "sticky" });
    expect(await pr.say("bob", `/ok-to-test ${SEEN}`)).toEqual([]);
    expect(started(await pr.say("bob", "/ok-to-test"))).toEqual([`unit ${SEEN}`]);
    expect(started(await pr.react(pr.push(LATER, LATE)))).toEqual([`unit ${LATER}`]);
  });
});

// What is asked of GitHub once, and what makes it be asked again: by hash, trust, and the views that webhooks keep.
import { beforeEach, describe, expect, it } from "vitest";
import { EMPTY, renderOneComment } from "../../src/github/one-comment/document.ts";
import { FrugalWorld, pr, tool } from "./frugal-world.ts";

const other = { org: "rival", repo: "tool" };
const SHA = "c".repeat(40);
const MINUTE = 60_000;
const bodies = (list: { body: string | null }[]) => list.map(({ body }) => body);

let world: FrugalWorld;
beforeEach(() => {
  world = new FrugalWorld();
});

describe("what has a hash", () => {
  it("is asked for once, however long ago that was", async () => {
    const ask = async () => [
      await world.read.tree(tool, SHA),
      await world.read.file(tool, "OWNERS", SHA),
      await world.read.blob(tool, SHA),
      await world.read.commit(tool, SHA),
      await world.read.directory(tool, SHA),
      await world.read.mergeBase(tool, SHA, "d".repeat(40)),
    ];
    const first = await ask();
    expect(world.news()).toHaveLength(6);
    await world.clock.advance(100 * MINUTE);
    expect(await ask()).toEqual(first);
    expect(world.news()).toEqual([]);
  });

  it("is asked for in each repository", async () => {
    await world.read.file(tool, "OWNERS", SHA);
    await world.read.file(other, "OWNERS", SHA);
    await world.read.tree(tool, SHA);
    await world.read.tree(other, SHA);
    expect(world.news()).toEqual([
      `file acme/tool ${SHA} OWNERS`,
      `file rival/tool ${SHA} OWNERS`,
      `tree acme/tool ${SHA}`,
      `tree rival/tool ${SHA}`,
    ]);
  });

  it("is no branch", async () => {
    for (let times = 0; times < 2; times++) {
      await world.read.tree(tool, "main");
      await world.read.file(tool, "OWNERS", "main");
      await world.read.mergeBase(tool, "main", SHA);
    }
    expect(world.news()).toHaveLength(6);
  });

  it("is asked for again when it was not there or could not be had", async () => {
    expect(await world.read.file(tool, "late", SHA)).toBeUndefined();
    world.files.set("late", "now");
    expect(await world.read.file(tool, "late", SHA)).toBe("now");
    world.failure = new Error("502");
    await expect(world.read.blob(tool, SHA)).rejects.toThrow("502");
    expect(await world.read.blob(tool, SHA)).toBe("text");
  });
});

describe("trust", () => {
  const ask = async () => [
    await world.read.isMember("acme", "alice"),
    await world.read.isCollaborator(tool, "alice"),
    await world.read.isTeamMember("acme", "core", "alice"),
  ];

  it("holds for a minute", async () => {
    world.members.add("alice");
    expect(await ask()).toEqual([true, true, true]);
    world.members.clear();
    await world.clock.advance(MINUTE - 1);
    expect(await ask()).toEqual([true, true, true]);
    await world.clock.advance(1);
    expect(await ask()).toEqual([false, false, false]);
  });

  it("that is missing is asked for each time", async () => {
    expect(await ask()).toEqual([false, false, false]);
    world.members.add("alice");
    expect(await ask()).toEqual([true, true, true]);
  });

  it("is no failure", async () => {
    world.members.add("alice");
    world.failure = new Error("403");
    await expect(world.read.isMember("acme", "alice")).rejects.toThrow("403");
    expect(await world.read.isMember("acme", "alice")).toBe(true);
  });

  it("is each one's own: by org, repository, team and person", async () => {
    world.members.add("alice");
    await ask();
    world.members.clear();
    world.news();
    expect(await world.read.isMember("rival", "alice")).toBe(false);
    expect(await world.read.isMember("acme", "mallory")).toBe(false);
    expect(await world.read.isCollaborator(other, "alice")).toBe(false);
    expect(await world.read.isCollaborator({ org: "acme", repo: "secret" }, "alice")).toBe(false);
    expect(await world.read.isTeamMember("acme", "security", "alice")).toBe(false);
    expect(world.news()).toHaveLength(5);
  });

  it.each([
    ["member", {}],
    ["organization", { repository: undefined, organization: { login: "acme" } }],
    ["membership", { repository: undefined, organization: { login: "Acme" } }],
    ["team", { organization: { login: "acme" } }],
    ["repository", {}],
  ])("ends with a webhook of %s", async (event, payload) => {
    world.members.add("alice");
    await ask();
    world.members.clear();
    world.hear(event, payload);
    expect(await ask()).toEqual([false, false, false]);
  });

  it("stays when another org's people change", async () => {
    world.members.add("alice");
    await ask();
    world.news();
    world.hear("member", {}, other);
    await ask();
    expect(world.news()).toEqual([]);
  });
});

describe("a component that does not hear all", () => {
  it("asks for what changes each time", async () => {
    world = new FrugalWorld(false);
    for (let times = 0; times < 2; times++) {
      await world.read.comments(pr);
      await world.read.issueLabels(pr);
      await world.read.branchSHA(tool, "main");
    }
    world.hearPull("opened");
    await world.read.reviews(pr);
    expect(world.news()).toHaveLength(7);
  });
});

describe("a view", () => {
  const ask = async () => {
    await world.read.comments(pr);
    await world.read.reviews(pr);
    await world.read.reviewComments(pr);
    await world.read.changedFiles(pr);
    await world.read.issueLabels(pr);
    await world.read.branchSHA(tool, "main");
    return world.news().map((what) => what.replace(/ (acme|tool) ?.*/, ""));
  };
  const ALL = ["comments", "reviews", "review comments", "files", "labels", "branch"];

  it("is read once, and by two at once only once", async () => {
    const [first, second] = await Promise.all([ask(), ask()]);
    expect([...first, ...second]).toHaveLength(6);
    expect(await ask()).toEqual([]);
  });

  it("is read again after a minute, whatever was heard of it", async () => {
    await ask();
    await world.clock.advance(MINUTE - 1);
    world.hearComment("created", world.comment("late"));
    expect(await ask()).toEqual([]);
    await world.clock.advance(1);
    expect(await ask()).toHaveLength(6);
  });

  it("does not keep a failure", async () => {
    world.failure = new Error("502");
    await expect(world.read.comments(pr)).rejects.toThrow("502");
    expect(bodies(await world.read.comments(pr))).toEqual([]);
  });

  it("is each pull request's own", async () => {
    await ask();
    await world.read.comments({ ...pr, number: 8 });
    await world.read.comments({ ...other, number: 7 });
    expect(world.news()).toEqual(["comments acme/tool#8", "comments rival/tool#7"]);
  });

  it.each<[string, string, object, string[]]>([
    ["a label", "pull_request", { action: "labeled", pull_request: { number: 7 } }, ["labels"]],
    ["an assignment", "issues", { action: "assigned", issue: { number: 7 } }, ["labels"]],
    [
      "a push to the head",
      "pull_request",
      { action: "synchronize", pull_request: { number: 7 } },
      ALL.slice(0, 5),
    ],
    ["an edit", "pull_request", { action: "edited", pull_request: { number: 7 } }, ALL.slice(0, 5)],
    [
      "an action from the future",
      "pull_request",
      { action: "renewed", pull_request: { number: 7 } },
      ALL.slice(0, 5),
    ],
    [
      "a review",
      "pull_request_review",
      { action: "submitted", pull_request: { number: 7 } },
      ALL.slice(1, 3),
    ],
    ["a review comment", "pull_request_review_comment", { pull_request: { number: 7 } }, ALL.slice(1, 3)],
    ["a push to the base", "push", { ref: "refs/heads/main" }, ["files", "branch"]],
    ["a branch that is gone", "delete", { ref: "main", ref_type: "branch" }, ["files", "branch"]],
    ["a renamed label", "label", { action: "edited", label: { name: "x" } }, ["labels"]],
    ["a renamed repository", "repository", { action: "renamed" }, ALL],
    ["something that GitHub does not document", "issue_comment", { action: 1 }, ALL],
    ["a status", "status", { sha: SHA }, []],
  ])("after %s is read again where that matters", async (_, event, payload, again) => {
    await ask();
    world.hear(event, payload);
    expect(await ask()).toEqual(again);
  });

  it("stays when another pull request changes, and another branch", async () => {
    await ask();
    world.hear("pull_request", { action: "synchronize", pull_request: { number: 8 } });
    world.hear("pull_request", { action: "synchronize", pull_request: { number: 7 } }, other);
    world.hear("push", { ref: "refs/heads/main" }, other);
    world.hear("issue_comment", { action: 1 }, other);
    expect(await ask()).toEqual([]);
  });

  it("does not keep an answer that was under way when the news came", async () => {
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    const early = world.read.comments(pr);
    const comment = world.comment("meanwhile");
    world.hearComment("created", comment);
    world.gate = Promise.resolve();
    gate.resolve();
    expect(bodies(await early)).toEqual([]);
    expect(bodies(await world.read.comments(pr))).toEqual(["meanwhile"]);
  });

  it("is not kept right after news, since GitHub's replicas may not have it yet", async () => {
    await ask();
    world.hear("pull_request_review", { action: "submitted", pull_request: { number: 7 } });
    expect(await ask()).toEqual(["reviews", "review comments"]);
    await world.clock.advance(1_999);
    expect(await ask()).toEqual(["reviews", "review comments"]);
    await world.clock.advance(1);
    expect(await ask()).toEqual(["reviews", "review comments"]);
    expect(await ask()).toEqual([]);
  });

  it("of a branch that is not there is read each time", async () => {
    world.head = undefined as unknown as string;
    await world.read.branchSHA(tool, "new");
    await world.read.branchSHA(tool, "new");
    expect(world.news()).toHaveLength(2);
  });
});

describe("our own writes", () => {
  it.each<[string, (world: FrugalWorld) => Promise<unknown>, string[]]>([
    ["labels", ({ write }) => write.addLabels(pr, ["x"]), ["labels acme/tool#7"]],
    ["a label's removal", ({ write }) => write.removeLabel(pr, "x"), ["labels acme/tool#7"]],
    [
      "a review",
      ({ write }) => write.createReview(pr, { event: "COMMENT", body: "", comments: [] }),
      ["reviews acme/tool#7"],
    ],
    ["a branch's end", ({ write }) => write.deleteBranch(tool, "main"), ["branch tool main"]],
    [
      "a merge",
      ({ write }) => write.merge(pr, { sha: SHA, method: "merge" }),
      ["labels acme/tool#7", "reviews acme/tool#7", "branch tool main"],
    ],
  ])("of %s are seen at once", async (_, act, again) => {
    const ask = async () => {
      await world.read.issueLabels(pr);
      await world.read.reviews(pr);
      await world.read.branchSHA(tool, "main");
    };
    await ask();
    await act(world);
    world.news();
    await ask();
    expect(world.news()).toEqual(again);
    // Also when it is not known whether they were done.
    world.failure = new Error("502");
    await expect(act(world)).rejects.toThrow("502");
    world.news();
    await ask();
    expect(world.news()).toEqual(again);
  });
});

describe("comments", () => {
  const listed = async () => bodies(await world.read.comments(pr));

  beforeEach(async () => {
    world.comment("first");
    await world.read.comments(pr);
    world.news();
  });

  it("are told by webhooks", async () => {
    const second = world.comment("second");
    world.hearComment("created", second);
    world.hearComment("created", second); // delivered again
    expect(await listed()).toEqual(["first", "second"]);
    world.comments = world.comments.slice(1);
    world.hearComment("deleted", { ...second, id: 100 });
    expect(await listed()).toEqual(["second"]);
    expect(world.news()).toEqual([]);
  });

  it("that are edited are read again", async () => {
    world.comments = [{ ...world.comments[0]!, body: "edited" }];
    world.hearComment("edited", world.comments[0]!);
    expect(await listed()).toEqual(["edited"]);
  });

  it("of our own are known, and their webhooks add nothing", async () => {
    const own = await world.write.createComment(pr, "own");
    world.hearComment("created", own);
    expect(await listed()).toEqual(["first", "own"]);
    await world.write.deleteComment(tool, own.id);
    world.hearComment("deleted", own);
    expect(await listed()).toEqual(["first"]);
    expect(world.news()).toEqual(["createComment", "deleteComment"]);
  });

  it("that we edit are read again", async () => {
    await world.write.editComment(tool, 100, "edited");
    expect(await listed()).toEqual(["edited"]);
  });

  it("are read again when nobody knows whether ours was written or deleted", async () => {
    world.failure = new Error("lost answer");
    await expect(world.write.createComment(pr, "own")).rejects.toThrow("lost answer");
    expect(await listed()).toEqual(["first", "own"]);
    world.failure = new Error("lost answer");
    await expect(world.write.deleteComment(tool, 100)).rejects.toThrow("lost answer");
    expect(await listed()).toEqual(["own"]);
  });

  it("are read again when a webhook was missed, as the count tells", async () => {
    world.comment("missed");
    world.comment("heard");
    world.hearComment("created", world.comments[2]!);
    expect(await listed()).toEqual(["first", "missed", "heard"]);
    const [first, missed] = world.comments;
    world.comments = world.comments.slice(2);
    world.hearComment("deleted", missed!);
    expect(await listed()).toEqual(["heard"]);
    expect(first?.id).toBe(100);
  });

  it("are read again when news comes out of order", async () => {
    const second = world.comment("second");
    const third = world.comment("third");
    world.hearComment("created", third, { comments: 2 });
    world.hearComment("created", second, { comments: 3 });
    expect(await listed()).toEqual(["first", "second", "third"]);
  });

  it("are read again when the one comment appears or goes, whose parts are what is known here", async () => {
    const text = renderOneComment({ ...EMPTY, parts: [] }, () => "");
    const one = world.comment(text, "robot");
    const parts = [world.comments[0]!, { ...one, id: -5, body: "part" }];
    world.hearComment("created", one);
    world.comments = parts;
    expect(await listed()).toEqual(["first", "part"]);
    await world.clock.advance(5_000);
    await listed();
    world.hearComment("deleted", one);
    world.comments = parts.slice(0, 1);
    expect(await listed()).toEqual(["first"]);
  });

  it("are read again when news is old", async () => {
    const gone = world.comment("gone");
    world.comments = world.comments.slice(0, 1);
    await world.clock.advance(11_000);
    world.hearComment("created", gone);
    expect(await listed()).toEqual(["first"]);
  });
});

describe("a pull request that has just been opened", () => {
  const ask = async () => {
    await world.read.comments(pr);
    await world.read.reviews(pr);
    await world.read.reviewComments(pr);
    await world.read.issueLabels(pr);
    return world.news();
  };

  it("has what its webhook says, and no conversation", async () => {
    world.hearPull("opened", { labels: [{ name: "kind/bug" }] });
    expect(await world.read.issueLabels(pr)).toEqual([{ name: "kind/bug" }]);
    expect(await world.read.comments(pr)).toEqual([]);
    expect(await ask()).toEqual([]);
    world.hearComment("created", world.comment("hello"));
    expect(bodies(await world.read.comments(pr))).toEqual(["hello"]);
    expect(world.news()).toEqual([]);
  });

  it("is read after a minute", async () => {
    world.hearPull("opened");
    await world.clock.advance(MINUTE);
    expect(await ask()).toHaveLength(4);
  });

  it("is read when the webhook is late, or delivered again much later", async () => {
    const created_at = world.clock.now().toISOString();
    await world.clock.advance(11_000);
    world.hearPull("opened", { created_at });
    expect(await ask()).toHaveLength(4);
  });

  it("is read when another webhook was faster", async () => {
    world.hear("pull_request_review", { action: "submitted", pull_request: { number: 7 } });
    world.hearPull("opened");
    expect(await ask()).toHaveLength(4);
  });

  it("is read where it says that there is something", async () => {
    world.hearPull("opened", { comments: 1, review_comments: 1 });
    expect(await ask()).toHaveLength(3);
  });

  it("is read when GitHub's clock and ours differ", async () => {
    const created_at = new Date(world.clock.now().getTime() + 11_000).toISOString();
    world.hearPull("opened", { created_at });
    expect(await ask()).toHaveLength(4);
  });

  it("is read when its time makes no sense", async () => {
    world.hearPull("opened", { created_at: "yesterday" });
    expect(await ask()).toHaveLength(4);
  });
});

describe("when the webhook of our own comment does not come", () => {
  const ask = async () => {
    await world.read.reviews(pr);
    return world.news();
  };

  beforeEach(async () => {
    await ask();
    await world.write.createComment(pr, "own");
    world.news();
  });

  it("views are not relied on for a while, and that is told once", async () => {
    await world.clock.advance(14_999);
    expect(await ask()).toEqual([]);
    await world.clock.advance(1);
    expect(await ask()).toHaveLength(1);
    expect(await ask()).toHaveLength(1);
    expect(world.warnings).toEqual([expect.stringContaining("--queue=redis://")]);
    await world.clock.advance(10 * MINUTE);
    expect(await ask()).toHaveLength(1);
    expect(await ask()).toEqual([]);
    expect(world.warnings).toHaveLength(1);
  });

  it("because it is a part of the one comment, nothing is missing", async () => {
    world.hearComment("created", world.comments.at(-1)!);
    world.inParts = true;
    await world.write.createComment(pr, "part");
    await world.clock.advance(16_000);
    world.news();
    expect(await ask()).toEqual([]);
    expect(world.warnings).toEqual([]);
  });

  it("but it came before we knew of our own comment, all is well", async () => {
    world.hearComment("created", world.comments.at(-1)!);
    await world.clock.advance(16_000);
    expect(await ask()).toEqual([]);
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    const writing = world.write.createComment(pr, "slow");
    world.hearComment("created", world.comments.at(-1)!);
    gate.resolve();
    await writing;
    await world.clock.advance(16_000);
    world.news();
    expect(await ask()).toEqual([]);
    expect(world.warnings).toEqual([]);
  });
});

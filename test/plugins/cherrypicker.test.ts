// cherrypicker: what is answered, and what is picked onto which branch for whom.
import { describe, expect, it, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { CherryPick } from "../../src/model/cherry-pick.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event } from "../../src/model/event.ts";
import { formatReply, ownWords } from "../../src/model/reply.ts";
import { type CherrypickerOptions, cherrypickerPlugin } from "../../src/plugins/cherrypicker/handle.ts";
import { askedBranches, pickBody, pickTitle } from "../../src/plugins/cherrypicker/texts.ts";
import { BOT, type Issue, type IssueOptions, world } from "./world.ts";

const DEFAULTS: CherrypickerOptions = {
  allowAll: false,
  labels: [],
  labelPrefix: "cherrypick/",
  issueOnConflict: false,
  prowAssignments: true,
};
const merged: IssueOptions = { merged: true, state: "closed" };

function play(pr: IssueOptions, make: (pr: Issue) => Event, options: Partial<CherrypickerOptions> = {}) {
  const repo = world({ members: ["bob", "carol"] });
  return repo.play(cherrypickerPlugin({ ...DEFAULTS, ...options }), make(repo.pr(pr)));
}

/** In short: the first line of an answer, or what is picked. */
const short = (effects: Effect[]): string[] =>
  effects.flatMap((effect) => {
    if (effect.do === "cherryPick") return effect.picks.map(describePick);
    if (effect.do !== "createComment") return effect.do;
    expect(effect.marker).toBe(effect.body.trim());
    return ownWords(effect.body).split("\n")[0]!;
  });

const describePick = ({ onto, requester, body, quoted }: CherryPick): string => {
  const chain = /^\/cherrypick (.+)$/m.exec(body)?.[1];
  return `pick onto ${onto} for ${requester}${chain ? `, then ${chain}` : ""}${quoted ? "" : ", by label"}`;
};

const comment =
  (text: string, by = "bob") =>
  (pr: Issue) =>
    pr.comment(by, text);

describe("a comment", () => {
  test.each<[string, IssueOptions, (pr: Issue) => Event, string[]]>([
    ["no command", merged, comment("please cherry-pick"), []],
    ["a command within a line", merged, comment("so /cherrypick v1"), []],
    ["a command that is indented", merged, comment(" /cherrypick v1"), []],
    ["one branch", merged, comment("/cherrypick v1"), ["pick onto v1 for bob"]],
    [
      "by the other name, with a line end of Windows",
      merged,
      comment("/cherry-pick v1\r\nthanks"),
      ["pick onto v1 for bob"],
    ],
    ["a chain", merged, comment("/cherrypick v3 v2  v1"), ["pick onto v3 for bob, then v2 v1"]],
    [
      "several",
      merged,
      comment("/cherrypick v2\n/cherrypick v1\n/cherry-pick v2 v0"),
      ["pick onto v1 for bob", "pick onto v2 for bob, then v0"],
    ],
    [
      "its own base",
      merged,
      comment("/cherrypick main"),
      ["@bob: I cannot cherry-pick the present PR on top of its base branch (`main`)."],
    ],
    [
      "its own base and another",
      merged,
      comment("/cherrypick main\n/cherrypick v1"),
      [
        "@bob: I cannot cherry-pick the present PR on top of its base branch (`main`).",
        "pick onto v1 for bob",
      ],
    ],
    [
      "one that is closed unmerged",
      { state: "closed" },
      comment("/cherrypick v1"),
      ["@bob: cannot cherry-pick an unmerged PR"],
    ],
    [
      "one that is open",
      {},
      comment("/cherrypick v1"),
      [
        "@bob: once the present PR merges, I will cherry-pick it on top of `v1` in a new PR and assign it to you.",
      ],
    ],
    [
      "one that is open, several and the base",
      {},
      comment("/cherrypick v2\n/cherrypick main\n/cherrypick v1"),
      [
        "@bob: once the present PR merges, I will cherry-pick it on top of `v1`, `v2` in new PRs and assign them to you. I cannot cherry-pick it on top of `main` because that is already its base branch.",
      ],
    ],
    ...[merged, {}].map((pr): [string, IssueOptions, (pr: Issue) => Event, string[]] => [
      "somebody who is no member",
      pr,
      comment("/cherrypick v1", "mallory"),
      [
        "@mallory: only [acme](https://github.com/orgs/acme/people) org members may request cherry picks. If you are already part of the org, make sure to [change](https://github.com/orgs/acme/people?query=mallory) your membership to public. Otherwise you can still do the cherry-pick manually. ",
      ],
    ]),
    ["an edit", merged, (pr) => pr.comment("bob", "/cherrypick v1", { action: "edited" }), []],
    ["a review", merged, (pr) => pr.comment("bob", "/cherrypick v1", { source: "pull_request_review" }), []],
    [
      "what looks like an option",
      merged,
      comment("/cherrypick --upload-pack=x"),
      ["pick onto --upload-pack=x for bob"],
    ],
  ])("%s", async (_, pr, make, expected) => {
    expect(short(await play(pr, make))).toEqual(expected);
  });

  it("on an issue does nothing", async () => {
    const repo = world({ members: ["bob"] });
    expect(
      await repo.play(cherrypickerPlugin(DEFAULTS), repo.issue().comment("bob", "/cherrypick v1")),
    ).toEqual([]);
  });

  it("is anybody's with --allow-all", async () => {
    expect(short(await play(merged, comment("/cherrypick v1", "mallory"), { allowAll: true }))).toEqual([
      "pick onto v1 for mallory",
    ]);
  });

  it("makes a pick that says all there is to do", async () => {
    const options = { labels: ["a", "b"], issueOnConflict: true };
    const pr = { ...merged, title: "Fix", body: "```release-note\nfixed\n```", labels: ["kind/bug"] };
    const [effect] = await play(pr, comment("/cherrypick v1"), options);
    expect(effect).toMatchObject({
      do: "cherryPick",
      picks: [
        {
          pr: { org: "acme", repo: "lib", number: 1 },
          onto: "v1",
          commits: ["1".repeat(40)],
          title: "[v1] Fix",
          body: "This is an automated cherry-pick of #1\n\n/assign bob\n\n```release-note\nfixed\n```\n\n/kind bug",
          labels: ["a", "b"],
          requester: "bob",
          assign: true,
          issueOnConflict: true,
          quoted: { login: "bob", body: "/cherrypick v1" },
        },
      ],
    });
  });

  it("without --use-prow-assignments assigns nobody", async () => {
    const [effect] = await play(merged, comment("/cherrypick v1"), { prowAssignments: false });
    expect(effect).toMatchObject({
      picks: [{ assign: false, body: "This is an automated cherry-pick of #1" }],
    });
  });
});

describe("a label", () => {
  const labelled = (name: string) => (pr: Issue) => pr.labeled(name, "carol");

  test.each<[string, IssueOptions, string, string[]]>([
    ["of another kind", { ...merged, by: "bob" }, "kind/bug", []],
    ["on a merged one", { ...merged, by: "bob" }, "cherrypick/v1", ["pick onto v1 for bob, by label"]],
    [
      "on an open one",
      { by: "bob" },
      "cherrypick/v1",
      [
        "In response to a cherrypick label: @bob once the present PR merges, I will cherry-pick it on top of `v1` in a new PR and assign it to you.",
      ],
    ],
    [
      "of its base",
      { by: "bob" },
      "cherrypick/main",
      ["In response to a cherrypick label: base branch (main) needs to differ from target branch (main)"],
    ],
    [
      "on somebody's who is no member",
      { ...merged, by: "mallory" },
      "cherrypick/v1",
      [
        "In response to a cherrypick label: only [acme](https://github.com/orgs/acme/people) org members may request cherry picks. If you are already part of the org, make sure to [change](https://github.com/orgs/acme/people?query=mallory) your membership to public. Otherwise you can still do the cherry-pick manually. ",
      ],
    ],
  ])("%s", async (_, pr, name, expected) => {
    expect(short(await play(pr, labelled(name)))).toEqual(expected);
  });

  it("may have another prefix", async () => {
    const pr = { ...merged, by: "bob" };
    expect(short(await play(pr, labelled("backport-v1"), { labelPrefix: "backport-" }))).toEqual([
      "pick onto v1 for bob, by label",
    ]);
    expect(short(await play(pr, labelled("cherrypick/v1"), { labelPrefix: "backport-" }))).toEqual([]);
  });
});

describe("a merge", () => {
  const closedAfter =
    (...comments: [string, string][]) =>
    (pr: Issue) => {
      for (const [by, body] of comments) pr.addComment(by, body);
      return pr.event("closed");
    };

  test.each<[string, IssueOptions, (pr: Issue) => Event, string[]]>([
    ["nothing asked for", merged, closedAfter(["bob", "hi"]), []],
    ["closed unmerged", { state: "closed" }, closedAfter(["bob", "/cherrypick v1"]), []],
    [
      "a member's comment",
      merged,
      closedAfter(["bob", "/cherrypick v1 v0"]),
      ["pick onto v1 for bob, then v0"],
    ],
    ["a stranger's comment", merged, closedAfter(["mallory", "/cherrypick v1"]), []],
    [
      "comments of several about the same branch",
      merged,
      closedAfter(
        ["mallory", "/cherrypick v1"],
        ["bob", "/cherrypick v1"],
        ["carol", "/cherrypick v1\n/cherrypick v2"],
      ),
      ["pick onto v1 for bob", "pick onto v2 for carol"],
    ],
    [
      "a stranger who appends a branch to a member's",
      merged,
      closedAfter(["bob", "/cherrypick v1 v0"], ["mallory", "/cherrypick v1 evil"]),
      ["pick onto v1 for bob, then v0"],
    ],
    [
      "a message of the bot's, which has a line of somebody else's",
      merged,
      closedAfter([BOT, formatReply({ login: "mallory", body: "", url: "u" }, "Say\n/cherrypick v1\n")]),
      [],
    ],
    [
      "a member's own description",
      { ...merged, by: "bob", body: "/cherrypick v1" },
      closedAfter(),
      ["pick onto v1 for bob"],
    ],
    [
      "a label",
      { ...merged, by: "bob", labels: ["cherrypick/v1", "lgtm"] },
      closedAfter(),
      ["pick onto v1 for bob, by label"],
    ],
    [
      "the base",
      merged,
      closedAfter(["bob", "/cherrypick main\n/cherrypick v1"]),
      ["@bob: base branch (main) needs to differ from target branch (main)", "pick onto v1 for bob"],
    ],
    [
      "a chain that the bot has written into the text of its own pick",
      { ...merged, by: BOT, body: "This is an automated cherry-pick of #7\n\n/cherrypick v2 v1" },
      closedAfter(),
      [`pick onto v2 for ${BOT}, then v1`],
    ],
  ])("%s", async (_, pr, make, expected) => {
    expect(short(await play(pr, make))).toEqual(expected);
  });
});

describe("commits", () => {
  async function withCommits(commits: () => unknown) {
    const repo = world({ members: ["bob"] });
    const pr = repo.pr(merged);
    const { context } = repo;
    const read = new Proxy(context.read, {
      get: (target, name) =>
        name === "pullRequestCommits" ? async () => commits() : target[name as keyof typeof target],
    });
    return cherrypickerPlugin(DEFAULTS).handle(pr.comment("bob", "/cherrypick v1"), { ...context, read });
  }
  const made = (sha: string, parents = 1) => ({
    sha,
    message: "",
    tree: "",
    parents: Array(parents).fill("p"),
  });

  it("are picked without merges", async () => {
    const [effect] = await withCommits(() => [made("a"), made("b", 2), made("c")]);
    expect(effect).toMatchObject({ picks: [{ commits: ["a", "c"] }] });
  });

  it.each([
    ["too many", () => Array(250).fill(made("a")), "it has 250 commits or more"],
    [
      "refused",
      () => {
        throw new GitHubError(422, "gone");
      },
      "gone",
    ],
  ])("%s are told of", async (_, commits, reason) => {
    expect(short(await withCommits(commits))).toEqual([
      "@bob: Failed to get PR patch from GitHub. This PR will need to be manually cherrypicked.",
    ]);
    expect(JSON.stringify(await withCommits(commits))).toContain(
      `<details><summary>Error message</summary>${reason}</details>`,
    );
  });

  it("that cannot be read now are read later", async () => {
    const down = () => {
      throw new GitHubError(502, "down");
    };
    await expect(withCommits(down)).rejects.toThrow("down");
  });
});

test.each([
  ["Fix", "v1", "main", "[v1] Fix"],
  ["[v2] Fix", "v1", "v2", "[v1] Fix"],
  ["Fix [v2] [v2] it", "v1", "v2", "[v1] Fix [v2] it"],
  ["Fix $& it", "v1", "", "[v1] Fix $& it"],
])("title %s onto %s from %s", (title, onto, base, expected) => {
  expect(pickTitle(title, onto, base)).toBe(expected);
});

test.each([
  ["no note", undefined],
  ["```release-note\n  one\ntwo \n```", "```release-note\none\ntwo\n```"],
  ["**Release note**:\n<!-- write -->\n```\nfixed\n```", "```release-note\nfixed\n```"],
  ["Release note**: ```release-note\r\nNONE\r\n```", "```release-note\nNONE\n```"],
  ["```\nnot one\n```", undefined],
  ["```release-note\n/override ci\r\n/lgtm a /b\n```", "```release-note\n /override ci\r\n /lgtm a /b\n```"],
])("the note in %j", (original, note) => {
  const body = pickBody({ number: 7, original, chain: [], labels: [] });
  expect(body).toBe(["This is an automated cherry-pick of #7", ...(note ? [note] : [])].join("\n\n"));
});

test("kinds are carried over once, sorted", () => {
  const labels = ["kind/bug", "kind/", "area/x", "kind/api", "kind/bug"].map((name) => ({ name }));
  expect(pickBody({ number: 7, original: "", assignee: "bob", chain: ["v2", "v1"], labels })).toBe(
    "This is an automated cherry-pick of #7\n\n/assign bob\n\n/cherrypick v2 v1\n\n/kind api\n/kind bug",
  );
});

test("a comment of 65,536 characters is read in a moment", () => {
  expect(askedBranches("/cherrypick ".repeat(5461)).size).toBe(1);
  expect(askedBranches(`/cherrypick v1\n${"`".repeat(60_000)}`)).toEqual(new Map([["v1", []]]));
});

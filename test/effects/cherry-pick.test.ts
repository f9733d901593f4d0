// A cherry-pick as one step: what is made where, what is answered, and what another attempt finds.
import { describe, expect, it, test } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import { printEffect } from "../../src/effects/print.ts";
import { GitError } from "../../src/git/error.ts";
import type { CherryPicks } from "../../src/git/port.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import { silent } from "../../src/lib/logger.ts";
import type { CherryPick } from "../../src/model/cherry-pick.ts";

const asked = { login: "bob", body: "/cherrypick v1", url: "https://github.com/acme/lib/pull/7#1" };
const base: CherryPick = {
  pr: { org: "acme", repo: "lib", number: 7 },
  onto: "v1",
  commits: ["c1"],
  title: "[v1] Fix",
  body: "This is an automated cherry-pick of #7",
  labels: [],
  requester: "bob",
  assign: true,
  issueOnConflict: false,
  quoted: asked,
};

interface Options {
  bot?: string;
  pick?: Partial<CherryPick>;
  picks?: CherryPick[];
  /** Open pull requests of the branch. */
  open?: number[];
  comments?: string[];
  conflict?: string;
  /** Branches there are. */
  branches?: string[];
  /** What fails, how often, and with what. */
  fails?: Record<string, Error[]>;
}

function world(options: Options = {}) {
  const { bot = "robot", branches = ["v1"], conflict, fails = {} } = options;
  const done: string[] = [];
  const comments = [...(options.comments ?? [])];
  const open = [...(options.open ?? [])];
  const issues: object[] = [];
  type Call<T> = (...args: never[]) => T;
  const step =
    (name: string, answer: Call<unknown>, told?: Call<string>) =>
    async (...args: never[]): Promise<unknown> => {
      const failure = fails[name]?.shift();
      if (failure) throw failure;
      if (told) done.push(told(...args));
      return answer(...args);
    };
  const github = {
    read: {
      botLogin: async () => bot,
      comments: async () => comments.map((body) => ({ body, user: { login: bot } })),
      branchSHA: async (_: unknown, branch: string) => (branches.includes(branch) ? "base" : undefined),
      repository: step("repository", () => ({})),
      graphql: async () => ({ repository: { issues: { nodes: issues } } }),
      pullRequestsFrom: async (_: unknown, head: string) => {
        done.push(`look for ${head}`);
        return open.map((number) => ({ number, html_url: `https://github.com/acme/lib/pull/${number}` }));
      },
    },
    write: {
      fork: step("fork", () => ({ org: bot, repo: "lib-1" })),
      createPullRequest: step(
        "createPullRequest",
        () => {
          open.push(8);
          return 8;
        },
        (_: unknown, pr: { head: string; base: string }) => `propose ${pr.head} into ${pr.base}`,
      ),
      createIssue: step(
        "createIssue",
        (_: unknown, { title, body }: { title: string; body: string }) => {
          issues.push({ number: 9, title, body, author: { __typename: "User", login: bot } });
          return 9;
        },
        (_: unknown, issue: { title: string; assignees: string[] }) =>
          `issue ${issue.title} for ${issue.assignees}`,
      ),
      createComment: step("createComment", (_: unknown, body: string) => {
        const failure = /new issue created/.test(body) && fails["tellOfIssue"]?.shift();
        if (failure) throw failure;
        comments.push(body);
      }),
      addLabels: step(
        "addLabels",
        () => {},
        (at: { number: number }, names: string[]) => `label ${at.number} ${names}`,
      ),
      assign: step(
        "assign",
        () => [],
        (at: { number: number }, logins: string[]) => `assign ${at.number} ${logins}`,
      ),
    },
  } as unknown as GitHub;
  const git = {
    cherryPick: step("cherryPick", () => (conflict ? { conflict } : { sha: "picked" })),
    push: step(
      "push",
      () => {},
      (_: unknown, sha: string, to: { repo: { org: string; repo: string }; branch: string }) =>
        `push ${sha} to ${to.repo.org}/${to.repo.repo} ${to.branch}`,
    ),
  } as unknown as CherryPicks;
  const pauses: number[] = [];
  const clock = { now: () => new Date(0), sleep: async (ms: number) => void pauses.push(ms) };
  const apply = applier({ github, git, clock, log: silent });
  const run = () => apply([{ do: "cherryPick", picks: options.picks ?? [{ ...base, ...options.pick }] }]);
  /** Without what is quoted. */
  const said = () => comments.map((body) => body.split("\n\n<details>")[0]);
  return { run, done, said, comments, pauses };
}

const HEAD = "look for robot:cherry-pick-7-to-v1";

describe("a cherry-pick", () => {
  it("goes to the bot's fork, is proposed, labelled, assigned and told of", async () => {
    const { run, done, said } = world({ pick: { labels: ["a", "b"] } });
    await run();
    expect(done).toEqual([
      HEAD,
      "push picked to robot/lib-1 cherry-pick-7-to-v1",
      "propose robot:cherry-pick-7-to-v1 into v1",
      "label 8 a,b",
      "assign 8 bob",
    ]);
    expect(said()).toEqual(["@bob: new pull request created: #8"]);
  });

  it("that a label asked for is answered without a quote", async () => {
    const { run, comments } = world({ pick: { quoted: undefined, assign: false } });
    await run();
    expect(comments).toEqual(["In response to a cherrypick label: new pull request created: #8"]);
  });

  test.each<[string, Options]>([
    ["where forking is forbidden", { fails: { fork: [new GitHubError(403, "no")] } }],
    ["for an App", { bot: "app[bot]" }],
  ])("goes to the repository itself %s", async (_, options) => {
    const { run, done } = world(options);
    await run();
    expect(done.slice(0, 3)).toEqual([
      "look for acme:cherry-pick-7-to-v1",
      "push picked to acme/lib cherry-pick-7-to-v1",
      "propose cherry-pick-7-to-v1 into v1",
    ]);
  });

  it("waits for a new fork", async () => {
    const { run, said, pauses } = world({
      fails: { repository: [new GitHubError(404, "not yet"), new GitHubError(404, "not yet")] },
    });
    await run();
    expect(pauses).toEqual([5000, 5000]);
    expect(said()).toEqual(["@bob: new pull request created: #8"]);
  });

  it("that may not be labelled, nor assigned to who asked, is one all the same", async () => {
    const no = [new GitHubError(403, "no")];
    const { run, said } = world({ pick: { labels: ["a"] }, fails: { assign: no, addLabels: [...no] } });
    await run();
    expect(said()).toEqual(["@bob: new pull request created: #8"]);
  });

  it("that is open already is told of, and left as people have made it", async () => {
    const { run, done, said } = world({ open: [5], comments: ["@bob: new pull request created: #5"] });
    await run();
    expect(done).toEqual([HEAD]);
    expect(said()[1]).toBe(
      "@bob: Looks like #7 has already been cherry picked in https://github.com/acme/lib/pull/5",
    );
  });

  it("that two events lead to is made and told of once", async () => {
    const { run, done, said } = world();
    await run();
    await run();
    expect(done.filter((line) => line.startsWith("propose"))).toHaveLength(1);
    expect(said()).toEqual(["@bob: new pull request created: #8"]);
  });

  it("is not told of by somebody whom the bot quotes", async () => {
    const { run, said } = world({ open: [5], comments: ["@x: no\n\n>new pull request created: #5"] });
    await run();
    expect(said().at(-1)).toBe("@bob: new pull request created: #5");
  });
});

const down = () => new GitHubError(502, "down");

describe("an attempt that is cut short", () => {
  test.each(["fork", "repository", "createPullRequest", "addLabels", "createComment"])(
    "at %s goes on where it was",
    async (where) => {
      const { run, done, said } = world({ pick: { labels: ["a"] }, fails: { [where]: [down()] } });
      await expect(run()).rejects.toThrow("down");
      await run();
      expect(done.filter((line) => line.startsWith("propose"))).toHaveLength(1);
      expect(done).toContain("label 8 a");
      expect(said()).toEqual(["@bob: new pull request created: #8"]);
    },
  );

  it("stops no other", async () => {
    const picks = ["gone", "v1"].map((onto) => ({ ...base, onto }));
    const { run, said } = world({
      picks,
      branches: ["gone", "v1"],
      fails: { cherryPick: [new GitError("no line")] },
    });
    await expect(run()).rejects.toThrow("no line");
    expect(said()).toEqual(["@bob: new pull request created: #8"]);
  });

  it("in git is tried again", async () => {
    const { run, said } = world({ fails: { cherryPick: [new GitError("no line")] } });
    await expect(run()).rejects.toThrow("no line");
    expect(said()).toEqual([]);
  });
});

describe("what goes wrong for good is told", () => {
  const conflict = "Applying: Fix\nCONFLICT (content): Merge conflict in a.txt";
  const told = `#7 failed to apply on top of branch "v1":\n\`\`\`\n${conflict}\n\`\`\``;

  test.each<[string, Options, string[], string[]]>([
    [
      "a branch that is not there",
      { branches: [] },
      [],
      [
        "cannot checkout `v1`: error checking out \"v1\": exit status 1 error: pathspec 'v1' did not match any file(s) known to git",
      ],
    ],
    [
      "a branch that can be none",
      { branches: ["../tags/v1"], pick: { onto: "../tags/v1" } },
      [],
      [
        "cannot checkout `../tags/v1`: error checking out \"../tags/v1\": exit status 1 error: pathspec '../tags/v1' did not match any file(s) known to git",
      ],
    ],
    [
      "a fork that cannot be made",
      { fails: { fork: [new GitHubError(422, "too many forks")] } },
      [],
      ["cannot decide how to push into acme/lib: failed to ensure fork exists: too many forks"],
    ],
    ["a conflict", { conflict }, [HEAD], [told]],
    [
      "a conflict that becomes an issue",
      { conflict, pick: { issueOnConflict: true } },
      [HEAD, "issue [v1] Fix for bob"],
      [told, "new issue created for failed cherrypick: #9"],
    ],
    [
      "a conflict where there are no issues",
      {
        conflict,
        pick: { issueOnConflict: true },
        fails: { createIssue: [new GitHubError(410, "disabled")] },
      },
      [HEAD],
      [told, "new issue could not be created for failed cherrypick: disabled"],
    ],
    [
      "a push that is refused",
      { fails: { push: [new GitError("git push failed (1): 403")] } },
      [HEAD],
      ["failed to push cherry-picked changes in GitHub: git push failed (1): 403"],
    ],
    [
      "a pull request that is refused",
      { fails: { createPullRequest: [new GitHubError(422, "No commits between v1 and it")] } },
      [HEAD, "push picked to robot/lib-1 cherry-pick-7-to-v1"],
      ["new pull request could not be created: No commits between v1 and it"],
    ],
  ])("%s", async (_, options, done, words) => {
    const place = world(options);
    await place.run();
    expect(place.done).toEqual(done);
    expect(place.said()).toEqual(words.map((each) => `@bob: ${each}`));
  });

  it("once", async () => {
    const { run, done, comments } = world({ conflict, pick: { issueOnConflict: true } });
    await run();
    await run();
    expect(comments).toHaveLength(2);
    expect(done.filter((line) => line.startsWith("issue"))).toHaveLength(1);
  });

  it("makes no second issue when it ended before anybody was told of the first", async () => {
    const fails = { tellOfIssue: [new GitHubError(502, "Bad Gateway")] };
    const { run, done, said } = world({ conflict, pick: { issueOnConflict: true }, fails });
    await expect(run()).rejects.toThrow("Bad Gateway");
    await run();
    expect(done.filter((line) => line.startsWith("issue"))).toHaveLength(1);
    expect(said().at(-1)).toBe("@bob: new issue created for failed cherrypick: #9");
  });
});

test("a dry run says what would be done", () => {
  expect(printEffect({ do: "cherryPick", picks: [base] })).toBe("cherry-pick acme/lib#7 (1 commits) onto v1");
});

// issue-management: links in a pull request's text, pinned issues, issues moved to another repository.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { CommentEvent } from "../../src/model/event.ts";
import { parseIssueRef, withFixes } from "../../src/plugins/issue-management/link.ts";
import { issueManagement } from "../../src/plugins/issue-management.ts";
import { type Answers, playWith } from "./with-reads.ts";
import { type Issue, type IssueOptions, REPO, world } from "./world.ts";

/** Issues 10 and up are there, 20 and up are pull requests; other/repo is the only other repository. */
const answers: Answers = {
  repository: ({ org, repo }: { org: string; repo: string }) =>
    `${org}/${repo}` === "other/repo" || org === "acme"
      ? repo === "missing"
        ? new GitHubError(404, "no")
        : { node_id: `R_${repo}`, default_branch: "main" }
      : new GitHubError(404, "not installed there"),
  issue: ({ number, org, repo }: { number: number; org: string; repo: string }) =>
    number > 2 && number < 10
      ? new GitHubError(404, "no")
      : {
          number,
          node_id: `I_${number}`,
          html_url: `https://github.com/${org}/${repo}/issues/${number}`,
          ...(number >= 20 && { pull_request: {} }),
        },
};

const small = () =>
  world({
    members: ["bob"],
    files: { OWNERS: "approvers: [Carol]\n", "sub/OWNERS": "approvers: [bob]\n" },
    owners: { skip_collaborators: ["acme"] },
  });
const pull = (options: IssueOptions = {}) => small().pr(options);

const play = (
  issue: Issue,
  by: string,
  body: string,
  more: Answers = {},
  event: Partial<CommentEvent> = {},
) => playWith(issueManagement, issue.comment(by, body, event), issue.world, { ...answers, ...more });
/** What is said, without the quote; other effects as they are. */
const told = (effects: Effect[]) =>
  effects.map((effect) =>
    effect.do === "createComment" ? effect.body.slice(0, effect.body.indexOf("\n\n<details>")) : effect,
  );

describe("/link-issue and /unlink-issue", () => {
  const UPDATED = "@bob: Updated the `Fixes` line in the pull request body.";
  const SAME = "@bob: The PR body is already up-to-date. No changes were made.";
  const ERRORS =
    "there are one or more errors with issue references provided. Please cross check and retry.\n";
  test.each([
    ["/link-issue 10", "Text", "Text\n\nFixes #10"],
    ["/link-issue 12 11\r\n", "", "\nFixes #11 #12"],
    ["/LINK-ISSUE\n10", "Text\r\n", "Text\r\n\nFixes #10"],
    ["/link-issue other/repo#11", "fixes  #1\nmore", "Fixes #1 other/repo#11\nmore"],
    ["/link-issue acme/lib#11", "", "\nFixes #11"],
    ["/unlink-issue 1", "a\nFixes #1\nb", "a\nb"],
    ["/unlink-issue 1 odd", "Fixes #1 odd #2", "Fixes #2"],
    ["/unlink-issue 1\n/link-issue 10\n/link-issue 11", "Fixes #1", "Fixes #10 #11"],
  ])("%j over %j: %j", async (comment, body, after) => {
    const pr = pull({ body });
    const effects = await play(pr, "bob", comment);
    expect(told(effects)).toEqual([{ do: "editIssue", issue: pr.ref, body: after }, UPDATED]);
  });

  test.each([
    ["/link-issue 10", "Fixes #10", SAME],
    ["/unlink-issue 10", "Text", SAME],
    ["/link-issue 5", "", `@bob: ${ERRORS}* Issue **#5** in repository **acme/lib** does not exist.\n`],
    [
      "/link-issue 20",
      "",
      `@bob: ${ERRORS}* Skipped issue #20 of **acme/lib** as it is a ***pull request***.\n`,
    ],
    ["/link-issue no/where#10", "", `@bob: ${ERRORS}* Repository **no/where** does not exist.\n`],
    ["/link-issue ../user#10", "", `@bob: ${ERRORS}* Repository **../user** does not exist.\n`],
    [
      "/link-issue x42",
      "",
      `@bob: ${ERRORS}* Invalid format for issue **x42**. Supported formats are **issue-number** (e.g., \`123\`) and **organization/repository#issue-number** (e.g., \`kubernetes/test-infra#456\`)\n`,
    ],
    [
      "/link-issue 10 5",
      "Fixes #10",
      `${SAME}\n\nHowever, ${ERRORS}* Issue **#5** in repository **acme/lib** does not exist.\n`,
    ],
  ])("%j over %j changes nothing: %j", async (comment, body, said) => {
    expect(told(await play(pull({ body }), "bob", comment))).toEqual([said]);
  });

  test("is for pull requests and members", async () => {
    expect(told(await play(small().issue(), "bob", "/link-issue 1"))).toEqual([
      "@bob: `/link-issue` and `/unlink-issue` can only be used on pull requests.",
    ]);
    expect(told(await play(pull(), "mallory", "/unlink-issue 1"))).toEqual([
      "@mallory: You must be an org member to use this command.",
    ]);
  });

  test("trouble at GitHub is no missing issue", async () => {
    const issue = () => new GitHubError(502, "bad gateway");
    await expect(play(pull(), "bob", "/link-issue 10", { issue })).rejects.toThrow("bad gateway");
  });

  test.each([
    ["42", { ...REPO, number: 42 }],
    ["007", { ...REPO, number: 7 }],
    ["foo/bar#77", { org: "foo", repo: "bar", number: 77 }],
    ["x42", undefined],
    ["foo/bar", undefined],
    ["foo/bar/baz#1", undefined],
    ["foo/bar#x", undefined],
    ["a/b#1#2", undefined],
    ["99999999999999999999", undefined],
  ])("%s is %j", (text, ref) => expect(parseIssueRef(text, REPO)).toEqual(ref));

  test.each([
    ["This is a PR body.", ["#12"], [], "This is a PR body.\n\nFixes #12"],
    ["Fixes #7", ["#7"], [], "Fixes #7"],
    ["line1\nFixes #1\nline3", ["#2", "foo/bar#10"], [], "line1\nFixes #1 #2 foo/bar#10\nline3"],
    ["Fixes #1 #2", [], ["#2"], "Fixes #1"],
    ["line1\nFixes #99\nline2", [], ["#99"], "line1\nline2"],
    ["Fixes #1\nFixes #2", ["#3"], [], "Fixes #1 #3\nFixes #2"],
    ["no line", [], ["#1"], "no line"],
  ])("%j with %j without %j: %j", (body, add, remove, after) => {
    expect(withFixes(body, add, remove)).toBe(after);
  });
});

describe("/pin-issue and /unpin-issue", () => {
  test.each([
    ["/pin-issue", true, "pinned to", "pin"],
    ["/PIN-ISSUE \r\n", true, "pinned to", "pin"],
    ["/unpin-issue", false, "unpinned from", "unpin"],
    ["/unpin-issue\n/pin-issue", true, "pinned to", "pin"],
  ])("%j by an approver at the root", async (body, pinned, done, verb) => {
    const issue = small().issue();
    const [effect, ...others] = await play(issue, "carol", body);
    expect(others).toEqual([]);
    expect(effect).toMatchObject({ do: "pinIssue", issue: issue.ref, id: "I_1", pinned });
    const { done: good, refused } = effect as { done: string; refused: string };
    expect(good).toMatch(new RegExp(`^@carol: Issue #1 has been ${done} the repository\\.\n\n<details>`));
    expect(refused).toMatch(
      new RegExp(`^@carol: Unable to ${verb} issue #1\\. Please try again later\\.\n\n<de`),
    );
  });

  test("nobody else may, not even members and approvers of a directory", async () => {
    expect(told(await play(small().issue(), "bob", "/pin-issue"))).toEqual([
      "@bob: You are not authorized to pin or unpin issues on this repository. Only approvers from the top-level OWNERS file can use this command.",
    ]);
  });

  test("is for issues, and tells when owners can not be read", async () => {
    expect(told(await play(pull(), "carol", "/pin-issue"))).toEqual([
      "@carol: `/pin-issue` and `/unpin-issue` can only be triggered on GitHub issues.",
    ]);
    const tree = () => new GitHubError(403, "no");
    expect(told(await play(small().issue(), "carol", "/pin-issue", { tree }))).toEqual([
      "@carol: Unable to determine whether carol is an approver from the top-level OWNERS of acme/lib.",
    ]);
  });
});

describe("/transfer-issue", () => {
  const ONCE = "@bob: `/transfer-issue` must only be used once and with a single destination repo.";
  test.each([["/transfer-issue infra"], ["/transfer  infra\r\nThanks"], ["text\n/TRANSFER infra"]])(
    "%j by a member",
    async (body) => {
      const issue = small().issue();
      expect(await play(issue, "bob", body)).toEqual([
        {
          do: "transferIssue",
          issue: issue.ref,
          id: "I_1",
          repositoryId: "R_infra",
          to: { org: "acme", repo: "infra" },
        },
      ]);
    },
  );

  test.each([
    ["/transfer", ONCE],
    ["/transfer-issue ", ONCE],
    ["/transfer a\n/transfer b", ONCE],
    [
      "/transfer missing",
      "@bob: Something went wrong or the destination repo **acme/missing** does not exist.",
    ],
    ["/transfer ..", "@bob: Something went wrong or the destination repo **acme/..** does not exist."],
    ["/transfer a b", "@bob: Something went wrong or the destination repo **acme/a b** does not exist."],
  ])("%j is answered %j", async (body, said) => {
    expect(told(await play(small().issue(), "bob", body))).toEqual([said]);
  });

  test("is for issues and members", async () => {
    expect(told(await play(pull(), "bob", "/transfer infra"))).toEqual([
      "@bob: The `/transfer-issue` command is only supported on issues, not pull requests.",
    ]);
    expect(told(await play(small().issue(), "mallory", "/transfer infra"))).toEqual([
      "@mallory: You must be an org member to transfer this issue.",
    ]);
  });

  test("an issue that is elsewhere by now stays there", async () => {
    const moved = () => ({ node_id: "I_9", html_url: "https://github.com/acme/infra/issues/9" });
    expect(await play(small().issue(), "bob", "/transfer infra", { issue: moved })).toEqual([]);
  });
});

test.each(["nice", "I want to /link-issue 5", "/transferring x", "/link-issue", "> /pin-issue"])(
  "%j asks for nothing and costs no request",
  async (body) => {
    for (const issue of [small().issue(), pull()]) {
      expect(await play(issue, "bob", body)).toEqual([]);
      expect(issue.world.reads).toEqual([]);
    }
  },
);

test.each(["edited", "deleted"] as const)("a comment that is %s asks for nothing", async (action) => {
  for (const body of ["/link-issue 10", "/pin-issue", "/transfer infra"])
    expect(await play(small().issue(), "bob", body, {}, { action })).toEqual([]);
});

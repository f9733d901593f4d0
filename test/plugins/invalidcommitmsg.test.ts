// invalidcommitmsg: which messages and titles hold a pull request up, and what is said about them.
import { expect, test } from "vitest";
import { ABOUT_THIS_BOT } from "../../src/model/reply.ts";
import { invalidcommitmsg } from "../../src/plugins/invalidcommitmsg.ts";
import { BOT, type IssueOptions, type Options, REPO, world } from "./world.ts";

const LABEL = "do-not-merge/invalid-commit-message";
const MARKER = "<!-- [prow:invalid-commit-message] -->";
const sha = (n: number) => `${n}`.repeat(40);

function pr(messages: string[], issue: IssueOptions = {}, options: Options = {}) {
  const commits = messages.map((message, i) => ({ sha: sha(i + 1), message, tree: "t", parents: ["p"] }));
  return world({ answers: { pullRequestCommits: async () => commits }, ...options }).pr(issue);
}

const COMMITS = "### Invalid commit messages";
const TEMPORARY = "### Fixup/amend/squash commits";
const TITLE = "### Invalid PR title";

async function headings(one: ReturnType<typeof pr>, action = "opened") {
  const effects = await one.world.play(invalidcommitmsg, one.event(action));
  const comment = effects.find((effect) => effect.do === "createComment");
  const labelled = effects.some((effect) => effect.do === "addLabels");
  expect(labelled).toBe(comment !== undefined && !one.labels.has(LABEL));
  return comment ? [...comment.body.matchAll(/^### .*$/gm)].map(([text]) => text) : [];
}

test.each([
  [["this is a valid message", "fixing k/k#9999"], "t", []],
  [["fixes k/k#9999"], "t", [COMMITS]],
  [["Close k/k#9999"], "t", [COMMITS]],
  [["resolved k/k#9999"], "t", [COMMITS]],
  [["add a thing\n\nThis CLOSES: #12"], "t", [COMMITS]],
  [["fix\n#12"], "t", [COMMITS]],
  [["prefix #12, see #13"], "t", [COMMITS]],
  [["mentions #12 and @carol"], "t", []],
  [["fixes https://github.com/a/b/issues/1"], "t", []],
  [["fixes a-b/c#1"], "t", []],
  [["valid"], "valid title", []],
  [["valid"], "fixes #9999", [TITLE]],
  [["fixes k/k#9999"], "fixes #9999", [COMMITS, TITLE]],
  [["fixup! update tests"], "t", [TEMPORARY]],
  [["amend! update tests"], "t", [TEMPORARY]],
  [["squash! update tests"], "t", [TEMPORARY]],
  [["Fixup! update tests", "a\nfixup! b", " squash! c"], "t", []],
  [["fixup! fixes #123"], "t", [COMMITS, TEMPORARY]],
  [["valid"], "fixup! something", []],
])("%j titled %j: %j", async (messages, title, expected) => {
  for (const action of ["opened", "reopened", "synchronize", "edited"])
    expect(await headings(pr(messages, { title }), action)).toEqual(expected);
});

const off = (...names: string[]) => names.map((name) => ({ name, disabled: true }));
test.each([
  [[{ repos: ["acme/lib"], checks: off("fixupPrefix") }], [COMMITS, TITLE]],
  [[{ repos: ["acme"], checks: off("issueClosingKeywords") }], [TEMPORARY]],
  [[{ repos: ["acme"], checks: off("issueClosingKeywords", "fixupPrefix") }], []],
  [[{ repos: ["acme"], checks: [{ name: "fixupPrefix", disabled: false }] }], [COMMITS, TEMPORARY, TITLE]],
  [[{ repos: ["other"], checks: off("fixupPrefix") }], [COMMITS, TEMPORARY, TITLE]],
  [
    [
      { repos: ["acme"], checks: off("fixupPrefix") },
      { repos: ["acme/lib"], checks: off("issueClosingKeywords") },
    ],
    [TEMPORARY],
  ],
])("configured as %j", async (invalid_commit_msg, expected) => {
  const plugins = { invalid_commit_msg };
  expect(await headings(pr(["fixup! fixes #1"], { title: "fixes #2" }, { plugins }))).toEqual(expected);
});

test("the whole comment", async () => {
  const one = pr(["Fixes #12 thanks @carol\n\nmore", "ok", "squash! x"], { title: "closes #1" });
  const commits = "https://github.com/acme/lib/commits";
  const body = `${MARKER}

Invalid commit message issues detected

### Invalid commit messages

[Keywords](https://help.github.com/articles/closing-issues-using-keywords) which can automatically close issues and hashtag(#) mentions are not allowed.

- [1111111](${commits}/${sha(1)}) Fixes #12 thanks @carol

### Fixup/amend/squash commits

Temporary commits like fixup!, amend!, or squash! are not allowed.

Use [git rebase --autosquash](https://git-scm.com/docs/git-rebase#Documentation/git-rebase.txt---autosquash) to fix them.

- [3333333](${commits}/${sha(3)}) squash! x

### Invalid PR title

[Keywords](https://help.github.com/articles/closing-issues-using-keywords) are not allowed in PR titles.

Use \`/retitle <new-title>\` to fix it.

${ABOUT_THIS_BOT}`;
  expect(await one.world.play(invalidcommitmsg, one.event("opened"))).toEqual([
    { do: "addLabels", issue: one.ref, labels: [LABEL] },
    { do: "createComment", issue: one.ref, body, marker: body },
  ]);
});

test("once all is well the label and every comment of its own go", async () => {
  const one = pr(["fine"], { labels: [LABEL, "kind/bug"] });
  const own = [
    `${MARKER}\n\nInvalid commit message issues detected`,
    "…\n\n**The list of commits with invalid commit messages**:\n\n- x",
    "Keywords are not allowed in the title of a Pull Request.",
  ].map((body) => one.addComment(BOT, body).id);
  one.addComment(BOT, `@alice: hm\n>${MARKER}`);
  one.addComment("mallory", MARKER);
  expect(await one.world.play(invalidcommitmsg, one.event("synchronize"))).toEqual([
    { do: "removeLabel", issue: one.ref, label: LABEL },
    ...own.map((id) => ({ do: "deleteComment", repo: REPO, id })),
  ]);
});

test("as long as it is not, the newest comment alone stands", async () => {
  const one = pr(["fixes #1"], { labels: [LABEL] });
  const { id } = one.addComment(BOT, MARKER);
  const effects = await one.world.play(invalidcommitmsg, one.event("edited"));
  expect(effects.map(({ do: what }) => what)).toEqual(["deleteComment", "createComment"]);
  expect(effects[0]).toMatchObject({ id });
});

test("other events cost nothing", async () => {
  const one = pr(["fixes #1"]);
  for (const action of ["closed", "labeled", "ready_for_review"])
    expect(await one.world.play(invalidcommitmsg, one.event(action))).toEqual([]);
  expect(one.world.reads).toEqual([]);
});

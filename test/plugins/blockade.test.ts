// blockade: which files hold a pull request up, and what is said about it.
import { expect, test } from "vitest";
import { ABOUT_THIS_BOT_WITHOUT_COMMANDS } from "../../src/model/reply.ts";
import { blockade } from "../../src/plugins/blockade.ts";
import { BOT, type IssueOptions, world } from "./world.ts";

const LABEL = "do-not-merge/blocked-paths";
const SAID = `@alice: Adding label: \`${LABEL}\` because PR changes a protected file.`;

const docs = { repos: ["acme/lib"], blockregexps: ["^docs/.*"], explanation: "1" };
const docsButOwners = { ...docs, exceptionregexps: [".*OWNERS$"], explanation: "2" };
const shell = { repos: ["acme"], blockregexps: [".*\\.sh"], explanation: "3" };
const release = {
  repos: ["acme"],
  branchregexp: "^release-.*$",
  blockregexps: [".*\\.yaml"],
  explanation: "4",
};

const pr = (blockades: object[], options: IssueOptions) => world({ plugins: { blockades } }).pr(options);

/** Explanation and files, as the comment lists them. */
async function reasons(blockades: object[], options: IssueOptions): Promise<string | undefined> {
  const one = pr(blockades, options);
  const [comment, label, ...more] = await one.world.play(blockade, one.event("opened"));
  if (!comment) return undefined;
  expect(label).toEqual({ do: "addLabels", issue: one.ref, labels: [LABEL] });
  expect(more).toEqual([]);
  const { body } = comment as { body: string };
  const [start, end] = [`${SAID}\n\n<details>\n\n#### Reasons for blocking this PR:\n`, "</details>"];
  expect(body.slice(0, start.length)).toBe(start);
  expect(body.endsWith(`\n\n${ABOUT_THIS_BOT_WITHOUT_COMMANDS}\n${end}`)).toBe(true);
  return body.slice(start.length, body.indexOf(`\n\n${ABOUT_THIS_BOT_WITHOUT_COMMANDS}`));
}

const file = (filename: string) => ({ filename, blob_url: `https://x/${filename}` });
const line = (filename: string) => `- [${filename}](https://x/${filename})\n\n`;

test.each([
  [[docs], ["docs/a.md", "src/a.go"], `[1]\n${line("docs/a.md")}`],
  [[docs], ["src/a.go"], undefined],
  [[docs], ["mydocs/a.go"], undefined],
  [[docsButOwners], ["docs/a.md", "docs/OWNERS", "src/a.go"], `[2]\n${line("docs/a.md")}`],
  [[docsButOwners], ["docs/OWNERS", "docs/2/OWNERS"], undefined],
  [[docs, shell], ["docs/a.md", "src/b.sh"], `[1]\n${line("docs/a.md")}[3]\n${line("src/b.sh")}`],
  [[docs, shell], ["docs/b.sh"], `[1]\n${line("docs/b.sh")}[3]\n${line("docs/b.sh")}`],
  [[docs], ["docs/a", "docs/b"], `[1]\n${line("docs/a")}${line("docs/b")}`],
  [[release], ["a.yaml"], undefined],
  [[{ ...docs, explanation: undefined }], ["docs/a"], `[Files are protected]\n${line("docs/a")}`],
  [[{ ...docs, repos: ["other", "acme/other"] }], ["docs/a"], undefined],
  [[{ ...docs, blockregexps: ["(", "^docs/"] }], ["docs/a"], `[1]\n${line("docs/a")}`],
  [[{ ...docs, blockregexps: ["("] }], ["docs/a"], undefined],
  [[{ ...docs, exceptionregexps: ["("] }], ["docs/a"], `[1]\n${line("docs/a")}`],
])("%j with %j", async (blockades, files, expected) => {
  expect(await reasons(blockades, { files: files.map(file) })).toBe(expected);
});

test("on a branch of its own", async () => {
  const options = { base: "release-1.2", files: [file("docs/a"), file("a.yaml")] };
  expect(await reasons([docs, release], options)).toBe(`[1]\n${line("docs/a")}[4]\n${line("a.yaml")}`);
});

test("a name of several lines stays in its line", async () => {
  expect(await reasons([docs], { files: [{ filename: "docs/a\n/lgtm\r\nb", blob_url: "u" }] })).toBe(
    "[1]\n- [docs/a /lgtm b](u)\n\n",
  );
});

test("what is labelled already stays so, without another word", async () => {
  for (const label of [LABEL, "Do-Not-Merge/Blocked-Paths"]) {
    const blocked = pr([docs], { labels: [label], files: ["docs/a"] });
    expect(await blocked.world.play(blockade, blocked.event("synchronize"))).toEqual([]);
  }
});

test.each([
  ["no file is blocked any more", [docs], ["src/a.go"]],
  ["no blockade is left", [], ["docs/a"]],
])("when %s the label and the bot's own comments about it go", async (_why, blockades, files) => {
  const one = pr(blockades, { labels: [LABEL], files });
  const own = one.addComment(BOT, `${SAID}\n\n<details>…</details>`);
  one.addComment(BOT, `@alice: quoting\n>${SAID}`);
  one.addComment("mallory", SAID);
  one.addComment("ci-robot[bot]", SAID);
  expect(await one.world.play(blockade, one.event("reopened"))).toEqual([
    { do: "deleteComment", repo: { org: "acme", repo: "lib" }, id: own.id },
    { do: "removeLabel", issue: one.ref, label: LABEL },
  ]);
});

test("files are only asked for where there is a blockade, and nothing on other events", async () => {
  const free = pr([{ ...docs, repos: ["other"] }], {});
  expect(await free.world.play(blockade, free.event("opened"))).toEqual([]);
  expect(free.world.reads).toEqual(["issueLabels"]);
  const blocked = pr([docs], { files: ["docs/a"] });
  for (const action of ["edited", "closed", "labeled"])
    expect(await blocked.world.play(blockade, blocked.event(action))).toEqual([]);
});

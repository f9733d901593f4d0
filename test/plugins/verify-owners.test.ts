// OWNERS files that a pull request changes: what is wrong with them, who in them is not trusted, and what is said of it.
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import type { ChangedFile } from "../../src/model/github.ts";
import { formatReply } from "../../src/model/reply.ts";
import type { Context } from "../../src/plugins/plugin.ts";
import { verifyOwners } from "../../src/plugins/verify-owners.ts";
import { BOT, type Issue, type IssueOptions, type Options, REPO, world } from "./world.ts";

const INVALID = "do-not-merge/invalid-owners-file";
const AT = "2026-11-23T09:00:00Z";
const REASON =
  "User is not a member of the org. User is not a collaborator. Satisfy at least one of these conditions to make the user trusted.";
const UNTRUSTED =
  "The OWNERS file contains untrusted users, which makes it INVALID. The following users are mentioned in OWNERS file(s) but are untrusted for the following reasons. One way to make the user trusted is to add them as [members](https://github.com/orgs/acme/people) of the acme org. You can then trigger verification by writing `/verify-owners` in a comment.";

/** Texts of the merge by path; all of them are new in it, if `changed` does not tell otherwise. */
type Texts = Record<string, string>;

const added = (text: string): Partial<ChangedFile> => {
  const lines = text.replace(/\n$/, "").split("\n");
  return {
    status: "added",
    patch: `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}`).join("\n")}`,
  };
};

function prWith(files: Texts, options: IssueOptions = {}, more: Options = {}): Issue {
  const changes = Object.entries(files).map(([filename, text]) => ({ filename, ...added(text) }));
  const here = { members: ["carol", "alice"], collaborators: ["dave"], files, ...more };
  return world(here).pr({ files: changes, ...options });
}

const play = (pr: Issue, action = "synchronize", more: Partial<Context> = {}) =>
  verifyOwners.handle(pr.event(action), { ...pr.world.context, ...more });

const mark = (pr: Issue): Effect => ({ do: "addLabels", issue: pr.ref, labels: [INVALID] });
const unmark = (pr: Issue): Effect => ({ do: "removeLabel", issue: pr.ref, label: INVALID });
const remark = (pr: Issue, body: string): Effect => ({
  ...{ do: "createComment", issue: pr.ref, body },
  ...{ marker: body, since: AT },
});
const distrust = (pr: Issue, ...lines: string[]): Effect => ({
  ...{ do: "createComment", issue: pr.ref },
  body: [UNTRUSTED, ...lines].join("\n"),
});

function review(
  pr: Issue,
  message: string,
  ...comments: [path: string, position: number, body: string][]
): Effect {
  const body = formatReply({ login: "alice", body: "", url: pr.url }, message);
  return {
    ...{ do: "createReview", pr: pr.ref, since: AT },
    review: {
      ...{ event: "COMMENT", body, commit_id: pr.headSHA },
      comments: comments.map(([path, position, text]) => ({ path, position, body: text })),
    },
  };
}

describe("files that are right", () => {
  test.each([
    [{ OWNERS: "approvers:\n- carol\nreviewers:\n- dave\nlabels:\n- area/x\n" }],
    [{ "a/OWNERS": "reviewers:\n- carol\n" }],
    [{ "a/OWNERS": "" }],
    [{ "a/OWNERS": "options:\n  no_parent_owners: true\n" }],
    [{ OWNERS: "filters:\n  '.*':\n    approvers:\n    - carol\n  '\\.go$':\n    labels: [go]\n" }],
    [{ OWNERS: "approvers: [\n  carol,\n  dave\n]\n" }],
    [{ OWNERS: `approvers:\n- ${BOT}\n- Carol\n` }],
    [{ "vendor/a/b/OWNERS": "approvers: {broken" }],
    [{ "docs/MY_OWNERS": "approvers: {broken", "OWNERS.md": "approvers: {broken" }],
    [{ "a.go": "x: y: z\n" }],
  ])("%j", async (files) => {
    const options = { members: ["carol", "Carol"] };
    const pr = prWith(files, {}, options);
    for (const action of ["opened", "reopened", "synchronize"]) expect(await play(pr, action)).toEqual([]);
    const marked = prWith(files, { labels: [INVALID] }, options);
    expect(await play(marked)).toEqual([unmark(marked)]);
  });

  test("take back what was said of people who are trusted now", async () => {
    const pr = prWith({ OWNERS: "approvers:\n- carol\n" }, { labels: [INVALID] });
    const mine = pr.addComment(BOT, `${UNTRUSTED}\n- mallory\n  - ${REASON}`);
    pr.addComment("mallory", UNTRUSTED);
    pr.addComment(BOT, `@mallory: no\n\n>${UNTRUSTED}`);
    expect(await play(pr)).toEqual([{ do: "deleteComment", repo: REPO, id: mine.id }, unmark(pr)]);
  });

  test("change no OWNERS file: nothing is read of the merge", async () => {
    const pr = prWith({ "a.go": "x" });
    await play(pr);
    expect(pr.world.reads).toEqual(["changedFiles", "issueLabels"]);
  });
});

describe("files that are wrong", () => {
  test.each([
    [
      "OWNERS",
      "approvers:\n- carol\nreviewers: nope: bad\n",
      3,
      "Cannot parse file: error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context.",
    ],
    [
      "a/OWNERS",
      "- carol\n",
      1,
      "Cannot parse file: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type repoowners.FullConfig.",
    ],
    [
      "a/OWNERS",
      "approvers:\n\t- carol\n",
      2,
      "Cannot parse file: error converting YAML to JSON: yaml: line 2: found character that cannot start any token.",
    ],
    [
      "a/OWNERS",
      "filters: {'.*': [carol]}\n",
      1,
      "Cannot parse file: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field FullConfig.filters of type repoowners.Config.",
    ],
    ["OWNERS", "reviewers:\n- carol\n", 1, "No approvers defined in this root directory OWNERS file."],
    ["OWNERS", "", 1, "No approvers defined in this root directory OWNERS file."],
    ["OWNERS", "approvers: carol\n", 1, "No approvers defined in this root directory OWNERS file."],
    ["a/OWNERS", "labels: [x, lgtm, approved]\n", 1, "File contains banned labels: [approved lgtm]."],
    ["a/OWNERS", "filters:\n  x:\n    labels: [lgtm]\n", 1, "File contains banned labels: [lgtm]."],
  ])("%s with %j", async (path, text, position, message) => {
    for (const action of ["opened", "synchronize"]) {
      const pr = prWith({ [path]: text });
      const said = review(pr, "1 invalid OWNERS file", [path, position, message]);
      expect(await play(pr, action)).toEqual([mark(pr), said]);
      const marked = prWith({ [path]: text }, { labels: [INVALID] });
      expect(await play(marked, action)).toEqual([
        review(marked, "1 invalid OWNERS file", [path, position, message]),
      ]);
    }
  });

  test("are all in one review, and the others are looked at all the same", async () => {
    const banned = "File contains banned labels: [lgtm].";
    const pr = prWith({
      "a/OWNERS": "labels: [lgtm]\n",
      "b/OWNERS": "approvers:\n- mallory\n",
      "c/OWNERS": "labels: [lgtm]\n",
    });
    expect(await play(pr)).toEqual([
      mark(pr),
      review(pr, "2 invalid OWNERS files", ["a/OWNERS", 1, banned], ["c/OWNERS", 1, banned]),
      distrust(pr, "- mallory", `  - ${REASON}`),
    ]);
  });

  test("in a line that was there before are spoken of at the first line", async () => {
    const text = "approvers:\n- carol\nx: y: z\n- dave\n";
    const patch = "@@ -3 +3,2 @@\n x: y: z\n+- dave";
    const pr = prWith({ OWNERS: text }, { files: [{ filename: "OWNERS", patch }] });
    const message =
      "Cannot parse file: error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context.";
    expect(await play(pr)).toEqual([mark(pr), review(pr, "1 invalid OWNERS file", ["OWNERS", 1, message])]);
  });

  test("are none once they are removed, and have other names where that is configured", async () => {
    const removed = prWith({}, { files: [{ filename: "OWNERS", status: "removed" }] });
    expect(await play(removed)).toEqual([]);
    const filenames = { acme: { owners: "REVIEWERS", owners_aliases: "GROUPS" } };
    const files = { REVIEWERS: "reviewers: []\n", OWNERS: "x: y: z\n", GROUPS: "aliases:\n  all: []\n" };
    const renamed = prWith(files, {}, { owners: { filenames } });
    expect(await play(renamed)).toEqual([
      remark(renamed, "There are empty aliases in OWNER_ALIASES, cleanup is advised."),
      mark(renamed),
      review(renamed, "1 invalid REVIEWERS file", [
        "REVIEWERS",
        1,
        "No approvers defined in this root directory REVIEWERS file.",
      ]),
    ]);
  });

  test("by labels of one's own choice", async () => {
    const owners = { labels_denylist: ["priority/x"] };
    const files = { "a/OWNERS": "labels: [lgtm]\n", "b/OWNERS": "labels: [priority/x]\n" };
    const pr = prWith(files, {}, { owners });
    const banned = "File contains banned labels: [priority/x].";
    expect(await play(pr)).toEqual([mark(pr), review(pr, "1 invalid OWNERS file", ["b/OWNERS", 1, banned])]);
  });
});

test("more than anybody would write is not read, and does not pass", async () => {
  const pr = prWith({ "a/OWNERS": "approvers:\n- carol\n", "b/OWNERS": `# ${"x".repeat(500_000)}\n` });
  const message =
    "The OWNERS files that this pull request changes hold more than 500000 characters, and not all of that is looked at.";
  expect(await play(pr)).toEqual([mark(pr), review(pr, "1 invalid OWNERS file", ["b/OWNERS", 1, message])]);
});

describe("people who are not trusted", () => {
  test("are listed with the reason, and with further files", async () => {
    const pr = prWith({
      OWNERS: "approvers:\n- carol\n- mallory\n",
      "a/OWNERS": "reviewers:\n- mallory\n- dave\n- alice1\n",
      "b/OWNERS": "reviewers:\n- mallory\napprovers:\n- mallory\n",
    });
    expect(await play(pr)).toEqual([
      mark(pr),
      distrust(pr, "- mallory", `  - ${REASON}`, "  - a/OWNERS", "  - b/OWNERS", "- alice1", `  - ${REASON}`),
    ]);
  });

  test("are listed without a line that begins in the name of a file", async () => {
    const pr = prWith({
      "a/OWNERS": "approvers:\n- mallory\n",
      "b\n/lgtm\n/OWNERS": "approvers:\n- mallory\n",
    });
    expect(await play(pr)).toEqual([
      mark(pr),
      distrust(pr, "- mallory", `  - ${REASON}`, "  - b /lgtm /OWNERS"),
    ]);
  });

  test("are listed anew in place of the last comment", async () => {
    const pr = prWith({ OWNERS: "approvers:\n- mallory\n" }, { labels: [INVALID] });
    const old = pr.addComment(BOT, `${UNTRUSTED}\n- somebody`);
    expect(await play(pr)).toEqual([
      { do: "deleteComment", repo: REPO, id: old.id },
      distrust(pr, "- mallory", `  - ${REASON}`),
    ]);
  });

  test.each([
    ["@@ -1,2 +1,3 @@\n approvers:\n - carol\n+- mallory", true],
    ["@@ -1,2 +1,3 @@\n approvers:\n+- carol\n - mallory", false],
    ["@@ -1,2 +1,3 @@\n approvers:\n+-mallory", true],
    ["@@ -1,2 +1,3 @@\n approvers:\n+  -   mallory # lead", true],
    ["@@ -1,2 +1,3 @@\n approvers:\n+- mallory1", false],
    ["@@ -1,2 +1,3 @@\n approvers:\n-- mallory", false],
    ["", false],
  ])("count when the patch adds them: %j: %s", async (patch, counts) => {
    const text = "approvers:\n- carol\n- mallory\n";
    const pr = prWith({ OWNERS: text }, { files: [{ filename: "OWNERS", patch }] });
    expect(await play(pr)).toHaveLength(counts ? 2 : 0);
  });

  test("take no time, however many a file names in a way that is no list", async () => {
    const text = `approvers: [${Array.from({ length: 20_000 }, (_, i) => `a${i}`).join(", ")}]\n`;
    const started = performance.now();
    expect(await play(prWith({ OWNERS: text }))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test("are not looked for where OWNERS files need no collaborators", async () => {
    const files = { OWNERS: "approvers:\n- mallory\n", OWNERS_ALIASES: "aliases:\n  all:\n  - mallory\n" };
    const skipped = prWith(files, {}, { owners: { skip_collaborators: ["acme/lib"] } });
    expect(await play(skipped)).toEqual([]);
    // As Prow has it, of the org alone that is not enough.
    const ofOrg = prWith(files, {}, { owners: { skip_collaborators: ["acme"] } });
    expect(await play(ofOrg)).toHaveLength(2);
  });

  test.each([
    [{ only_org_members: true }, "User is not a member of the org. "],
    [
      { trusted_org: "friends" },
      "User is not a member of the org. User is not a collaborator. User is not a member of the trusted secondary org. ",
    ],
    [
      { trusted_org: "friends", only_org_members: true },
      "User is not a member of the org. User is not a member of the trusted secondary org. ",
    ],
    [{ trusted_org: "acme" }, "User is not a member of the org. User is not a collaborator. "],
  ])("with %j: %s", async (trigger, reasons) => {
    const options = { plugins: { triggers: [{ repos: ["acme"], ...trigger }] } };
    const pr = prWith({ OWNERS: "approvers:\n- mallory\n" }, {}, options);
    const [, said] = await play(pr);
    expect((said as { body: string }).body).toContain(
      `\n- mallory\n  - ${reasons}Satisfy at least one of these conditions to make the user trusted.`,
    );
  });

  test("are told where to join", async () => {
    const join_org_url = "https://example.com/join";
    const options = { plugins: { triggers: [{ repos: ["acme/lib"], join_org_url }] } };
    const pr = prWith({ OWNERS: "approvers:\n- mallory\n" }, {}, options);
    const [, said] = await play(pr);
    expect((said as { body: string }).body).toContain(
      "as [members](https://example.com/join) of the acme org",
    );
  });

  test("are looked up a bounded number of times", async () => {
    const many = Array.from({ length: 200 }, (_, i) => `- user${i}`).join("\n");
    const pr = prWith({ OWNERS: `approvers:\n${many}\n` });
    const [, said] = await play(pr);
    expect(pr.world.reads.filter((name) => name === "isMember")).toHaveLength(51);
    const { body } = said as { body: string };
    expect(body.match(/^- user/gm)).toHaveLength(51);
    expect(body).toMatch(/\n- 149 more, who are too many to be looked up at once$/);
  });

  test("do not pass behind many who are trusted", async () => {
    const many = Array.from({ length: 60 }, (_, i) => `user${i}`);
    const text = `approvers:\n${[...many, "mallory"].map((name) => `- ${name}\n`).join("")}`;
    const pr = prWith({ OWNERS: text }, {}, { members: many });
    expect(await play(pr)).toEqual([
      mark(pr),
      distrust(pr, "- 10 more, who are too many to be looked up at once"),
    ]);
  });

  test("do not pass in a change that GitHub does not show", async () => {
    const long = { filename: "OWNERS", status: "modified", additions: 9_000 } as const;
    const pr = prWith({ OWNERS: "approvers:\n- carol\n- mallory\n" }, { files: [long] });
    expect(await play(pr)).toEqual([mark(pr), distrust(pr, "- mallory", `  - ${REASON}`)]);
    const renamed = { filename: "OWNERS", status: "renamed", additions: 0 } as const;
    expect(await play(prWith({ OWNERS: "approvers:\n- mallory\n" }, { files: [renamed] }))).toEqual([]);
  });

  test.each(["'(['", "'a.b'", "'*'", "''", "null", "'../../x'", "'a b'"])(
    "%s is no login, and hinders nobody",
    async (name) => {
      const pr = prWith({ OWNERS: `approvers:\n- ${name}\n- mallory\n` });
      expect(await play(pr)).toContainEqual(mark(pr));
    },
  );
});

describe("aliases", () => {
  const ALIASES = "aliases:\n  leads:\n  - carol\n  - mallory\n  dev:\n  - dave\n";

  test("are looked at when they change", async () => {
    const pr = prWith({ OWNERS_ALIASES: ALIASES });
    expect(await play(pr)).toEqual([mark(pr), distrust(pr, "- mallory", `  - ${REASON}`)]);
  });

  test("name nobody in the files that use them", async () => {
    const pr = prWith({ OWNERS: "approvers:\n- leads\n- carol\n", OWNERS_ALIASES: ALIASES });
    const files = pr.files.filter(({ filename }) => filename === "OWNERS");
    pr.files.splice(0, pr.files.length, ...files);
    expect(await play(pr)).toEqual([]);
  });

  test.each([
    "aliases: [leads]\n",
    "aliases:\n  leads: carol\n",
    "aliases:\n  leads:\n  - [carol]\n",
    "aliases:\n  leads:\n  - 1\n",
    "x: y: z\n",
    "- carol\n",
  ])("that can not be read are said to be invalid: %j", async (text) => {
    const said = "The content of OWNERS_ALIASES is invalid.";
    const pr = prWith({ OWNERS_ALIASES: text, OWNERS: "x: y: z\n" });
    expect(await play(pr)).toEqual([mark(pr), remark(pr, said)]);
    const marked = prWith({ OWNERS_ALIASES: text }, { labels: [INVALID] });
    expect(await play(marked)).toEqual([remark(marked, said)]);
  });

  test.each(["aliases:\n  leads:\n  dev:\n  - dave\n", "aliases:\n  leads: []\n", "aliases: {leads: {}}\n"])(
    "that are empty are spoken of: %j",
    async (text) => {
      const pr = prWith({ OWNERS_ALIASES: text });
      expect(await play(pr)).toEqual([
        remark(pr, "There are empty aliases in OWNER_ALIASES, cleanup is advised."),
      ]);
    },
  );
});

describe("the merge", () => {
  test("is what counts", async () => {
    const pr = prWith({ OWNERS: "approvers:\n- carol\n" });
    const asked: unknown[] = [];
    const merged: Context["merged"] = async (_repo, merge, paths) => {
      asked.push(merge, paths);
      return new Map([["OWNERS", "x: y: z\n"]]);
    };
    expect(await play(pr, "opened", { merged })).toHaveLength(2);
    expect(asked).toEqual([
      { baseSHA: "b".repeat(40), heads: [pr.headSHA], method: "merge" },
      ["OWNERS_ALIASES", "OWNERS"],
    ]);
  });

  test("that can not be made is left to others", async () => {
    const pr = prWith({ OWNERS: "x: y: z\n" });
    expect(await play(pr, "opened", { merged: async () => undefined })).toEqual([]);
  });

  test("that can not be read is a failure", async () => {
    const pr = prWith({ OWNERS: "x: y: z\n" });
    const merged = () => Promise.reject(new Error("no git"));
    await expect(play(pr, "opened", { merged })).rejects.toThrow("no git");
  });
});

test.each(["edited", "labeled", "closed", "unlabeled"])("nothing when it is %s", async (action) => {
  const pr = prWith({ OWNERS: "x: y: z\n" });
  expect(await play(pr, action)).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});

describe("/verify-owners", () => {
  const check = (issue: Issue, body = "/verify-owners", more = {}) =>
    issue.world.play(verifyOwners, issue.comment("mallory", body, more));

  test.each(["/verify-owners", "/Verify-Owners \r", "text\n/verify-owners\nmore"])("%j", async (body) => {
    const pr = prWith({ "a/OWNERS": "labels: [lgtm]\n" });
    const effects = await check(pr, body);
    const since = pr.comments[0]!.created_at;
    expect(effects).toMatchObject([mark(pr), { do: "createReview", since }]);
  });

  test("takes the label off when nothing is wrong any more", async () => {
    const pr = prWith({}, { labels: [INVALID] });
    expect(await check(pr)).toEqual([unmark(pr)]);
  });

  test.each(["/verify-owners please", " /verify-owners", "> /verify-owners", "/verify-owner"])(
    "%j is none",
    async (body) => {
      const pr = prWith({ OWNERS: "x: y: z\n" });
      expect(await check(pr, body)).toEqual([]);
      expect(pr.world.reads).toEqual([]);
    },
  );

  test("works on open pull requests and new comments alone", async () => {
    const broken = { OWNERS: "x: y: z\n" };
    expect(await check(world().issue())).toEqual([]);
    expect(await check(prWith(broken, { state: "closed" }))).toEqual([]);
    expect(await check(prWith(broken), "/verify-owners", { action: "edited" })).toEqual([]);
    expect(await check(prWith(broken), "/verify-owners", { action: "deleted" })).toEqual([]);
  });
});

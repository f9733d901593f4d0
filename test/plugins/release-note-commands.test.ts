// /release-note-none and /release-note-edit: who may, on what, and what is said.
import { describe, expect, test } from "vitest";
import { formatReply } from "../../src/model/reply.ts";
import { releaseNote } from "../../src/plugins/release-note.ts";
import { type Issue, type IssueOptions, world } from "./world.ts";

const NEEDED = "do-not-merge/release-note-label-needed";
const NONE = "release-note-none";
const ACTION = "release-note-action-required";

const block = (note: string) => `\`\`\`release-note\n${note}\n\`\`\``;
const prOf = (options: IssueOptions = {}) => world({ members: ["bob"] }).pr({ by: "alice", ...options });

/** The only effect is to say this. */
async function expectAnswer(pr: Issue, by: string, body: string, message: string, atPR = false) {
  const event = pr.comment(by, body);
  const said = formatReply({ login: by, body, url: atPR ? pr.url : event.htmlUrl }, message);
  expect(await pr.world.play(releaseNote, event)).toEqual([
    { do: "createComment", issue: pr.ref, body: said, marker: said, since: event.at },
  ]);
}

describe("/release-note-none", () => {
  test.each([
    ["alice", "/release-note-none", [], [NONE], []],
    ["Alice", "/release-note-none", [], [NONE], []],
    ["bob", "text\r\n/Release-Note-None \r\n", [], [NONE], []],
    ["bob", "/release-note-none\n/release-note-action-required", [], [NONE], []],
    ["bob", "/release-note-none", [NEEDED, "lgtm"], [NONE], [NEEDED]],
    ["bob", "/release-note-none", ["release-note", ACTION], [NONE], [ACTION, "release-note"]],
    ["bob", "/release-note-none", [NONE], [], []],
    ["bob", "/release-note-none", [NONE, NEEDED], [], [NEEDED]],
  ])("by %s: %j with %j: +%j -%j", async (by, body, labels, added, removed) => {
    for (const state of ["open", "closed"] as const) {
      const pr = prOf({ labels, state, body: block("NONE") });
      expect(await pr.world.play(releaseNote, pr.comment(by, body))).toEqual([
        ...(added.length > 0 ? [{ do: "addLabels", issue: pr.ref, labels: added }] : []),
        ...removed.map((label) => ({ do: "removeLabel", issue: pr.ref, label })),
      ]);
    }
  });

  test.each(["mallory", "alice[bot]", "bob1"])("by %s is refused", async (by) => {
    await expectAnswer(
      prOf(),
      by,
      "/release-note-none",
      "you can only set the release note label to release-note-none if you are the PR author or an org member.",
    );
  });

  test.each([block("Adds a thing."), block("Action required"), "**Release note**:\n```\nAdds\n```"])(
    "is refused where the description has a note: %j",
    async (body) => {
      await expectAnswer(
        prOf({ body }),
        "alice",
        "/release-note-none",
        'you can only set the release note label to release-note-none if the release-note block in the PR body text is empty or "none".',
      );
    },
  );

  test.each([[""], [block("NONE")]])("is refused for a deprecation: %j", async (body) => {
    await expectAnswer(
      prOf({ body, labels: ["kind/deprecation"] }),
      "bob",
      "/release-note-none",
      'you can not set the release note label to "release-note-none" because the PR has the label "kind/deprecation".',
    );
  });

  test("the author's membership is not asked for", async () => {
    const pr = prOf();
    await pr.world.play(releaseNote, pr.comment("alice", "/release-note-none"));
    expect(pr.world.reads).not.toContain("isMember");
  });
});

test.each(["/release-note", "/release-note-action-required", "/release-note\n/release-note-none"])(
  "%j is no more, for nobody",
  async (body) => {
    for (const by of ["alice", "mallory"]) {
      await expectAnswer(
        prOf(),
        by,
        body,
        "the `/release-note` and `/release-note-action-required` commands have been deprecated.\nPlease edit the `release-note` block in the PR body text to include the release note. If the release note requires additional action include the string `action required` in the release note. For example:\n````\n```release-note\nSome release note with action required.\n```\n````",
      );
    }
  },
);

describe("/release-note-edit", () => {
  const edit = (note: string) => `/release-note-edit\r\n\`\`\`release-note\r\n${note}\r\n\`\`\``;

  test.each([
    ["a\n```release-note\nold\n```\nb", "new", "a\n```release-note\r\nnew\r\n```\nb"],
    ["```release-note\r\nold ``` b", " new ", "```release-note\r\nnew\r\n``` b"],
    [
      "```release-note\nold\n```\n```release-note\nolder\n```",
      "new",
      "```release-note\r\nnew\r\n```\n```release-note\nolder\n```",
    ],
    [
      "**Release note**:\n<!-- x -->\n```\nold\n```",
      "new",
      "**Release note**:\n<!-- x -->\n```\r\nnew\r\n```",
    ],
    ["```release-note\nold\n```", "$& $1 `x`\r\nmore", "```release-note\r\n$& $1 `x`\r\nmore\r\n```"],
    ["```release-note\n \n```", "NONE", "```release-note\r\nNONE\r\n```"],
  ])("%j with %j becomes %j", async (body, note, expected) => {
    const pr = prOf({ body });
    expect(await pr.world.play(releaseNote, pr.comment("bob", edit(note)))).toEqual([
      { do: "editIssue", issue: pr.ref, body: expected },
    ]);
  });

  test("changes nothing where that is the note already", async () => {
    const pr = prOf({ body: "```release-note\r\nnew\r\n```" });
    expect(await pr.world.play(releaseNote, pr.comment("bob", edit("new")))).toEqual([]);
  });

  test.each(["alice", "mallory", "bob[bot]"])("by %s is refused", async (by) => {
    const pr = prOf({ body: block("old") });
    await expectAnswer(pr, by, edit("new"), "You must be an org member to edit the release note.", true);
  });

  test.each(["/release-note-edit", "/release-note-edit\n```\nnew\n```", edit(" ")])(
    "%j has no note",
    async (body) => {
      const message = "/release-note-edit must be used with a release note block.";
      await expectAnswer(prOf({ body: block("old") }), "bob", body, message);
    },
  );

  test.each(["", "words", "```release-note\nnever closed"])("%j has no place for it", async (body) => {
    const message = "/release-note-edit must be used with a single release note block.";
    await expectAnswer(prOf({ body }), "bob", edit("new"), message);
  });
});

test.each([
  ["/release-note-none please", {}],
  [" /release-note-none", {}],
  ["> /release-note-none", {}],
  ["/release-notes", {}],
  ["/release-note-none", { action: "edited" }],
  ["/release-note-none", { action: "deleted" }],
  ["/release-note-edit", { action: "edited" }],
  // Only in comments: not in the description, and not in reviews.
  ["/release-note-none", { source: "pull_request" }],
  ["/release-note-none", { source: "pull_request_review" }],
  ["/release-note-none", { source: "pull_request_review_comment" }],
] as const)("nothing for %j %j", async (body, more) => {
  const pr = prOf();
  expect(await pr.world.play(releaseNote, pr.comment("bob", body, more))).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});

test("nothing on issues", async () => {
  const issue = world({ members: ["bob"] }).issue();
  for (const body of ["/release-note-none", "/release-note", "/release-note-edit"])
    expect(await issue.world.play(releaseNote, issue.comment("bob", body))).toEqual([]);
});

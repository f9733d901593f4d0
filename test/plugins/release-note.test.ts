// Release notes of pull requests: which label a description asks for, and what the bot says and takes back.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { PullRequestEvent } from "../../src/model/event.ts";
import { formatResponse, formatSimple } from "../../src/model/reply.ts";
import { releaseNote } from "../../src/plugins/release-note.ts";
import { playWith } from "./with-reads.ts";
import { BOT, type Issue, type IssueOptions, REPO, world } from "./world.ts";

const NEEDED = "do-not-merge/release-note-label-needed";
const NONE = "release-note-none";
const ACTION = "release-note-action-required";
const NOTE = "release-note";
const DEPRECATION = "kind/deprecation";
const AT = "2026-11-23T09:00:00Z";

const LACKS = `Adding the "${NEEDED}" label because no release-note block was detected, please follow our [release note process](https://git.k8s.io/community/contributors/guide/release-notes.md) to remove it.`;
const FORBIDS = `Adding the "${NEEDED}" label and removing any existing "${NONE}" label because there is a "${DEPRECATION}" label on the PR.`;
const PARENTS =
  'All \'parent\' PRs of a cherry-pick PR must have one of the "release-note" or "release-note-action-required" labels, or this PR must follow the standard/parent release note labeling requirement.';

const block = (note: string) => `Words\n\`\`\`release-note\n${note}\n\`\`\`\nmore`;
const prOf = (body: string, labels: string[] = [], more: IssueOptions = {}) =>
  world().pr({ by: "alice", body, labels, base: "master", ...more });
const play = (pr: Issue, action = "edited", more: Partial<PullRequestEvent> = {}) =>
  pr.world.play(releaseNote, pr.event(action, more));

/** `+label`, `-label`, what is said, `delete`. */
const told = (effects: Effect[]) =>
  effects.map((effect) => {
    if (effect.do === "addLabels") return `+${effect.labels}`;
    if (effect.do === "removeLabel") return `-${effect.label}`;
    return effect.do === "deleteComment" ? `delete ${effect.id}` : effect.do;
  });
const say = (pr: Issue, body: string): Effect => ({
  ...{ do: "createComment", issue: pr.ref, body },
  ...{ marker: body, since: AT },
});

describe("the label that a description asks for", () => {
  test.each([
    [block("Adds a thing."), [], [`+${NOTE}`]],
    [block("Adds a thing."), [NOTE], []],
    [block("Adds a thing."), [NEEDED], [`+${NOTE}`, `-${NEEDED}`]],
    [block("Adds a thing."), [NONE, ACTION], [`+${NOTE}`, `-${NONE}`, `-${ACTION}`]],
    [block("Adds a thing."), [DEPRECATION], [`+${NOTE}`]],
    [block("ACTION REQUIRED: do it"), [NOTE], [`+${ACTION}`, `-${NOTE}`]],
    [block("It takes Action Required by all"), [], [`+${ACTION}`]],
    [block("None of it"), [], [`+${NOTE}`]],
    [block("NONE"), [], [`+${NONE}`]],
    [block("none"), [NEEDED], [`+${NONE}`, `-${NEEDED}`]],
    [block("\"N/A\" or 'no'"), [], [`+${NOTE}`]],
    [block(" 'No.' "), [], [`+${NONE}`]],
    [block("`None!`\r"), [], [`+${NONE}`]],
    ["```release-note\r\nAdds\r\n```", [], [`+${NOTE}`]],
    ["```release-noteAdds```", [], [`+${NOTE}`]],
    ["**Release note**:\n```\nAdds\n```", [], [`+${NOTE}`]],
    ["**Release note**:\n<!-- words -->\n```release-note\nNONE\n```", [], [`+${NONE}`]],
    ["Release note**: <!-- a -->```Adds```", [], [`+${NOTE}`]],
    [`${block("NONE")}\n${block("Adds")}`, [], [`+${NONE}`]],
    ["", [NONE], []],
    ["words", [NONE, NEEDED], [`-${NEEDED}`]],
    [block(""), [NONE], []],
  ])("%j with %j: %j", async (body, labels, expected) => {
    const pr = prOf(body, labels);
    for (const action of ["opened", "edited", "ready_for_review"])
      expect(told(await play(pr, action))).toEqual(expected);
  });
});

describe("no note", () => {
  test.each([
    ["", [], []],
    ["words", [], []],
    [block(""), [], []],
    ["```release-note\n", [], []],
    ["```\nAdds\n```", [], []],
    ["Release note:\n```\nAdds\n```", [], []],
    ["words", [NOTE], [`-${NOTE}`]],
    ["words", [NOTE, ACTION], [`-${ACTION}`, `-${NOTE}`]],
  ])("in %j with %j is asked for", async (body, labels, removed) => {
    const pr = prOf(body, labels);
    for (const action of ["opened", "edited", "ready_for_review"]) {
      const effects = await play(pr, action);
      expect(effects[0]).toEqual(say(pr, formatSimple(LACKS)));
      expect(told(effects.slice(1))).toEqual([`+${NEEDED}`, ...removed]);
    }
  });

  test("is asked for once", async () => {
    expect(await play(prOf("words", [NEEDED]))).toEqual([]);
  });

  test("is asked for with the configured guide", async () => {
    const plugins = { release_note: { guidelines_url: "https://example.com/notes" } };
    const pr = world({ plugins }).pr({ base: "master" });
    const words = LACKS.replace(/\(.*\)/, "(https://example.com/notes)");
    expect((await play(pr))[0]).toEqual(say(pr, formatSimple(words)));
  });

  test("is of no interest after the merge", async () => {
    const pr = prOf("words");
    const event = pr.event("edited");
    const merged = { ...event, pr: { ...event.pr, merged: true } };
    expect(await pr.world.play(releaseNote, merged)).toEqual([]);
  });

  test.each([
    ["", [DEPRECATION], [`+${NEEDED}`]],
    ["", [DEPRECATION, NONE], [`+${NEEDED}`, `-${NONE}`]],
    [block("NONE"), [DEPRECATION], [`+${NEEDED}`]],
    [block("no"), [DEPRECATION, NONE], [`+${NEEDED}`, `-${NONE}`]],
  ])("in %j does not do with %j", async (body, labels, changes) => {
    const pr = prOf(body, labels);
    // No command helps, either.
    pr.addComment("alice", "/release-note-none");
    const effects = await play(pr);
    expect(effects[0]).toEqual(say(pr, formatSimple(FORBIDS)));
    expect(told(effects.slice(1))).toEqual(changes);
    expect(await play(prOf(body, [DEPRECATION, NEEDED]))).toEqual([]);
  });

  test.each([
    ["mallory", "/release-note-none", true],
    ["mallory", "text\r\n/Release-Note-None \r\nmore", true],
    [BOT, "> /release-note-none", false],
    ["alice", "/release-note-none please", false],
  ])("needs none where %s has said %j: %s", async (by, body, isNone) => {
    const pr = prOf("words", [NEEDED]);
    pr.addComment(by, body);
    expect(told(await play(pr))).toEqual(isNone ? [`+${NONE}`, `-${NEEDED}`] : []);
  });
});

describe("cherry picks", () => {
  const TEXT = "Cherry pick of #10 on release-1.2.\r\nCherry pick of #11 on release-1.2.";
  const parents = (labels: Record<number, string[]>, own: string[] = []) => ({
    issueLabels: ({ number }: { number: number }) => {
      const names = number < 10 ? own : labels[number];
      return names ? names.map((name) => ({ name })) : new GitHubError(404, "Not Found");
    },
  });
  const pick = (body: string, labels: Record<number, string[]>, own: string[] = [], base = "release-1.2") => {
    const pr = prOf(body, own, { base });
    return playWith(releaseNote, pr.event("edited"), pr.world, parents(labels, own)).then((effects) => ({
      effects,
      pr,
    }));
  };

  test.each([
    [{ 10: [NOTE], 11: [ACTION] }, [], []],
    [{ 10: [NOTE], 11: ["Release-Note"] }, [], []],
    [{ 10: [NOTE], 11: [NOTE] }, [NEEDED], [`-${NEEDED}`]],
    // As Prow has it, a parent that is not there hinders nothing.
    [{ 10: [NOTE] }, [NEEDED], [`-${NEEDED}`]],
  ])("of parents with %j need no note of their own: with %j %j", async (labels, own, expected) => {
    expect(told((await pick(TEXT, labels, own)).effects)).toEqual(expected);
  });

  test.each([
    [{ 10: [NOTE], 11: [NONE] }, "#11"],
    [{ 10: [], 11: [NONE] }, "#10, #11"],
  ])("of parents with %j need one, and it is said which lack it", async (labels, numbers) => {
    const { effects, pr } = await pick(TEXT, labels);
    const reason = `The following parent PRs have neither the "release-note" nor the "release-note-action-required" labels: ${numbers}.`;
    expect(effects.slice(0, 2)).toEqual([
      say(pr, formatResponse("alice", PARENTS, reason)),
      say(pr, formatSimple(LACKS)),
    ]);
    expect(told(effects.slice(2))).toEqual([`+${NEEDED}`]);
    expect((await pick(TEXT, labels, [NEEDED])).effects).toEqual([]);
  });

  test.each([
    ["Cherry pick of #10 on release-1.2", []],
    ["Cherry pick of #10 on release-1.", []],
    ["cherry pick of #10 on release-1.2.", []],
    ["Cherry pick of 10 on release-1.2.", []],
    ["Cherry pick of #99999999999999999999 on release-1.2.", []],
  ])("%j is none", async (body) => {
    expect(told((await pick(body, { 10: [NOTE] })).effects)).toEqual(["createComment", `+${NEEDED}`]);
  });

  test("onto master are as any other change", async () => {
    const { effects } = await pick(TEXT, { 10: [NOTE], 11: [NOTE] }, [], "master");
    expect(told(effects)).toEqual(["createComment", `+${NEEDED}`]);
  });

  test("their own note counts", async () => {
    const { effects } = await pick(`${TEXT}\n${block("Fixes it")}`, { 10: [] });
    expect(told(effects)).toEqual([`+${NOTE}`]);
  });

  test("a description that names any number of parents costs few requests", async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `Cherry pick of #${i + 10} on release-1.2.`);
    const labels = Object.fromEntries(many.map((_, i) => [i + 10, [NOTE]]));
    const { pr } = await pick(many.join("\n"), labels);
    expect(pr.world.reads.length).toBeLessThan(60);
  });

  test("trouble at GitHub is a failure, to be tried again", async () => {
    const pr = prOf(TEXT, [], { base: "release-1.2" });
    const issueLabels = ({ number }: { number: number }) =>
      number < 10 ? [] : new GitHubError(502, "Bad Gateway");
    await expect(playWith(releaseNote, pr.event("edited"), pr.world, { issueLabels })).rejects.toThrow("Bad");
  });
});

describe("what the bot has said", () => {
  const said = (pr: Issue) => {
    const mine = [
      pr.addComment(BOT, formatSimple(LACKS)),
      pr.addComment(BOT, formatResponse("alice", PARENTS, "because")),
    ];
    pr.addComment("mallory", formatSimple(LACKS));
    pr.addComment(BOT, formatSimple(FORBIDS));
    pr.addComment(BOT, `@mallory: no\n\n>${LACKS}`);
    return mine.map(({ id }) => `delete ${id}`);
  };

  test.each([
    [block("Adds"), [NEEDED], [`+${NOTE}`, `-${NEEDED}`]],
    ["words", [NONE], []],
  ])("is taken back once %j with %j will do", async (body, labels, changes) => {
    const pr = prOf(body, labels);
    const deleted = said(pr);
    expect(told(await play(pr))).toEqual([...deleted, ...changes]);
  });

  test("stays as long as a note is needed", async () => {
    const pr = prOf("words", [NEEDED]);
    said(pr);
    expect(await play(pr)).toEqual([]);
  });
});

test.each([
  ["labeled", NONE, true],
  ["labeled", NEEDED, true],
  ["labeled", "lgtm", false],
  ["labeled", "Release-Note", false],
  ["unlabeled", NONE, false],
  ["synchronize", undefined, false],
  ["reopened", undefined, false],
  ["closed", undefined, false],
])("%s %s: %s", async (action, name, acts) => {
  const pr = prOf(block("Adds"));
  const effects = await play(pr, action, name ? { label: { name } } : {});
  expect(told(effects)).toEqual(acts ? [`+${NOTE}`] : []);
  if (!acts) expect(pr.world.reads).toEqual([]);
});

test("what has just been opened is not searched for comments", async () => {
  const pr = prOf("words");
  await play(pr, "opened");
  expect(pr.world.reads).toEqual(["issueLabels"]);
});

test("effects name the repository", async () => {
  const pr = prOf(block("Adds"), [NEEDED]);
  const { id } = pr.addComment(BOT, formatSimple(LACKS));
  expect((await play(pr))[0]).toEqual({ do: "deleteComment", repo: REPO, id });
});

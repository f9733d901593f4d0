// The CLA's status becomes labels: by the status itself, and by /check-cla.
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/model/event.ts";
import type { Status, StatusState } from "../../src/model/github.ts";
import { cla } from "../../src/plugins/cla.ts";
import { playWith } from "./with-reads.ts";
import { BOT, type Issue, REPO, world } from "./world.ts";

const YES = "cncf-cla: yes";
const NO = "cncf-cla: no";

const changes = (issue: Issue, yes: string[], no: string[]) => [
  ...no.map((label) => ({ do: "removeLabel", issue: issue.ref, label })),
  ...yes.map((label) => ({ do: "addLabels", issue: issue.ref, labels: [label] })),
];

const status = (sha: string, state: string, context = "EasyCLA"): Event => ({
  ...{ kind: "status", guid: "g", repo: REPO, sender: { login: "linux-foundation-easycla[bot]" } },
  ...{ sha, state, context, description: "" },
});

/** The search finds nothing the first `late` times. */
function search(issues: Issue[], late = 0) {
  const queries: string[] = [];
  const searchIssues = (query: string) => {
    queries.push(query);
    const items = queries.length > late ? issues.map((issue) => issue.pullRequest()) : [];
    return { total: items.length, items };
  };
  return { queries, searchIssues };
}

/** Plays with a look that is always fresh. */
function play(event: Event, issue: Issue, { searchIssues }: ReturnType<typeof search>) {
  const pauses: number[] = [];
  const context = issue.world.context;
  const again = () => ({ ...context.read, searchIssues: async (query: string) => searchIssues(query) });
  const clock = { now: context.clock.now, sleep: async (ms: number) => void pauses.push(ms) };
  const effects = playWith(cla, event, issue.world, {}, { again, clock });
  return effects.then((done) => ({ effects: done, pauses }));
}

describe("a status", () => {
  test.each([
    ["success", [], [YES], []],
    ["success", [NO], [YES], [NO]],
    ["success", [YES], [], []],
    ["success", [YES, NO], [], []],
    ["failure", [], [NO], []],
    ["failure", [YES], [NO], [YES]],
    ["failure", [NO], [], []],
    ["error", [], [NO], []],
    ["error", [YES], [NO], [YES]],
    ["pending", [YES], [], []],
  ])("%s with %j on it: +%j -%j", async (state, labels, yes, no) => {
    const pr = world().pr({ labels });
    const { effects } = await play(status(pr.headSHA, state), pr, search([pr]));
    expect(effects).toEqual(changes(pr, yes, no));
  });

  test("is looked up by its commit among the open pull requests of the repository", async () => {
    const pr = world().pr();
    const found = search([pr]);
    await play(status(pr.headSHA, "success"), pr, found);
    expect(found.queries).toEqual([`${pr.headSHA} repo:acme/lib type:pr state:open`]);
  });

  test.each([
    [1, [10_000], true],
    [4, [10_000, 10_000, 10_000, 10_000], true],
    [5, [10_000, 10_000, 10_000, 10_000], false],
  ])("that the search finds after %d looks in vain", async (late, pauses, found) => {
    const pr = world().pr();
    const played = await play(status(pr.headSHA, "success"), pr, search([pr], late));
    expect(played.pauses).toEqual(pauses);
    expect(played.effects).toHaveLength(found ? 1 : 0);
  });

  test("of a commit that is not the last one counts for nothing, without hindering others", async () => {
    const here = world();
    const [older, newer] = [here.pr(), here.pr()];
    const { effects } = await play(status(newer.headSHA, "success"), older, search([older, newer]));
    expect(effects).toEqual(changes(newer, [YES], []));
  });

  test.each([
    ["dco", "success"],
    ["easycla", "success"],
    ["EasyCLA", ""],
    ["EasyCLA", "pending"],
  ])("%s that is %j is not even looked up", async (context, state) => {
    const pr = world().pr();
    const found = search([pr]);
    expect((await play(status(pr.headSHA, state, context), pr, found)).effects).toEqual([]);
    expect(found.queries).toEqual([]);
  });
});

describe("/check-cla", () => {
  const easy = (state: StatusState, context = "EasyCLA"): Status => ({
    ...{ context, state, description: "", target_url: "" },
  });

  test.each([
    [[easy("success")], [], [YES], []],
    [[easy("success")], [NO], [YES], [NO]],
    [[easy("success")], [YES], [], []],
    [[easy("success")], [YES, NO], [], [NO]],
    [[easy("failure")], [], [NO], []],
    [[easy("failure")], [YES], [NO], [YES]],
    [[easy("failure")], [NO, YES], [], [YES]],
    [[easy("error")], [YES], [], []],
    [[easy("pending")], [YES], [], []],
    [[easy("success", "other"), easy("failure")], [YES], [NO], [YES]],
    [[easy("success", "easycla")], [], [], []],
    [[], [NO], [], []],
  ])("with %j and %j: +%j -%j", async (statuses, labels, yes, no) => {
    const pr = world().pr({ labels });
    pr.world.statuses.push(...statuses);
    expect(await pr.world.play(cla, pr.comment("mallory", "/check-cla"))).toEqual(changes(pr, yes, no));
  });

  test.each([
    ["text\r\n/CHECK-CLA \r\nmore", true],
    ["/check-cla now", false],
    [" /check-cla", false],
    ["> /check-cla", false],
    ["/check-clause", false],
  ])("in %j: %s", async (body, acts) => {
    const pr = world().pr();
    pr.world.statuses.push(easy("success"));
    expect(await pr.world.play(cla, pr.comment(BOT, body))).toHaveLength(acts ? 1 : 0);
  });

  test.each([
    ["issue", "open", "created"],
    ["pr", "closed", "created"],
    ["pr", "open", "edited"],
    ["pr", "open", "deleted"],
  ] as const)("does nothing on an %s that is %s when it is %s", async (kind, state, action) => {
    const issue = world()[kind]({ state });
    expect(await issue.world.play(cla, issue.comment("bob", "/check-cla", { action }))).toEqual([]);
    expect(issue.world.reads).toEqual([]);
  });
});

// Labels that must be there: when their absence is marked, and when the mark goes.
import { describe, expect, test } from "vitest";
import type { Event, IssueEvent } from "../../src/model/event.ts";
import { formatSimple } from "../../src/model/reply.ts";
import { requireMatchingLabel } from "../../src/plugins/require-matching-label.ts";
import { BOT, type Issue, type IssueOptions, REPO, world } from "./world.ts";

const ISSUES = { org: "acme", repo: "lib", issues: true, regexp: "^kind/", missing_label: "needs-kind" };
const PRS = { org: "acme", prs: true, regexp: "^(sig|wg)/", missing_label: "needs-sig" };
const COMMENT = "Please add a kind.\n> as ever\nThanks.";
const AT = "2026-11-23T09:00:00Z";

const here = (...entries: object[]) => world({ plugins: { require_matching_label: entries } });

function issueEvent(issue: Issue, action: string, label?: string): IssueEvent {
  const { author: login, labels, number, url: htmlUrl } = issue;
  return {
    ...{ kind: "issue", guid: "g", repo: REPO, sender: { login }, at: AT, action, number, title: "t" },
    ...{ body: "", state: "open", author: { login }, labels: [...labels].map((name) => ({ name })), htmlUrl },
    ...(label !== undefined && { label: { name: label } }),
  };
}

const eventOf = (issue: Issue, action: string, label?: string): Event =>
  issue.isPR
    ? issue.event(action, label === undefined ? {} : { label: { name: label } })
    : issueEvent(issue, action, label);

const mark = (issue: Issue, label: string) => ({ do: "addLabels", issue: issue.ref, labels: [label] });
const unmark = (issue: Issue, label: string) => ({ do: "removeLabel", issue: issue.ref, label });

describe("an issue", () => {
  test.each([
    ["opened", undefined, [], "mark"],
    ["reopened", undefined, ["priority/x"], "mark"],
    ["opened", undefined, ["kind/bug"], "nothing"],
    ["opened", undefined, ["needs-kind"], "nothing"],
    ["opened", undefined, ["my-kind/bug"], "mark"],
    ["opened", undefined, ["kind/bug", "needs-kind"], "unmark"],
    ["labeled", "kind/bug", ["kind/bug", "needs-kind"], "unmark"],
    ["labeled", "kind/bug", ["kind/bug"], "nothing"],
    ["unlabeled", "kind/bug", [], "mark"],
    ["unlabeled", "kind/bug", ["kind/feature"], "nothing"],
    // Labels that the pattern does not match are none of its business.
    ["labeled", "priority/x", ["priority/x"], "nothing"],
    ["unlabeled", "needs-kind", [], "nothing"],
    ["edited", undefined, [], "nothing"],
    ["closed", undefined, [], "nothing"],
    ["assigned", undefined, [], "nothing"],
  ])("that is %s (%s) with %j on it: %s", async (action, label, labels, outcome) => {
    const issue = here(ISSUES).issue({ labels });
    const outcomes = {
      mark: [mark(issue, "needs-kind")],
      unmark: [unmark(issue, "needs-kind")],
      nothing: [],
    };
    expect(await issue.world.play(requireMatchingLabel, eventOf(issue, action, label))).toEqual(
      outcomes[outcome as keyof typeof outcomes],
    );
  });

  test("that does not concern any entry costs neither time nor a request", async () => {
    const issue = here(ISSUES).issue();
    await issue.world.play(requireMatchingLabel, eventOf(issue, "labeled", "priority/x"));
    expect(issue.world.reads).toEqual([]);
  });
});

describe("which entries apply", () => {
  test.each([
    [ISSUES, "issue", "main", true],
    [ISSUES, "pr", "main", false],
    [PRS, "issue", "main", false],
    [PRS, "pr", "main", true],
    [{ ...PRS, issues: true }, "issue", "main", true],
    [{ ...PRS, branch: "dev" }, "pr", "dev", true],
    [{ ...PRS, branch: "dev" }, "pr", "main", false],
    [{ ...PRS, branch: "dev", issues: true }, "issue", "main", true],
    [{ ...PRS, repo: "lib" }, "pr", "main", true],
    [{ ...PRS, repo: "other" }, "pr", "main", false],
    [{ ...PRS, org: "Acme" }, "pr", "main", false],
    [{ ...PRS, org: "other" }, "pr", "main", false],
  ] as const)("%j to %s (%s): %s", async (entry, kind, base, applies) => {
    const issue = here(entry)[kind]({ base });
    const effects = await issue.world.play(requireMatchingLabel, eventOf(issue, "opened"));
    expect(effects).toEqual(applies ? [mark(issue, entry.missing_label)] : []);
  });

  test("are all that fit, one after the other", async () => {
    const area = { ...PRS, regexp: "^area/", missing_label: "needs-area" };
    const pr = here(PRS, area, ISSUES).pr({ labels: ["sig/node", "needs-sig"] });
    expect(await pr.world.play(requireMatchingLabel, eventOf(pr, "opened"))).toEqual([
      unmark(pr, "needs-sig"),
      mark(pr, "needs-area"),
    ]);
  });
});

describe("the comment", () => {
  const commented = (options: IssueOptions = {}) =>
    here({ ...ISSUES, missing_comment: COMMENT }).issue(options);

  test("is said when the label is set, once for each event", async () => {
    const issue = commented();
    const body = formatSimple(COMMENT);
    expect(await issue.world.play(requireMatchingLabel, eventOf(issue, "opened"))).toEqual([
      { do: "createComment", issue: issue.ref, body, marker: body, since: AT },
      mark(issue, "needs-kind"),
    ]);
  });

  test("is taken back with it, if it is the bot's own", async () => {
    const issue = commented({ labels: ["kind/bug", "needs-kind"] });
    const mine = issue.addComment(BOT, formatSimple(COMMENT).replaceAll("\n", "\r\n"));
    issue.addComment("mallory", formatSimple(COMMENT));
    issue.addComment(BOT, "something else");
    expect(await issue.world.play(requireMatchingLabel, eventOf(issue, "labeled", "kind/bug"))).toEqual([
      { do: "deleteComment", repo: REPO, id: mine.id },
      unmark(issue, "needs-kind"),
    ]);
  });
});

describe("the grace period", () => {
  /** Others set `meanwhile` while the plugin waits. */
  async function play(issue: Issue, event: Event, meanwhile: string[] = []) {
    const pauses: number[] = [];
    const { context } = issue.world;
    const read = { ...context.read, issueLabels: async () => [] };
    const sleep = async (ms: number) => {
      pauses.push(ms);
      for (const name of meanwhile) issue.setLabel(name, "bob");
    };
    const clock = { now: context.clock.now, sleep };
    const effects = await requireMatchingLabel.handle(event, { ...context, read, clock });
    return { effects, pauses };
  }

  test("is the longest of those that apply, 5 s by default", async () => {
    const of = (grace_period: string) => ({ ...ISSUES, grace_period });
    const pause = async (...entries: object[]) => {
      const issue = here(...entries).issue();
      return (await play(issue, eventOf(issue, "opened"))).pauses;
    };
    expect(await pause(ISSUES)).toEqual([5_000]);
    expect(await pause(of("1ms"))).toEqual([1]);
    expect(await pause(of("1s"), of("2m"), { ...PRS, grace_period: "1h" })).toEqual([120_000]);
  });

  test("is over before anybody looks", async () => {
    const issue = here(ISSUES).issue();
    expect((await play(issue, eventOf(issue, "opened"), ["kind/bug"])).effects).toEqual([]);
  });

  test("is not for labels", async () => {
    const issue = here(ISSUES).issue();
    expect(await play(issue, eventOf(issue, "unlabeled", "kind/bug"))).toEqual({
      effects: [mark(issue, "needs-kind")],
      pauses: [],
    });
  });

  test("is for /check-required-labels", async () => {
    const issue = here(ISSUES).issue();
    expect(await play(issue, issue.comment("mallory", "/check-required-labels"))).toEqual({
      effects: [mark(issue, "needs-kind")],
      pauses: [5_000],
    });
  });
});

describe("/check-required-labels", () => {
  test.each([
    ["/check-required-labels", true],
    ["text\r\n/Check-Required-Labels \r\nmore", true],
    ["/check-required-labels please", false],
    [" /check-required-labels", false],
    ["> /check-required-labels", false],
    ["/check-required-label", false],
  ])("in %j: %s", async (body, acts) => {
    const pr = here(PRS).pr();
    const effects = await pr.world.play(requireMatchingLabel, pr.comment(BOT, body));
    expect(effects).toEqual(acts ? [mark(pr, "needs-sig")] : []);
  });

  test("looks at the base that a pull request has now", async () => {
    const pr = here({ ...PRS, branch: "dev" }).pr({ base: "dev" });
    const effects = await pr.world.play(requireMatchingLabel, pr.comment("bob", "/check-required-labels"));
    expect(effects).toEqual([mark(pr, "needs-sig")]);
  });

  test.each([
    ["closed", "created"],
    ["open", "edited"],
    ["open", "deleted"],
  ] as const)("does nothing on what is %s when it is %s", async (state, action) => {
    const issue = here(ISSUES).issue({ state });
    const event = issue.comment("bob", "/check-required-labels", { action });
    expect(await issue.world.play(requireMatchingLabel, event)).toEqual([]);
    expect(issue.world.reads).toEqual([]);
  });
});

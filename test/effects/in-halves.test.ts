// Effects that do something and tell of it: when only the telling has to wait, what is done is not done again.
import { describe, expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import type { CherryPicks } from "../../src/git/port.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import { within } from "../../src/lib/cause.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { CherryPick } from "../../src/model/cherry-pick.ts";
import type { Effect } from "../../src/model/effect.ts";

const issue = { org: "acme", repo: "tool", number: 7 };
const noBudget = () => new GitHubError(429, "the budget is used up", { budgetUntil: Date.now() + 1_000 });

/** A GitHub that refuses each login and takes no comment while `fails` has something to say. */
function github(fails: Error[]) {
  const asked: string[] = [];
  const comments: { body: string; user: { login: string } }[] = [];
  const ask =
    <T>(what: string, answer?: T) =>
    async () => {
      asked.push(what);
      return answer;
    };
  const port = {
    read: {
      botLogin: async () => "robot[bot]",
      comments: async () => comments,
      branchSHA: async () => "sha",
      pullRequestsFrom: async () => [{ number: 8, html_url: "u" }],
    },
    write: {
      assign: ask("assign", []),
      requestReviews: ask("requestReviews", ["mallory"]),
      editIssue: ask("editIssue"),
      pinIssue: ask("pinIssue"),
      addLabels: ask("addLabels"),
      createComment: async (_: unknown, body: string) => {
        const failure = fails.shift();
        if (failure) throw failure;
        comments.push({ body, user: { login: "robot[bot]" } });
      },
    },
  } as unknown as GitHub;
  const apply = applier({ github: port, git: {} as CherryPicks, clock: systemClock, log: silent });
  return {
    asked,
    comments,
    /** As an attempt at a delivery does. */
    attempt: (guid: string, effect: Effect) => within({ guid, plugin: "p" }, () => apply([effect])),
  };
}

const assign: Effect = { do: "assign", issue, logins: ["mallory"], reply: "not {logins}" };
const pick: CherryPick = {
  ...{ pr: issue, onto: "v1", commits: [], title: "t", body: "b", requester: "bob" },
  ...{ labels: [], assign: true, issueOnConflict: false },
};

describe("when GitHub's budget ends between what is done and what is said of it", () => {
  it.each<[string, string, Effect]>([
    ["an assignment", "assign", assign],
    ["a review", "requestReviews", { ...assign, do: "requestReviews" }],
    ["a change of state", "editIssue", { do: "setState", issue, state: "closed", done: "Closed." }],
    ["a pin", "pinIssue", { do: "pinIssue", issue, id: "I", pinned: true, done: "Pinned.", refused: "no" }],
    ["the assignment of a cherry-pick", "assign", { do: "cherryPick", picks: [pick] }],
  ])("%s is asked for once", async (_, what, effect) => {
    const { asked, attempt, comments } = github([noBudget(), noBudget()]);
    await expect(attempt("g", effect)).rejects.toThrow("used up");
    await expect(attempt("g", effect)).rejects.toThrow("used up");
    await attempt("g", effect);
    expect(asked).toEqual([what]);
    expect(comments).toHaveLength(1);
  });

  it("another delivery asks for itself", async () => {
    const { asked, attempt } = github([noBudget()]);
    await expect(attempt("g", assign)).rejects.toThrow("used up");
    await attempt("h", assign);
    expect(asked).toEqual(["assign", "assign"]);
  });

  it("somebody else is asked for, though the same delivery asked for the first one", async () => {
    const { asked, attempt } = github([noBudget()]);
    await expect(attempt("g", assign)).rejects.toThrow("used up");
    await attempt("g", { ...assign, logins: ["eve"] });
    expect(asked).toEqual(["assign", "assign"]);
  });
});

it("what is over, or fails for good, is done whole when somebody has the delivery worked on again", async () => {
  const { asked, attempt } = github([new GitHubError(403, "the conversation is locked")]);
  await expect(attempt("g", assign)).rejects.toThrow("locked");
  await attempt("g", assign);
  await attempt("g", assign);
  expect(asked).toEqual(["assign", "assign", "assign"]);
});

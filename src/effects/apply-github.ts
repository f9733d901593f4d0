// Effects on GitHub, each safe to repeat.
import { GitHubError } from "../github/error.ts";
import type { GitHub } from "../github/port.ts";
import { within } from "../lib/cause.ts";
import { isBot } from "../model/bot.ts";
import { type GitHubEffect, isCommitEffect } from "../model/effect.ts";
import { normaliseLogin } from "../model/github.ts";
import { sameText } from "../model/same-text.ts";
import { applyCommit } from "./apply-commit.ts";
import { comment, isOlder, keepComment } from "./comment.ts";
import type { GitHubTools } from "./github-tools.ts";
import { pinIssue, transferIssue } from "./issue-place.ts";
import { mergeInOrder } from "./merge-in-order.ts";
import { printEffect } from "./print.ts";

export async function applyGitHub(effect: GitHubEffect, tools: GitHubTools): Promise<void> {
  if (isCommitEffect(effect)) return within({ verdict: true }, () => applyCommit(effect, tools));
  const { write } = tools.github;
  switch (effect.do) {
    case "addLabels":
      return effect.labels.length > 0 ? write.addLabels(effect.issue, effect.labels) : undefined;
    case "removeLabel":
      return write.removeLabel(effect.issue, effect.label);
    case "createComment":
      return comment(tools.github, effect.issue, effect.body, effect.marker, effect);
    case "editComment":
      return write.editComment(effect.repo, effect.id, effect.body);
    case "deleteComment":
      return write.deleteComment(effect.repo, effect.id);
    case "keepComment":
      return keepComment(tools.github, effect);
    case "pinIssue":
      return pinIssue(tools, effect);
    case "transferIssue":
      return transferIssue(tools, effect);
    case "assign":
      return askFor(effect, tools, () => assign(effect, tools.github));
    case "unassign":
      return write.unassign(effect.issue, effect.logins);
    case "requestReviews":
      return askFor(effect, tools, () => write.requestReviews(effect.issue, effect.logins));
    case "unrequestReviews":
      return write.unrequestReviews(effect.issue, effect.logins);
    case "createReview":
      return review(tools.github, effect);
    case "setState":
      return setState(tools, effect);
    case "editIssue": {
      const { title, body } = effect;
      return write.editIssue(effect.issue, {
        ...(title !== undefined && { title }),
        ...(body !== undefined && { body }),
      });
    }
    case "setMilestone":
      return write.editIssue(effect.issue, { milestone: effect.milestone });
    case "react": {
      const { issue, commentId, reaction } = effect;
      return commentId === undefined
        ? write.react(issue, reaction)
        : write.reactToComment(issue, commentId, reaction);
    }
    case "deleteBranch":
      return write.deleteBranch(effect.repo, effect.branch);
    case "mergeInOrder":
      return within({ verdict: true }, () => mergeInOrder(effect, tools));
    default:
      effect satisfies never;
  }
}

/** Tells who was refused, whom `ask` brings. Such a reply quotes the comment that it answers, so its text is its marker. */
function askFor(
  effect: Extract<GitHubEffect, { do: "assign" | "requestReviews" }>,
  { github, inHalves }: GitHubTools,
  ask: () => Promise<string[]>,
): Promise<void> {
  const { issue, reply } = effect;
  return inHalves(printEffect(effect), ask, async (refused) => {
    if (refused.length === 0 || !reply) return;
    const body = reply.replace("{logins}", () => refused.join(", "));
    await comment(github, issue, body, body.trim());
  });
}

/** Returns who could not be. */
async function assign(
  { issue, logins }: Extract<GitHubEffect, { do: "assign" }>,
  { write }: GitHub,
): Promise<string[]> {
  const now = new Set((await write.assign(issue, logins)).map(({ login }) => normaliseLogin(login)));
  return logins.filter((login) => !now.has(normaliseLogin(login)));
}

/** Reviews can not be deleted: one too many would stay. */
async function review(
  github: GitHub,
  { pr, review, since = "" }: Extract<GitHubEffect, { do: "createReview" }>,
): Promise<void> {
  const bot = await github.read.botLogin();
  const { body, commit_id: sha } = review;
  const earlier = (await github.read.reviews(pr)).some(
    (found) =>
      isBot(bot, found.user.login) &&
      (sha === undefined || found.commit_id === sha) &&
      !isOlder(found.submitted_at, since) &&
      sameText(found.body ?? "", body),
  );
  if (!earlier) await github.write.createReview(pr, review);
}

function setState(
  { github, inHalves }: GitHubTools,
  effect: Extract<GitHubEffect, { do: "setState" }>,
): Promise<void> {
  const { issue, state, notPlanned, done, refused } = effect;
  const edit = { state, ...(notPlanned && { state_reason: "not_planned" as const }) };
  return inHalves(
    printEffect(effect),
    async () => {
      try {
        await github.write.editIssue(issue, edit);
        return done;
      } catch (error) {
        const reason = error instanceof GitHubError ? error.details.find(saysUnchangeable) : undefined;
        if (refused === undefined || reason === undefined) throw error;
        return refused.replace("{reason}", () => reason);
      }
    },
    (body) => comment(github, issue, body, body.trim()),
  );
}

const saysUnchangeable = (detail: string): boolean => detail.includes("state cannot be changed.");

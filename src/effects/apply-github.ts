// Effects on GitHub, each safe to repeat.
import { GitHubError } from "../github/error.ts";
import type { GitHub } from "../github/port.ts";
import { isBot } from "../model/bot.ts";
import { type GitHubEffect, isCommitEffect } from "../model/effect.ts";
import { type IssueRef, normaliseLogin } from "../model/github.ts";
import { sameText } from "../model/same-text.ts";
import { applyCommit } from "./apply-commit.ts";
import { comment, isOlder, keepComment } from "./comment.ts";
import { pinIssue, transferIssue } from "./issue-place.ts";
import { type GitHubTools, mergeInOrder } from "./merge-in-order.ts";

export async function applyGitHub(effect: GitHubEffect, tools: GitHubTools): Promise<void> {
  if (isCommitEffect(effect)) return applyCommit(effect, tools);
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
    case "assign": {
      const now = new Set(
        (await write.assign(effect.issue, effect.logins)).map((u) => normaliseLogin(u.login)),
      );
      const refused = effect.logins.filter((login) => !now.has(normaliseLogin(login)));
      return reply(tools.github, effect.issue, refused, effect.reply);
    }
    case "unassign":
      return write.unassign(effect.issue, effect.logins);
    case "requestReviews":
      return reply(
        tools.github,
        effect.issue,
        await write.requestReviews(effect.issue, effect.logins),
        effect.reply,
      );
    case "unrequestReviews":
      return write.unrequestReviews(effect.issue, effect.logins);
    case "createReview":
      return review(tools.github, effect);
    case "setState":
      return setState(tools.github, effect);
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
      return mergeInOrder(effect, tools);
    default:
      effect satisfies never;
  }
}

/** Tells who could not be assigned. Such a reply quotes the comment that it answers, so its text is its marker. */
async function reply(github: GitHub, issue: IssueRef, refused: string[], template?: string): Promise<void> {
  if (refused.length === 0 || !template) return;
  const body = template.replace("{logins}", () => refused.join(", "));
  await comment(github, issue, body, body.trim());
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

async function setState(
  github: GitHub,
  { issue, state, notPlanned, done, refused }: Extract<GitHubEffect, { do: "setState" }>,
): Promise<void> {
  const edit = { state, ...(notPlanned && { state_reason: "not_planned" as const }) };
  let body = done;
  try {
    await github.write.editIssue(issue, edit);
  } catch (error) {
    const reason = error instanceof GitHubError ? error.details.find(saysUnchangeable) : undefined;
    if (refused === undefined || reason === undefined) throw error;
    body = refused.replace("{reason}", () => reason);
  }
  await comment(github, issue, body, body.trim());
}

const saysUnchangeable = (detail: string): boolean => detail.includes("state cannot be changed.");

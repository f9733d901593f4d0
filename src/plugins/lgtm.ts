// /lgtm: a reviewer finds the change good; new commits take that back.
import { isBot } from "../model/bot.ts";
import { command } from "../model/commands.ts";
import type { CommentEvent, PullRequestEvent, ReviewEvent } from "../model/event.ts";
import type { User } from "../model/github.ts";
import { quoted } from "./event-issue.ts";
import { changeLGTM, type Request } from "./lgtm/change.ts";
import { ADD } from "./lgtm/given-since.ts";
import { onNewCommits } from "./lgtm/new-commits.ts";
import { type LGTMOptions, lgtmFor, lgtmSection } from "./lgtm/options.ts";
import type { Context, Plugin } from "./plugin.ts";

const CANCEL = command("(?mi)^/(remove-lgtm|lgtm cancel)\\s*$");

export const lgtm: Plugin = {
  name: "lgtm",
  on: ["comment", "review", "pull_request"],
  sections: [lgtmSection],
  description:
    "The lgtm plugin manages the application and removal of the 'lgtm' (Looks Good To Me) label which is typically used to gate merging.",
  commands: [
    {
      usage: "/[remove-]lgtm [cancel] or GitHub Review action",
      description: "Adds or removes the 'lgtm' label which is typically used to gate merging.",
      featured: true,
      whoCanUse: "Collaborators on the repository. '/lgtm cancel' can be used additionally by the PR author.",
      examples: [
        "/lgtm",
        "/lgtm cancel",
        "/remove-lgtm",
        "<a href=\"https://help.github.com/articles/about-pull-request-reviews/\">'Approve' or 'Request Changes'</a>",
      ],
    },
  ],
  explain(plugins, repo) {
    const options = lgtmFor(plugins, repo);
    const lines = [
      options.review_acts_as_lgtm &&
        'Reviews of "approve" or "request changes" act as adding or removing LGTM.',
      options.store_tree_hash && "Squashing commits does not remove LGTM.",
      options.trusted_team_for_sticky_lgtm &&
        `Commits from "${options.trusted_team_for_sticky_lgtm}" do not remove LGTM.`,
    ].filter(Boolean);
    if (lines.length === 0) return "";
    const items = lines.map((line) => `<li>${line}</li>`);
    return ["The plugin has the following configuration:<ul>", ...items, "</ul>"].join("\n");
  },
  async handle(event, context) {
    const options = lgtmFor(context.plugins, event.repo);
    switch (event.kind) {
      case "comment":
        return onComment(event, options, context);
      case "review":
        return onReview(event, options, context);
      case "pull_request":
        return onPullRequest(event, options, context);
      default:
        return [];
    }
  },
};

async function onComment(event: CommentEvent, options: LGTMOptions, context: Context) {
  const { author, body, issue, number, repo } = event;
  if (event.action !== "created" || !event.isPR || issue.state !== "open") return [];
  const add = ADD.test(body);
  if (!add && !CANCEL.test(body)) return [];
  const request: Request = {
    pr: { ...repo, number },
    add,
    reviewer: author.login,
    author: issue.author.login,
    assignees: logins(issue.assignees),
    at: event.createdAt,
    quoted: quoted(event),
  };
  return changeLGTM(request, options, context);
}

/** A review whose text holds the command is handled as a comment. Apps can not be collaborators. */
async function onReview(event: ReviewEvent, options: LGTMOptions, context: Context) {
  const { pr, repo, review } = event;
  const body = review.body ?? "";
  if (!options.review_acts_as_lgtm || event.action !== "submitted") return [];
  if (isBot(context.bot, review.user.login) || review.user.type === "Bot") return [];
  if (ADD.test(body) || CANCEL.test(body)) return [];
  const state = review.state.toUpperCase();
  if (state !== "APPROVED" && state !== "CHANGES_REQUESTED") return [];
  const request: Request = {
    pr: { ...repo, number: pr.number },
    add: state === "APPROVED",
    reviewer: review.user.login,
    author: pr.user.login,
    assignees: logins(pr.assignees),
    at: review.submitted_at,
    quoted: { login: review.user.login, body, url: review.html_url },
  };
  return changeLGTM(request, options, context);
}

async function onPullRequest(event: PullRequestEvent, options: LGTMOptions, context: Context) {
  if (event.action !== "synchronize" || event.pr.merged) return [];
  return onNewCommits(event, logins(event.pr.assignees), options, context);
}

const logins = (users: readonly User[]): string[] => users.map(({ login }) => login);

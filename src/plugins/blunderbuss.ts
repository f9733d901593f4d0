// Asks reviewers at random.
import { regex } from "../lib/re2.ts";
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent, PullRequestEvent, StatusEvent } from "../model/event.ts";
import { normaliseLogin, type PullRequest, type RepoRef, repoName } from "../model/github.ts";
import {
  approversOf,
  pickReviewers,
  requiredReviewers,
  reviewersOf,
  takeRandom,
} from "../owners/pick-reviewers.ts";
import { CC } from "./cc-command.ts";
import { commentIssue, prRef } from "./event-issue.ts";
import { ownersOf } from "./owners-of.ts";
import type { Context, Plugin } from "./plugin.ts";
import { type ReviewersOptions, reviewersSection, reviewersSummary } from "./reviewers.ts";

const AUTO_CC = command("(?mi)^/auto-cc\\s*$");

const blunderbussSection = reviewersSection("blunderbuss");

export const blunderbuss: Plugin = {
  name: "blunderbuss",
  on: ["pull_request", "status", "comment"],
  sections: [blunderbussSection],
  description:
    "The blunderbuss plugin automatically requests reviews from reviewers when a new PR is created. The reviewers are selected randomly from the OWNERS files that apply to the files modified by the PR.",
  commands: [
    {
      usage: "/auto-cc",
      description:
        "Manually request reviews from reviewers for a PR. Useful if OWNERS file were updated since the PR was opened.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/auto-cc"],
    },
  ],
  explainAll: (plugins) => reviewersSummary("blunderbuss", plugins.get(blunderbussSection)),
  async handle(event, context) {
    const options = context.plugins.get(blunderbussSection);
    switch (event.kind) {
      case "pull_request":
        return onPullRequest(event, options, context);
      case "comment":
        return onComment(event, options, context);
      case "status":
        return onStatus(event, options, context);
      default:
        return [];
    }
  },
};

async function onPullRequest(
  { action, pr, repo }: PullRequestEvent,
  options: ReviewersOptions,
  context: Context,
) {
  if (action !== "opened" && action !== "ready_for_review") return [];
  if (options.wait_for_status || CC.test(pr.body ?? "") || isLeftAlone(pr, options)) return [];
  return request(repo, pr, options, context);
}

async function onComment(event: CommentEvent, options: ReviewersOptions, context: Context) {
  if (event.action !== "created" || !event.isPR || event.issue.state === "closed") return [];
  if (!AUTO_CC.test(event.body)) return [];
  return request(event.repo, await context.read.pullRequest(commentIssue(event)), options, context);
}

/** The status that is waited for, tide's by default, says that nothing is missing but a review. */
async function onStatus(event: StatusEvent, options: ReviewersOptions, context: Context) {
  const { context: name, description, repo, sha, state } = event;
  const wanted = options.wait_for_status;
  if (!wanted || name !== wanted.context || state !== wanted.state || description === "") return [];
  if (!regex(wanted.description).test(description)) return [];
  const { items } = await context.read.searchIssues(`${sha} repo:${repoName(repo)} type:pr state:open`);
  const effects: Effect[] = [];
  for (const { number } of items) {
    try {
      const pr = await context.read.pullRequest({ ...repo, number });
      // Later pushes have statuses of their own; and who is asked once is not asked again.
      if (pr.head.sha !== sha || pr.requested_reviewers.length > 0 || isLeftAlone(pr, options)) continue;
      effects.push(...(await request(repo, pr, options, context)));
    } catch (error) {
      context.log.warn({ error, pr: number }, "Error processing event from commit status update");
    }
  }
  return effects;
}

const isLeftAlone = (
  { draft, user }: PullRequest,
  { ignore_authors: authors = [], ignore_drafts }: ReviewersOptions,
): boolean => Boolean(draft && ignore_drafts) || authors.includes(user.login);

async function request(
  repo: RepoRef,
  pr: PullRequest,
  options: ReviewersOptions,
  context: Context,
): Promise<Effect[]> {
  const { exclude_approvers, max_request_count: most = 0, request_count: count } = options;
  const issue = prRef(repo, pr);
  const paths = (await context.read.changedFiles(issue)).map(({ filename }) => filename);
  const owners = await ownersOf(repo, pr.base.ref, paths, context);
  const wanted = { paths, author: normaliseLogin(pr.user.login), count };
  const pick = picker(repo.org, options, context);
  const reviewers = await pickReviewers(reviewersOf(owners), wanted, pick);
  const others =
    reviewers.length < count && !exclude_approvers
      ? await pickReviewers(approversOf(owners), wanted, pick)
      : [];
  const all = [...new Set([...reviewers, ...others])];
  const asked = [...(most > 0 ? all.slice(0, most) : all), ...requiredReviewers(owners, paths)];
  const logins = [...new Set(asked)];
  return logins.length > 0 ? [{ do: "requestReviews", issue, logins }] : [];
}

/** At random; where the configuration says so, whoever says on GitHub to be busy is passed over. */
function picker(org: string, { use_status_availability: ask }: ReviewersOptions, context: Context) {
  const busy = new Set<string>();
  return async (candidates: Set<string>[]): Promise<string | undefined> => {
    for (;;) {
      const login = takeRandom(candidates, context.random);
      if (login === undefined || !ask) return login;
      if (busy.has(login)) continue;
      if (!(await isBusy(login, org, context))) return login;
      busy.add(login);
    }
  };
}

const AVAILABILITY =
  "query($user: String!) { user(login: $user) { status { indicatesLimitedAvailability } } }";

interface Availability {
  user: { status: { indicatesLimitedAvailability: boolean } | null } | null;
}

/** When that can not be found out, nobody counts as busy. */
async function isBusy(login: string, org: string, { log, read }: Context): Promise<boolean> {
  try {
    const { user } = await read.graphql<Availability>(AVAILABILITY, { user: login }, org);
    return user?.status?.indicatesLimitedAvailability ?? false;
  } catch (error) {
    log.error({ error, user: login }, "Error checking user availability");
    return false;
  }
}

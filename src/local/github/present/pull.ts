// Pull requests, reviews and review comments as the API shows them.
import { association } from "../access.ts";
import { commitsOf, filesOf, trialMerge } from "../git/pull-data.ts";
import type { Repo, Review, ReviewComment } from "../records.ts";
import { findTeam, issueKey, type PullRequest, repoNamed, repoOf, type World } from "../world.ts";
import { nodeId, restTeam, team, user } from "./account.ts";
import { issueUrl, reactions, sharedFields } from "./issue.ts";
import { mergeableState } from "./mergeable-state.ts";
import { mergeSettings, repoPage, repository, repoUrl } from "./repository.ts";

const pullUrl = (world: World, repo: Repo, number: number): string =>
  `${repoUrl(world, repo)}/pulls/${number}`;

function side(world: World, repo: Repo | undefined, owner: string, ref: string, sha: string) {
  return {
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: user(world, owner),
    repo: repo ? { ...repository(world, repo), ...mergeSettings(repo) } : null,
  };
}

function addresses(world: World, repo: Repo, pr: PullRequest) {
  const url = pullUrl(world, repo, pr.number);
  const page = `${repoPage(world, repo)}/pull/${pr.number}`;
  const issue = issueUrl(world, repo, pr);
  const urls = {
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repoUrl(world, repo)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${repoUrl(world, repo)}/statuses/${pr.pull.head_sha}`,
  };
  const _links = {
    self: { href: urls.url },
    html: { href: urls.html_url },
    issue: { href: urls.issue_url },
    comments: { href: urls.comments_url },
    review_comments: { href: urls.review_comments_url },
    review_comment: { href: urls.review_comment_url },
    commits: { href: urls.commits_url },
    statuses: { href: urls.statuses_url },
  };
  return { ...urls, _links };
}

/** As lists show it: without what takes git to compute. */
export function listedPull(world: World, pr: PullRequest) {
  const repo = repoOf(world, pr);
  const { pull } = pr;
  const headRepo = pull.head_repo ? repoNamed(world, pull.head_repo) : undefined;
  const teams = pull.requested_teams.flatMap((slug) => findTeam(world, repo.owner, slug) ?? []);
  return {
    id: pr.id,
    node_id: nodeId("PullRequest", pr.id),
    ...addresses(world, repo, pr),
    ...sharedFields(world, repo, pr),
    merged_at: pull.merged_at,
    merge_commit_sha: pull.merge_commit_sha ?? pull.trial?.commit ?? null,
    requested_reviewers: pull.requested_reviewers.map((login) => user(world, login)),
    requested_teams: teams.map((found) => ({ ...team(world, found), parent: null })),
    head: side(world, headRepo, pull.head_repo?.split("/")[0] ?? pr.user, pull.head, pull.head_sha),
    base: side(world, repo, repo.owner, pull.base, pull.base_sha),
    auto_merge: null,
    draft: pull.draft,
  };
}

export async function pullRequest(world: World, pr: PullRequest) {
  const open = pr.state === "open";
  const trial = open ? await trialMerge(world, pr) : undefined;
  const files = await filesOf(world, pr);
  const commits = await commitsOf(world, pr);
  const mergeable = trial ? trial.commit !== null : null;
  const sum = (count: "additions" | "deletions") => files.reduce((total, file) => total + file[count], 0);
  return {
    ...listedPull(world, pr),
    merged: pr.pull.merged_at !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: trial ? mergeableState(world, pr, trial) : "unknown",
    merged_by: pr.pull.merged_by ? user(world, pr.pull.merged_by) : null,
    comments: world.store.comments.in(issueKey(pr)).length,
    review_comments: world.store.reviewComments.in(issueKey(pr)).length,
    maintainer_can_modify: pr.pull.maintainer_can_modify,
    commits: commits.length,
    additions: sum("additions"),
    deletions: sum("deletions"),
    changed_files: files.length,
  };
}

/** REST shows more of the requested teams than webhooks do. */
function forRest<T extends object>(world: World, pr: PullRequest, shown: T) {
  const { owner } = repoOf(world, pr);
  const teams = pr.pull.requested_teams.flatMap((slug) => findTeam(world, owner, slug) ?? []);
  return { ...shown, requested_teams: teams.map((found) => restTeam(world, found)) };
}

export const restPull = async (world: World, pr: PullRequest) =>
  forRest(world, pr, await pullRequest(world, pr));
export const restListedPull = (world: World, pr: PullRequest) => forRest(world, pr, listedPull(world, pr));

/** REST spells the state in capitals; webhooks in small letters. */
export function review(world: World, found: Review) {
  const repo = repoOf(world, found);
  const page = `${repoPage(world, repo)}/pull/${found.issue}#pullrequestreview-${found.id}`;
  const pull = pullUrl(world, repo, found.issue);
  return {
    id: found.id,
    node_id: nodeId("PullRequestReview", found.id),
    user: user(world, found.user),
    body: found.body,
    state: found.state as string,
    html_url: page,
    pull_request_url: pull,
    author_association: association(world, repo, found.user),
    _links: { html: { href: page }, pull_request: { href: pull } },
    ...(found.submitted_at ? { submitted_at: found.submitted_at } : {}),
    commit_id: found.commit_id,
  };
}

export function reviewComment(world: World, found: ReviewComment) {
  const repo = repoOf(world, found);
  const url = `${repoUrl(world, repo)}/pulls/comments/${found.id}`;
  const page = `${repoPage(world, repo)}/pull/${found.issue}#discussion_r${found.id}`;
  const pull = pullUrl(world, repo, found.issue);
  return {
    url,
    pull_request_review_id: found.review,
    id: found.id,
    node_id: nodeId("PullRequestReviewComment", found.id),
    diff_hunk: found.diff_hunk,
    path: found.path,
    position: found.line,
    original_position: found.line ?? 1,
    commit_id: found.commit_id,
    original_commit_id: found.commit_id,
    user: user(world, found.user),
    body: found.body,
    created_at: found.created_at,
    updated_at: found.updated_at,
    html_url: page,
    pull_request_url: pull,
    author_association: association(world, repo, found.user),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pull } },
    reactions: reactions(url),
    start_line: null,
    original_start_line: null,
    start_side: null,
    line: found.line,
    original_line: found.line ?? 1,
    side: found.side,
    ...(found.in_reply_to === null ? {} : { in_reply_to_id: found.in_reply_to }),
  };
}

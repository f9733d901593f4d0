// Issues, their comments, events and timeline as the API shows them.
import { association } from "../access.ts";
import type { Comment, Issue, IssueEvent, Repo } from "../records.ts";
import { repoOf, type World } from "../world.ts";
import { nodeId, user } from "./account.ts";
import { labelNamed, milestone, repoPage, repository, repoUrl } from "./repository.ts";

const KINDS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;

export function reactions(url: string, given: Record<string, string[]> = {}) {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, given[kind]?.length ?? 0]));
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { url: `${url}/reactions`, total_count: total, ...counts };
}

export const issueUrl = (world: World, repo: Repo, issue: Issue): string =>
  `${repoUrl(world, repo)}/issues/${issue.number}`;

export const issuePage = (world: World, repo: Repo, issue: Issue): string =>
  `${repoPage(world, repo)}/${issue.pull ? "pull" : "issues"}/${issue.number}`;

/** Fields that an issue and a pull request have alike. */
export function sharedFields(world: World, repo: Repo, issue: Issue) {
  const found = repo.milestones.find((candidate) => candidate.number === issue.milestone);
  const assignees = issue.assignees.map((login) => user(world, login));
  return {
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: user(world, issue.user),
    body: issue.body,
    labels: issue.labels.map((name) => labelNamed(world, repo, name)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: found ? milestone(world, repo, found) : null,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    closed_at: issue.closed_at,
    author_association: association(world, repo, issue.user),
    active_lock_reason: issue.lock_reason,
  };
}

/** As webhooks carry it. */
export function issue(world: World, found: Issue) {
  const repo = repoOf(world, found);
  const url = issueUrl(world, repo, found);
  const page = issuePage(world, repo, found);
  const { pull } = found;
  const links = {
    url: `${repoUrl(world, repo)}/pulls/${found.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: pull?.merged_at ?? null,
  };
  return {
    url,
    repository_url: repoUrl(world, repo),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    id: found.id,
    node_id: nodeId(pull ? "PullRequest" : "Issue", found.id),
    ...sharedFields(world, repo, found),
    comments: world.store.comments.in(`${found.repo}#${found.number}`).length,
    performed_via_github_app: null,
    reactions: reactions(url, found.reactions),
    timeline_url: `${url}/timeline`,
    state_reason: found.state_reason,
    ...(pull ? { draft: pull.draft, pull_request: links } : {}),
  };
}

export const restIssue = (world: World, found: Issue) => ({
  ...issue(world, found),
  closed_by: found.closed_by ? user(world, found.closed_by) : null,
});

/** As lists over several repositories show it. */
export const listedIssue = (world: World, found: Issue) => ({
  ...issue(world, found),
  repository: repository(world, repoOf(world, found)),
});

export function comment(world: World, found: Comment) {
  const repo = repoOf(world, found);
  const issues = `${repoUrl(world, repo)}/issues`;
  const about = world.store.issues.get(`${found.repo}#${found.issue}`);
  const url = `${issues}/comments/${found.id}`;
  return {
    url,
    html_url: `${about ? issuePage(world, repo, about) : issues}#issuecomment-${found.id}`,
    issue_url: `${issues}/${found.issue}`,
    id: found.id,
    node_id: nodeId("IssueComment", found.id),
    user: user(world, found.user),
    created_at: found.created_at,
    updated_at: found.updated_at,
    author_association: association(world, repo, found.user),
    body: found.body,
    reactions: reactions(url, found.reactions),
    performed_via_github_app: null,
  };
}

export function issueEvent(world: World, found: IssueEvent) {
  const repo = repoOf(world, found);
  return {
    id: found.id,
    node_id: nodeId("IssueEvent", found.id),
    url: `${repoUrl(world, repo)}/issues/events/${found.id}`,
    actor: user(world, found.actor),
    event: found.event,
    commit_id: found.commit_id,
    commit_url: found.commit_id ? `${repoUrl(world, repo)}/commits/${found.commit_id}` : null,
    created_at: found.created_at,
    performed_via_github_app: null,
    ...found.detail,
  };
}

// Statuses and check runs as the API shows them.
import { combinedState } from "../contexts.ts";
import type { CheckRun, Repo, Status } from "../records.ts";
import { pullsOf, repoOf, type World } from "../world.ts";
import { nodeId, user } from "./account.ts";
import { app } from "./app.ts";
import { repoPage, repository, repoUrl } from "./repository.ts";

function simpleStatus(world: World, found: Status) {
  const repo = repoOf(world, found);
  return {
    url: `${repoUrl(world, repo)}/statuses/${found.sha}`,
    avatar_url: user(world, found.creator).avatar_url,
    id: found.id,
    node_id: nodeId("StatusContext", found.id),
    state: found.state,
    description: found.description,
    target_url: found.target_url,
    context: found.context,
    created_at: found.created_at,
    updated_at: found.created_at,
  };
}

export const status = (world: World, found: Status) => ({
  ...simpleStatus(world, found),
  creator: user(world, found.creator),
});

/** `statuses` are the latest of each context; `shown` is one page of them. */
export function combinedStatus(
  world: World,
  repo: Repo,
  sha: string,
  statuses: Status[],
  shown: readonly Status[],
) {
  const url = `${repoUrl(world, repo)}/commits/${sha}`;
  return {
    state: combinedState(statuses),
    statuses: shown.map((found) => simpleStatus(world, found)),
    sha,
    total_count: statuses.length,
    repository: repository(world, repo),
    commit_url: url,
    url: `${url}/status`,
  };
}

/** Open pull requests of the same repository with that head, as check runs list them. */
function pullsWithHead(world: World, repo: Repo, sha: string) {
  const brief = { id: repo.id, url: repoUrl(world, repo), name: repo.name };
  return pullsOf(world, repo)
    .filter(
      (pr) =>
        pr.state === "open" && pr.pull.head_sha === sha && pr.pull.head_repo === `${repo.owner}/${repo.name}`,
    )
    .map((pr) => ({
      url: `${repoUrl(world, repo)}/pulls/${pr.number}`,
      id: pr.id,
      number: pr.number,
      head: { ref: pr.pull.head, sha, repo: brief },
      base: { ref: pr.pull.base, sha: pr.pull.base_sha, repo: brief },
    }));
}

export function checkRun(world: World, found: CheckRun) {
  const repo = repoOf(world, found);
  const url = `${repoUrl(world, repo)}/check-runs/${found.id}`;
  const page = `${repoPage(world, repo)}/runs/${found.id}`;
  const owner = found.app === null ? undefined : world.store.apps.get(String(found.app));
  return {
    id: found.id,
    node_id: nodeId("CheckRun", found.id),
    head_sha: found.sha,
    external_id: found.external_id,
    url,
    html_url: page,
    details_url: found.details_url ?? page,
    status: found.status,
    conclusion: found.conclusion,
    started_at: found.started_at,
    completed_at: found.completed_at,
    output: {
      ...found.output,
      annotations_count: found.annotations?.length ?? 0,
      annotations_url: `${url}/annotations`,
    },
    name: found.name,
    check_suite: { id: found.suite },
    app: owner ? app(world, owner) : null,
    pull_requests: pullsWithHead(world, repo, found.sha),
  };
}

/** The suite holds all runs of one App on a commit; only webhooks show it whole. */
export function checkSuite(world: World, found: CheckRun) {
  const { repo: _, ...run } = { ...checkRun(world, found), repo: null };
  return {
    id: found.suite,
    node_id: nodeId("CheckSuite", found.suite),
    head_branch: run.pull_requests[0]?.head.ref ?? null,
    head_sha: found.sha,
    status: found.status === "waiting" ? "queued" : found.status,
    conclusion: found.conclusion,
    url: `${repoUrl(world, repoOf(world, found))}/check-suites/${found.suite}`,
    before: null,
    after: found.sha,
    pull_requests: run.pull_requests,
    app: run.app,
    created_at: found.started_at,
    updated_at: found.completed_at ?? found.started_at,
  };
}

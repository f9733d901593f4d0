// A repository as the API and the webhooks show it.
import { atLeast, roleOf } from "../access.ts";
import type { Account, Label, Milestone, Repo } from "../records.ts";
import { account, fullName, repoNamed, type World } from "../world.ts";
import { nodeId, organization, user } from "./account.ts";

const TEMPLATES = {
  keys_url: "/keys{/key_id}",
  collaborators_url: "/collaborators{/collaborator}",
  teams_url: "/teams",
  hooks_url: "/hooks",
  issue_events_url: "/issues/events{/number}",
  events_url: "/events",
  assignees_url: "/assignees{/user}",
  branches_url: "/branches{/branch}",
  tags_url: "/tags",
  blobs_url: "/git/blobs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  git_refs_url: "/git/refs{/sha}",
  trees_url: "/git/trees{/sha}",
  statuses_url: "/statuses/{sha}",
  languages_url: "/languages",
  stargazers_url: "/stargazers",
  contributors_url: "/contributors",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  commits_url: "/commits{/sha}",
  git_commits_url: "/git/commits{/sha}",
  comments_url: "/comments{/number}",
  issue_comment_url: "/issues/comments{/number}",
  contents_url: "/contents/{+path}",
  compare_url: "/compare/{base}...{head}",
  merges_url: "/merges",
  archive_url: "/{archive_format}{/ref}",
  downloads_url: "/downloads",
  issues_url: "/issues{/number}",
  pulls_url: "/pulls{/number}",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  labels_url: "/labels{/name}",
  releases_url: "/releases{/id}",
  deployments_url: "/deployments",
  forks_url: "/forks",
} as const;

export const repoUrl = (world: World, repo: Repo): string => `${world.url}/repos/${fullName(repo)}`;
export const repoPage = (world: World, repo: Repo): string => `${world.url}/${fullName(repo)}`;

function addresses(world: World, repo: Repo) {
  const api = repoUrl(world, repo);
  const urls = Object.fromEntries(Object.entries(TEMPLATES).map(([key, path]) => [key, api + path]));
  return urls as { [K in keyof typeof TEMPLATES]: string };
}

/** What an installation's repository list and issue timelines carry; also the base of the longer forms. */
export function briefRepository(repo: Repo) {
  return {
    id: repo.id,
    node_id: nodeId("Repository", repo.id),
    name: repo.name,
    full_name: fullName(repo),
    private: repo.private,
  };
}

export function repository(world: World, repo: Repo) {
  const page = repoPage(world, repo);
  const issues = world.store.issues.in(String(repo.id)).filter((issue) => issue.state === "open").length;
  const forks = world.store.repos.all().filter((other) => other.parent === fullName(repo)).length;
  return {
    ...briefRepository(repo),
    owner: user(world, repo.owner),
    html_url: page,
    description: repo.description,
    fork: repo.parent !== null,
    url: repoUrl(world, repo),
    ...addresses(world, repo),
    created_at: repo.created_at,
    updated_at: repo.updated_at,
    pushed_at: repo.pushed_at,
    git_url: `${page.replace(/^https?:/, "git:")}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${fullName(repo)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: repo.homepage,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: repo.archived,
    disabled: false,
    open_issues_count: issues,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: repo.topics,
    visibility: repo.private ? "private" : "public",
    forks,
    open_issues: issues,
    watchers: 0,
    default_branch: repo.default_branch,
    custom_properties: {},
  };
}

export const mergeSettings = (repo: Repo) => ({
  allow_squash_merge: repo.settings["allow_squash_merge"] !== false,
  allow_merge_commit: repo.settings["allow_merge_commit"] !== false,
  allow_rebase_merge: repo.settings["allow_rebase_merge"] !== false,
  allow_auto_merge: repo.settings["allow_auto_merge"] === true,
  delete_branch_on_merge: repo.settings["delete_branch_on_merge"] === true,
  allow_update_branch: true,
  squash_merge_commit_message: "COMMIT_MESSAGES",
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  merge_commit_message: "PR_TITLE",
  merge_commit_title: "MERGE_MESSAGE",
});

export function permissions(world: World, repo: Repo, viewer: Account | undefined) {
  const role = viewer ? roleOf(world, repo, viewer.login) : repo.private ? undefined : "pull";
  return {
    admin: atLeast(role, "admin"),
    maintain: atLeast(role, "maintain"),
    push: atLeast(role, "push"),
    triage: atLeast(role, "triage"),
    pull: atLeast(role, "pull"),
  };
}

export function listedRepository(world: World, repo: Repo, viewer: Account | undefined) {
  return { ...repository(world, repo), permissions: permissions(world, repo, viewer) };
}

export function fullRepository(world: World, repo: Repo, viewer: Account | undefined) {
  const owner = account(world, repo.owner);
  const parent = repo.parent ? repoNamed(world, repo.parent) : undefined;
  return {
    ...listedRepository(world, repo, viewer),
    ...mergeSettings(repo),
    subscribers_count: 0,
    network_count: 0,
    ...(owner?.type === "Organization" ? { organization: user(world, owner.login) } : {}),
    ...(parent ? { parent: repository(world, parent), source: repository(world, parent) } : {}),
  };
}

export const label = (world: World, repo: Repo, found: Label) => ({
  id: found.id,
  node_id: nodeId("Label", found.id),
  url: `${repoUrl(world, repo)}/labels/${encodeURIComponent(found.name)}`,
  name: found.name,
  description: found.description,
  color: found.color,
  default: false,
});

export const labelNamed = (world: World, repo: Repo, name: string) =>
  label(
    world,
    repo,
    repo.labels.find((found) => found.name.toLowerCase() === name.toLowerCase()) ?? {
      id: 0,
      name,
      color: "ededed",
      description: null,
    },
  );

export function milestone(world: World, repo: Repo, found: Milestone) {
  const url = `${repoUrl(world, repo)}/milestones/${found.number}`;
  const held = world.store.issues.in(String(repo.id)).filter((issue) => issue.milestone === found.number);
  return {
    url,
    html_url: `${repoPage(world, repo)}/milestone/${found.number}`,
    labels_url: `${url}/labels`,
    id: found.id,
    node_id: nodeId("Milestone", found.id),
    number: found.number,
    title: found.title,
    description: found.description,
    creator: user(world, found.creator),
    open_issues: held.filter((issue) => issue.state === "open").length,
    closed_issues: held.filter((issue) => issue.state === "closed").length,
    state: found.state,
    created_at: found.created_at,
    updated_at: found.updated_at,
    due_on: found.due_on,
    closed_at: found.closed_at,
  };
}

/** As push events alone show it: the owner's `name` is the login (Prow reads only that), times are in seconds. */
export function pushedRepository(world: World, repo: Repo) {
  const shown = repository(world, repo);
  const owner = account(world, repo.owner);
  return {
    ...shown,
    owner: { name: repo.owner, email: owner?.email ?? null, ...shown.owner },
    created_at: seconds(repo.created_at),
    pushed_at: seconds(repo.pushed_at ?? repo.created_at),
    stargazers: 0,
    master_branch: repo.default_branch,
    ...(owner?.type === "Organization" ? { organization: owner.login } : {}),
  };
}

const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

export function withOrganization(world: World, repo: Repo) {
  const owner = account(world, repo.owner);
  return owner?.type === "Organization" ? { organization: organization(world, owner) } : {};
}

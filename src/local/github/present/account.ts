// Accounts as the API shows them: users, bots, organizations, teams, memberships.
import type { Account, Team } from "../records.ts";
import { account, accountOrGhost, type World } from "../world.ts";

/** GitHub's opaque global id. */
export const nodeId = (kind: string, id: number | string): string =>
  Buffer.from(`${kind}:${id}`).toString("base64url");

export function user(world: World, login: string) {
  return presentAccount(world, accountOrGhost(world, login));
}

/** The short form of an account that every other object carries. */
export function presentAccount(world: World, found: Account) {
  const { login, id, type } = found;
  const api = `${world.url}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `${world.url}/_cutwater/avatars/${id}.svg`,
    gravatar_id: "",
    url: api,
    html_url: `${world.url}/${login.endsWith("[bot]") ? `apps/${login.slice(0, -5)}` : login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  };
}

export function fullUser(world: World, found: Account) {
  return {
    ...presentAccount(world, found),
    name: found.name,
    company: null,
    blog: "",
    location: null,
    email: found.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: world.store.repos.in(found.login.toLowerCase()).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: found.created_at,
    updated_at: found.created_at,
  };
}

export const ownUser = (world: World, found: Account) => ({
  ...fullUser(world, found),
  private_gists: 0,
  total_private_repos: 0,
  owned_private_repos: 0,
  disk_usage: 0,
  collaborators: 0,
  two_factor_authentication: true,
});

export function organization(world: World, org: Account) {
  const url = `${world.url}/orgs/${org.login}`;
  return {
    login: org.login,
    id: org.id,
    node_id: nodeId("Organization", org.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/_cutwater/avatars/${org.id}.svg`,
    description: org.description ?? "",
  };
}

export const fullOrganization = (world: World, org: Account) => ({
  ...organization(world, org),
  name: org.name ?? org.login,
  has_organization_projects: false,
  has_repository_projects: false,
  public_repos: world.store.repos.in(org.login.toLowerCase()).length,
  public_gists: 0,
  followers: 0,
  following: 0,
  html_url: `${world.url}/${org.login}`,
  type: "Organization",
  default_repository_permission: "read",
  members_can_create_repositories: true,
  created_at: org.created_at,
  updated_at: org.created_at,
  archived_at: null,
});

const PERMISSIONS = { pull: "pull", triage: "triage", push: "push", maintain: "maintain", admin: "admin" };

export function team(world: World, found: Team) {
  const org = account(world, found.org);
  const url = `${world.url}/organizations/${org?.id ?? 0}/team/${found.id}`;
  return {
    name: found.name,
    id: found.id,
    node_id: nodeId("Team", found.id),
    slug: found.slug,
    description: found.description,
    privacy: found.privacy,
    url,
    html_url: `${world.url}/orgs/${found.org}/teams/${found.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    permission: PERMISSIONS.pull,
  };
}

export const restTeam = (world: World, found: Team): Record<string, unknown> => {
  const parent = found.parent
    ? world.store.teams.get(`${found.org}/${found.parent}`.toLowerCase())
    : undefined;
  return {
    ...team(world, found),
    type: "organization",
    organization_id: account(world, found.org)?.id,
    parent: parent ? team(world, parent) : null,
  };
};

export const fullTeam = (world: World, found: Team) => ({
  ...restTeam(world, found),
  members_count: Object.keys(found.members).length,
  repos_count: Object.keys(found.repos).length,
  created_at: account(world, found.org)?.created_at,
  updated_at: account(world, found.org)?.created_at,
  organization: fullOrganization(world, accountOrGhost(world, found.org)),
});

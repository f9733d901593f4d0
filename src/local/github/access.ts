// Who may do what: a person's role in a repository, or what an installation's token was granted.
import type { Account, Installation, Repo, Role } from "./records.ts";
import { account, findRepo, fullName, type World } from "./world.ts";

export interface Actor {
  /** undefined for anonymous requests. */
  account?: Account;
  installation?: Installation;
  /** Of the installation's token: `{contents: "write", …}`. */
  permissions?: Record<string, string>;
  repositoryIds?: number[] | null;
  /** Set when the App itself speaks, with a JWT. */
  app?: number;
  /** What the rate limit counts by. */
  key: string;
}

const ORDER: Role[] = ["pull", "triage", "push", "maintain", "admin"];

export const atLeast = (role: Role | undefined, wanted: Role): boolean =>
  role !== undefined && ORDER.indexOf(role) >= ORDER.indexOf(wanted);

export const isOrgMember = (world: World, org: string, login: string): boolean =>
  account(world, org)?.members?.[login.toLowerCase()] !== undefined;

export const isOrgAdmin = (world: World, org: string, login: string): boolean =>
  account(world, org)?.members?.[login.toLowerCase()] === "admin";

/** The strongest role that ownership, membership, collaboration or a team gives; undefined for none. */
export function roleOf(world: World, repo: Repo, login: string): Role | undefined {
  const who = login.toLowerCase();
  if (repo.owner.toLowerCase() === who || isOrgAdmin(world, repo.owner, who)) return "admin";
  const full = fullName(repo).toLowerCase();
  const roles = world.store.teams
    .in(repo.owner.toLowerCase())
    .filter((team) => team.members[who])
    .map((team) => team.repos[full]);
  roles.push(repo.collaborators[who]);
  if (isOrgMember(world, repo.owner, who) || !repo.private) roles.push("pull");
  return roles.reduce((best, role) => (role && (!best || atLeast(role, best)) ? role : best), undefined);
}

/** A collaborator as GitHub counts: anyone with more than what the public has. */
export function isCollaborator(world: World, repo: Repo, login: string): boolean {
  const who = login.toLowerCase();
  if (repo.collaborators[who] || repo.owner.toLowerCase() === who) return true;
  if (isOrgMember(world, repo.owner, who)) return true;
  const full = fullName(repo).toLowerCase();
  return world.store.teams.in(repo.owner.toLowerCase()).some((t) => t.members[who] && t.repos[full]);
}

export const covers = (installation: Installation, repo: Repo): boolean =>
  installation.account.toLowerCase() === repo.owner.toLowerCase() &&
  (installation.repository_ids === null || installation.repository_ids.includes(repo.id));

const installed = (actor: Actor, repo: Repo): boolean =>
  actor.installation !== undefined &&
  covers(actor.installation, repo) &&
  (actor.repositoryIds == null || actor.repositoryIds.includes(repo.id));

export function canSee(world: World, actor: Actor, repo: Repo): boolean {
  if (!repo.private) return true;
  if (actor.installation) return installed(actor, repo);
  return actor.account !== undefined && roleOf(world, repo, actor.account.login) !== undefined;
}

/** One of these permissions of an App allows what `role` allows a person. */
export interface Need {
  role: Role;
  permissions: string[];
  /** For a read that is not everybody's: the App's permission to read is enough. */
  read?: true;
}

export function can(world: World, actor: Actor, repo: Repo, need: Need): boolean {
  if (actor.installation) {
    const granted = actor.permissions ?? {};
    const enough = need.read ? ["read", "write", "admin"] : ["write", "admin"];
    return installed(actor, repo) && need.permissions.some((name) => enough.includes(granted[name] ?? ""));
  }
  return actor.account !== undefined && atLeast(roleOf(world, repo, actor.account.login), need.role);
}

/** Who can be assigned or asked for a review: people with access of their own, not just anybody. */
export const assignable = (world: World, repo: Repo, login: string): boolean => {
  const found = account(world, login);
  return found !== undefined && found.type !== "Organization" && isCollaborator(world, repo, login);
};

export type Association = "OWNER" | "MEMBER" | "COLLABORATOR" | "CONTRIBUTOR" | "NONE";

export function association(world: World, repo: Repo, login: string): Association {
  const who = login.toLowerCase();
  if (repo.owner.toLowerCase() === who) return "OWNER";
  if (isOrgMember(world, repo.owner, who)) return "MEMBER";
  if (isCollaborator(world, repo, who)) return "COLLABORATOR";
  const merged = world.store.issues
    .in(String(repo.id))
    .some((issue) => issue.pull?.merged_at && issue.user.toLowerCase() === who);
  return merged ? "CONTRIBUTOR" : "NONE";
}

export const visibleRepo = (world: World, actor: Actor, owner: string, name: string): Repo | undefined => {
  const repo = findRepo(world, owner, name);
  return repo && canSee(world, actor, repo) ? repo : undefined;
};

// Everything a handler works on: the store, the repositories on disk, time, chance, and where webhooks go.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { timestamp } from "../../lib/timestamp.ts";
import { notFound } from "./api-error.ts";
import type { Faults } from "./faults.ts";
import { git } from "./git/command.ts";
import { GitRepository } from "./git/repository.ts";
import type { Ledger } from "./ledger.ts";
import type { Account, Issue, Pull, Repo, Team } from "./records.ts";
import type { Store } from "./store.ts";
import type { Webhooks } from "./webhooks.ts";

export interface World {
  store: Store;
  clock: Clock;
  log: Logger;
  random: () => number;
  /** Public address without a trailing slash; REST and pages both hang below it. */
  url: string;
  directory: string;
  repositories: Map<number, GitRepository>;
  webhooks: Webhooks;
  ledger: Ledger;
  faults: Faults;
}

export type PullRequest = Issue & { pull: Pull };

export const fullName = (repo: Repo): string => `${repo.owner}/${repo.name}`;

/** GitHub's times have whole seconds. */
export const stamp = (world: World): string => timestamp(world.clock.now());

export const secret = (world: World, length: number): string => {
  const letters = "0123456789abcdef";
  return Array.from({ length }, () => letters[Math.floor(world.random() * 16)]).join("");
};

export const uuid = (world: World): string => {
  const hex = secret(world, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

export const account = (world: World, login: string): Account | undefined =>
  world.store.accounts.get(login.toLowerCase());

/** Who once was here stays visible, as GitHub's `ghost`. */
export const accountOrGhost = (world: World, login: string): Account =>
  account(world, login) ?? {
    id: 10137,
    login: "ghost",
    type: "User",
    name: null,
    email: null,
    created_at: "2008-05-13T00:00:00Z",
  };

export const findRepo = (world: World, owner: string, name: string): Repo | undefined =>
  world.store.repos.in(owner.toLowerCase()).find((repo) => repo.name.toLowerCase() === name.toLowerCase());

export const repoNamed = (world: World, full: string): Repo | undefined => {
  const [owner = "", name = ""] = full.split("/");
  return findRepo(world, owner, name);
};

export const repoOf = (world: World, row: { repo: number }): Repo => {
  const repo = world.store.repos.get(String(row.repo));
  if (!repo) throw notFound();
  return repo;
};

export const findIssue = (world: World, repo: Repo, number: number): Issue | undefined =>
  world.store.issues.get(`${repo.id}#${number}`);

export const isPull = (issue: Issue): issue is PullRequest => issue.pull !== undefined;

export const pullsOf = (world: World, repo: Repo): PullRequest[] =>
  world.store.issues.in(String(repo.id)).filter(isPull);

export const findTeam = (world: World, org: string, slug: string): Team | undefined =>
  world.store.teams.get(`${org}/${slug}`.toLowerCase());

export const issueKey = (issue: Issue): string => `${issue.repo}#${issue.number}`;

export function gitOf(world: World, repo: Repo): GitRepository {
  const known = world.repositories.get(repo.id);
  if (known) return known;
  const opened = new GitRepository(join(world.directory, "git", repo.owner, `${repo.name}.git`));
  world.repositories.set(repo.id, opened);
  return opened;
}

const configuration = {
  "gc.auto": "0",
  "uploadpack.allowFilter": "true",
  "uploadpack.allowAnySHA1InWant": "true",
  "receive.denyDeleteCurrent": "ignore",
  "receive.hideRefs": "refs/pull",
  "transfer.hideRefs": "refs/cutwater",
  "receive.unpackLimit": "100000",
  "core.quotePath": "false",
  "core.logAllRefUpdates": "false",
};

/** Makes the bare repository on disk; a fork borrows its parent's objects. */
export async function initialiseGit(world: World, repo: Repo, parent?: Repo): Promise<GitRepository> {
  const repository = gitOf(world, repo);
  await mkdir(repository.directory, { recursive: true });
  const config = Object.entries(configuration).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  if (parent) {
    const from = gitOf(world, parent).directory;
    await git([
      "clone",
      "--quiet",
      "--bare",
      "--shared",
      "--template=",
      ...config,
      from,
      repository.directory,
    ]);
    const pulls = [...(await repository.refs()).keys()].filter((ref) => ref.startsWith("refs/pull/"));
    for (const ref of pulls) await repository.deleteRef(ref);
  } else {
    await git(["init", "--quiet", "--bare", "--template=", "-b", repo.default_branch, repository.directory]);
  }
  for (const [key, value] of Object.entries(configuration)) await repository.run(["config", key, value]);
  repository.forgetRefs();
  return repository;
}

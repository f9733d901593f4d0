// Making repositories, forking them, and committing files to a branch.
import { ApiError, invalid } from "../api-error.ts";
import { commitFiles } from "../git/write.ts";
import type { Account, Repo } from "../records.ts";
import { account, findRepo, fullName, gitOf, initialiseGit, stamp, type World } from "../world.ts";
import { signatureOf } from "./merge.ts";
import { moveRef } from "./refs.ts";

export interface NewRepo {
  name: string;
  description?: string | null;
  private?: boolean;
  default_branch?: string;
  settings?: Record<string, boolean | string>;
}

export async function createRepo(
  world: World,
  owner: Account,
  wanted: NewRepo,
  parent?: Repo,
): Promise<Repo> {
  if (!/^[\w.-]+$/.test(wanted.name) || wanted.name.endsWith(".git")) throw invalid("Repository", "name");
  if (findRepo(world, owner.login, wanted.name))
    throw new ApiError(422, "Repository creation failed.", [
      {
        resource: "Repository",
        code: "custom",
        field: "name",
        message: "name already exists on this account",
      },
    ]);
  const now = stamp(world);
  const repo: Repo = {
    id: world.store.nextId(),
    owner: owner.login,
    name: wanted.name,
    private: wanted.private ?? parent?.private ?? false,
    archived: false,
    description: wanted.description ?? parent?.description ?? null,
    homepage: null,
    default_branch: wanted.default_branch ?? parent?.default_branch ?? "main",
    parent: parent ? fullName(parent) : null,
    collaborators: {},
    labels: [],
    milestones: [],
    topics: [],
    protection: {},
    settings: wanted.settings ?? {},
    next_number: 1,
    created_at: now,
    updated_at: now,
    pushed_at: now,
  };
  await initialiseGit(world, repo, parent);
  return world.store.repos.put(repo);
}

/** Forking twice gives the same fork. */
export async function fork(world: World, parent: Repo, login: string, name = parent.name): Promise<Repo> {
  const owner = account(world, login);
  if (!owner) throw new ApiError(422, `There is no account ${login} to fork into.`);
  const known = world.store.repos.in(login.toLowerCase()).find((repo) => repo.parent === fullName(parent));
  return known ?? createRepo(world, owner, { name }, parent);
}

export interface Edit {
  branch: string;
  files: Record<string, string | Uint8Array | null>;
  message: string;
  /** Name and address in the commit, when they are not the actor's own. */
  author?: { name: string; email: string; date?: string } | undefined;
  committer?: { name: string; email: string; date?: string } | undefined;
  /** Where a branch that does not exist yet begins; the default branch if not given. */
  from?: string;
}

/** One commit on a branch, which is made if need be; the new SHA. */
export function commitToBranch(world: World, repo: Repo, by: string, edit: Edit): Promise<string> {
  const repository = gitOf(world, repo);
  return repository.exclusive(async () => {
    const start = edit.from ?? repo.default_branch;
    const parent = (await repository.branch(edit.branch)) ?? (await repository.resolve(start));
    const own = signatureOf(world, by);
    const sha = await commitFiles(repository, {
      ...(parent ? { parent } : {}),
      files: edit.files,
      message: edit.message,
      author: { ...own, ...edit.author },
      committer: { ...own, ...edit.committer },
    });
    await moveRef(world, repo, by, `refs/heads/${edit.branch}`, sha);
    return sha;
  });
}

/** The first files of a repository that is being set up: nobody is told. */
export async function seedFiles(
  world: World,
  repo: Repo,
  branch: string,
  files: Edit["files"],
  message: string,
  by: string,
): Promise<string> {
  const repository = gitOf(world, repo);
  const parent = (await repository.branch(branch)) ?? (await repository.branch(repo.default_branch));
  const author = signatureOf(world, by);
  const sha = await commitFiles(repository, { ...(parent ? { parent } : {}), files, message, author });
  await repository.updateRef(`refs/heads/${branch}`, sha);
  return sha;
}

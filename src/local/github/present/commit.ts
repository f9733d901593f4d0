// Commits, trees, files and comparisons as the API shows them.
import { changedFiles, EMPTY_TREE, type FileChange } from "../git/diff.ts";
import type { CommitData } from "../git/repository.ts";
import type { Repo } from "../records.ts";
import { accountOrGhost, gitOf, type World } from "../world.ts";
import { nodeId, presentAccount } from "./account.ts";
import { repoPage, repoUrl } from "./repository.ts";

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** The account whose address a commit carries: `ID+login@users.noreply…`, or an address that an account has. */
export function accountOfEmail(world: World, email: string) {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/i.exec(email)?.[1];
  const found = world.store.accounts
    .all()
    .find((account) => account.login.toLowerCase() === login?.toLowerCase() || account.email === email);
  return found ? presentAccount(world, found) : null;
}

/** The address under which an account commits when it has told no other. */
export function emailOf(world: World, login: string): string {
  const found = accountOrGhost(world, login);
  return found.email ?? `${found.id}+${found.login}@users.noreply.github.com`;
}

export function commit(world: World, repo: Repo, data: CommitData) {
  const url = `${repoUrl(world, repo)}/commits/${data.sha}`;
  const git = `${repoUrl(world, repo)}/git`;
  const page = `${repoPage(world, repo)}/commit`;
  return {
    sha: data.sha,
    node_id: nodeId("Commit", data.sha),
    commit: {
      author: data.author,
      committer: data.committer,
      message: data.message,
      tree: { sha: data.tree, url: `${git}/trees/${data.tree}` },
      url: `${git}/commits/${data.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    url,
    html_url: `${page}/${data.sha}`,
    comments_url: `${url}/comments`,
    author: accountOfEmail(world, data.author.email),
    committer: accountOfEmail(world, data.committer.email),
    parents: data.parents.map((sha) => ({
      sha,
      url: `${repoUrl(world, repo)}/commits/${sha}`,
      html_url: `${page}/${sha}`,
    })),
  };
}

/** The status event's commit: GitHub's schema for it has no `verified_at`. */
export function eventCommit(world: World, repo: Repo, data: CommitData) {
  const shown = commit(world, repo, data);
  const { verified_at: _, ...verification } = shown.commit.verification;
  return { ...shown, commit: { ...shown.commit, verification } };
}

export const commitFiles = async (world: World, repo: Repo, data: CommitData): Promise<FileChange[]> =>
  changedFiles(gitOf(world, repo), data.parents[0] ?? EMPTY_TREE, data.sha);

export async function fullCommit(world: World, repo: Repo, data: CommitData) {
  const files = await commitFiles(world, repo, data);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...commit(world, repo, data),
    stats: { total: additions + deletions, additions, deletions },
    files: files.map((change) => file(world, repo, data.sha, change)),
  };
}

export function file(world: World, repo: Repo, sha: string, change: FileChange) {
  const path = change.filename.split("/").map(encodeURIComponent).join("/");
  return {
    sha: change.sha,
    filename: change.filename,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${repoPage(world, repo)}/blob/${sha}/${path}`,
    raw_url: `${repoPage(world, repo)}/raw/${sha}/${path}`,
    contents_url: `${repoUrl(world, repo)}/contents/${path}?ref=${sha}`,
    ...(change.patch === undefined ? {} : { patch: change.patch }),
    ...(change.previous_filename ? { previous_filename: change.previous_filename } : {}),
  };
}

/** The git database's view of a commit. */
export function gitCommit(world: World, repo: Repo, data: CommitData) {
  const git = `${repoUrl(world, repo)}/git`;
  const page = `${repoPage(world, repo)}/commit`;
  return {
    sha: data.sha,
    node_id: nodeId("Commit", data.sha),
    url: `${git}/commits/${data.sha}`,
    html_url: `${page}/${data.sha}`,
    author: data.author,
    committer: data.committer,
    tree: { sha: data.tree, url: `${git}/trees/${data.tree}` },
    message: data.message,
    parents: data.parents.map((sha) => ({ sha, url: `${git}/commits/${sha}`, html_url: `${page}/${sha}` })),
    verification: unsigned,
  };
}

/** As push events list it. */
export async function pushedCommit(world: World, repo: Repo, data: CommitData) {
  const files = await commitFiles(world, repo, data);
  const named = (status: FileChange["status"][]) =>
    files.filter((change) => status.includes(change.status)).map((change) => change.filename);
  const person = (signature: CommitData["author"]) => {
    const login = accountOfEmail(world, signature.email)?.login;
    return { name: signature.name, email: signature.email, ...(login ? { username: login } : {}) };
  };
  return {
    id: data.sha,
    tree_id: data.tree,
    distinct: true,
    message: data.message,
    timestamp: data.committer.date,
    url: `${repoPage(world, repo)}/commit/${data.sha}`,
    author: person(data.author),
    committer: person(data.committer),
    added: named(["added", "renamed"]),
    removed: [...named(["removed"]), ...files.flatMap((change) => change.previous_filename ?? [])],
    modified: named(["modified"]),
  };
}

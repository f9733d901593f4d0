// What follows when a branch or tag moves, whoever moved it: push hooks, updated pull requests, closed ones.
import { emailOf, pushedCommit } from "../present/commit.ts";
import { pushedRepository, repoPage } from "../present/repository.ts";
import type { Repo } from "../records.ts";
import { fullName, gitOf, type PullRequest, pullsOf, repoOf, stamp, type World } from "../world.ts";
import { announce, announceIssue, record, save } from "./announce.ts";

export interface RefChange {
  /** Full: `refs/heads/main`. */
  ref: string;
  /** undefined when the ref is new. */
  before?: string | undefined;
  /** undefined when the ref is gone. */
  after?: string | undefined;
}

const ZERO = "0".repeat(40);
/** GitHub lists no more commits than these in a push. */
const MOST_COMMITS = 2048;

/** Moves a ref and does all that follows. */
export async function moveRef(
  world: World,
  repo: Repo,
  by: string,
  ref: string,
  after: string | undefined,
): Promise<void> {
  const repository = gitOf(world, repo);
  const before = (await repository.refs()).get(ref);
  if (before === after) return;
  if (after) await repository.updateRef(ref, after);
  else await repository.deleteRef(ref);
  await followRefChange(world, repo, by, { ref, before, after });
}

export async function followRefChange(
  world: World,
  repo: Repo,
  by: string,
  change: RefChange,
): Promise<void> {
  repo.pushed_at = stamp(world);
  world.store.repos.put(repo);
  await remember(world, repo, by, change);
  await announcePush(world, repo, by, change);
  const branch = /^refs\/heads\/(.+)$/.exec(change.ref)?.[1];
  if (branch) await updatePulls(world, repo, by, branch, change);
}

async function remember(
  world: World,
  repo: Repo,
  by: string,
  { ref, before, after }: RefChange,
): Promise<void> {
  const forced = before && after && !(await gitOf(world, repo).isAncestor(before, after));
  world.store.activities.put({
    id: world.store.nextId(),
    repo: repo.id,
    ref,
    before: before ?? ZERO,
    after: after ?? ZERO,
    timestamp: stamp(world),
    activity_type: !before ? "branch_creation" : !after ? "branch_deletion" : forced ? "force_push" : "push",
    actor: by,
  });
}

async function announcePush(
  world: World,
  repo: Repo,
  by: string,
  { ref, before, after }: RefChange,
): Promise<void> {
  const repository = gitOf(world, repo);
  const kind = ref.startsWith("refs/tags/") ? "tag" : "branch";
  const brief = { ref: ref.split("/").slice(2).join("/"), ref_type: kind, pusher_type: "user" };
  if (!before)
    announce(world, repo, by, "create", {
      ...brief,
      master_branch: repo.default_branch,
      description: repo.description,
    });
  if (!after) announce(world, repo, by, "delete", brief);
  const isBranch = kind === "branch";
  const onto = before ?? (isBranch && after ? await baseOf(world, repo, ref, after) : undefined);
  const shas =
    after && isBranch && onto !== after
      ? (await repository.log(after, { ...(onto ? { not: onto } : {}), limit: MOST_COMMITS })).reverse()
      : [];
  const commits = [];
  for (const sha of shas) commits.push(await pushedCommit(world, repo, await repository.commit(sha)));
  const commit = after ? await repository.resolve(after) : undefined;
  const forced = Boolean(before && after && isBranch && !(await repository.isAncestor(before, after)));
  const head = commit ? await pushedCommit(world, repo, await repository.commit(commit)) : null;
  announce(world, repo, by, "push", {
    ref,
    before: before ?? ZERO,
    after: after ?? ZERO,
    created: !before,
    deleted: !after,
    forced,
    base_ref: null,
    compare: `${repoPage(world, repo)}/compare/${(before ?? ZERO).slice(0, 12)}...${(after ?? ZERO).slice(0, 12)}`,
    commits,
    head_commit: head,
    pusher: { name: by, email: emailOf(world, by) },
    repository: pushedRepository(world, repo),
  });
}

/** A new branch's commits count from where it left the default branch. */
async function baseOf(world: World, repo: Repo, ref: string, after: string): Promise<string | undefined> {
  const repository = gitOf(world, repo);
  const main = await repository.branch(repo.default_branch);
  return main && ref !== `refs/heads/${repo.default_branch}` ? repository.mergeBase(main, after) : undefined;
}

async function updatePulls(
  world: World,
  repo: Repo,
  by: string,
  branch: string,
  change: RefChange,
): Promise<void> {
  const open = world.store.issues
    .all()
    .filter((issue) => issue.pull && issue.state === "open") as PullRequest[];
  for (const pr of open) {
    const fromHere =
      pr.pull.head_repo?.toLowerCase() === fullName(repo).toLowerCase() && pr.pull.head === branch;
    if (!fromHere) continue;
    if (change.after) await synchronise(world, pr, by, change.after);
    else await closeWithout(world, pr, by);
  }
  if (!change.after) return;
  for (const pr of pullsOf(world, repo).filter(
    (found) => found.state === "open" && found.pull.base === branch,
  ))
    await closeIfContained(world, repo, pr, by, change.after);
}

/** The head moved: fetch it under refs/pull, remember it, tell it. */
async function synchronise(world: World, pr: PullRequest, by: string, after: string): Promise<void> {
  const before = pr.pull.head_sha;
  if (before === after) return;
  await keepHead(world, pr, after);
  const repository = gitOf(world, repoOf(world, pr));
  pr.pull.head_sha = after;
  pr.pull.pushes = [...(pr.pull.pushes ?? []), { sha: after, id: world.store.nextId(), at: stamp(world) }];
  pr.pull.base_sha = (await repository.branch(pr.pull.base)) ?? pr.pull.base_sha;
  save(world, pr);
  if (!(await repository.isAncestor(before, after)))
    record(world, pr, by, "head_ref_force_pushed", {}, after);
  await announceIssue(world, pr, by, "synchronize", { before, after });
}

/** Brings the head's objects into the base repository, where refs/pull/N/head keeps them. */
export async function keepHead(world: World, pr: PullRequest, sha: string): Promise<void> {
  const repo = repoOf(world, pr);
  const repository = gitOf(world, repo);
  const ref = `refs/pull/${pr.number}/head`;
  const [owner = "", name = ""] = pr.pull.head_repo?.split("/") ?? [];
  const fork = world.store.repos.in(owner.toLowerCase()).find((found) => found.name === name);
  if (fork && fork.id !== repo.id) {
    await repository.run(["fetch", "--quiet", "--no-tags", gitOf(world, fork).directory, `+${sha}:${ref}`]);
    repository.forgetRefs();
  } else await repository.updateRef(ref, sha);
}

async function closeWithout(world: World, pr: PullRequest, by: string): Promise<void> {
  pr.state = "closed";
  pr.closed_at = stamp(world);
  pr.closed_by = by;
  save(world, pr);
  record(world, pr, by, "closed");
  record(world, pr, by, "head_ref_deleted");
  await announceIssue(world, pr, by, "closed");
}

/** Somebody pushed the head's commits to the base themselves: GitHub calls that merged. */
async function closeIfContained(
  world: World,
  repo: Repo,
  pr: PullRequest,
  by: string,
  tip: string,
): Promise<void> {
  if (!(await gitOf(world, repo).isAncestor(pr.pull.head_sha, tip))) return;
  setMerged(world, pr, by, tip);
  await announceIssue(world, pr, by, "closed");
}

export function setMerged(world: World, pr: PullRequest, by: string, commit: string): void {
  const now = stamp(world);
  pr.pull.merged_at = now;
  pr.pull.merged_by = by;
  pr.pull.merge_commit_sha = commit;
  pr.state = "closed";
  pr.closed_at = now;
  pr.closed_by = by;
  save(world, pr);
  record(world, pr, by, "merged", {}, commit);
  record(world, pr, by, "closed", {}, commit);
}

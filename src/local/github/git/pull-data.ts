// What git says about a pull request: its commits, its files, and whether it merges.
import type { Pull } from "../records.ts";
import { gitOf, type PullRequest, repoOf, type World } from "../world.ts";
import { changedFiles, EMPTY_TREE, type FileChange } from "./diff.ts";
import { mergedTree } from "./write.ts";

/** The commit from which the head's changes count. */
export async function forkPoint(world: World, pr: PullRequest): Promise<string | undefined> {
  const repository = gitOf(world, repoOf(world, pr));
  return repository.mergeBase(await comparedBase(world, pr), pr.pull.head_sha);
}

/** After the merge the base contains the head, so what it was compared with before counts. */
async function comparedBase(world: World, pr: PullRequest): Promise<string> {
  if (pr.pull.merged_at) return pr.pull.base_sha;
  return (await gitOf(world, repoOf(world, pr)).branch(pr.pull.base)) ?? pr.pull.base_sha;
}

export async function filesOf(world: World, pr: PullRequest): Promise<FileChange[]> {
  const from = (await forkPoint(world, pr)) ?? EMPTY_TREE;
  return changedFiles(gitOf(world, repoOf(world, pr)), from, pr.pull.head_sha);
}

/** SHAs, oldest first. */
export async function commitsOf(world: World, pr: PullRequest): Promise<string[]> {
  const repository = gitOf(world, repoOf(world, pr));
  const commits = await repository.log(pr.pull.head_sha, { not: await comparedBase(world, pr) });
  return commits.reverse();
}

/** Merges for trial, keeps refs/pull/N/merge, and remembers the outcome for this pair of base and head. */
export async function trialMerge(world: World, pr: PullRequest): Promise<NonNullable<Pull["trial"]>> {
  const repository = gitOf(world, repoOf(world, pr));
  const base = (await repository.branch(pr.pull.base)) ?? pr.pull.base_sha;
  const of = `${base} ${pr.pull.head_sha}`;
  if (pr.pull.trial?.of === of) return pr.pull.trial;
  const known = underWay.get(pr);
  if (known?.of === of) return known.made;
  const made = makeTrial(world, pr, base, of).finally(() => underWay.delete(pr));
  underWay.set(pr, { of, made });
  return made;
}

/** One GraphQL query asks several times at once; one merge answers all. */
const underWay = new WeakMap<PullRequest, { of: string; made: Promise<NonNullable<Pull["trial"]>> }>();

async function makeTrial(
  world: World,
  pr: PullRequest,
  base: string,
  of: string,
): Promise<NonNullable<Pull["trial"]>> {
  const repository = gitOf(world, repoOf(world, pr));
  const tree = await mergedTree(repository, base, pr.pull.head_sha);
  const author = { name: "GitHub", email: "noreply@github.com", date: pr.updated_at };
  const commit =
    tree === undefined
      ? null
      : await repository.commitTree({
          tree,
          parents: [base, pr.pull.head_sha],
          message: `Merge ${pr.pull.head_sha} into ${base}`,
          author,
          committer: author,
        });
  const ref = `refs/pull/${pr.number}/merge`;
  if (commit) await repository.updateRef(ref, commit);
  else await repository.deleteRef(ref);
  const trial = { of, commit };
  pr.pull.trial = trial;
  world.store.issues.put(pr);
  return trial;
}

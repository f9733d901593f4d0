// Merges computed without a work tree, one head onto a tip.
import type { MergeMethod } from "../model/github.ts";
import { GitError } from "./error.ts";
import type { Mirror } from "./mirror.ts";

/** The commit that the merge would make; undefined on a conflict. */
export async function mergeOne(
  mirror: Mirror,
  tip: string,
  { sha, method }: { sha: string; method: MergeMethod },
): Promise<string | undefined> {
  if (method === "rebase") return rebase(mirror, tip, sha);
  const tree = await mergeTree(mirror, tip, sha);
  return tree && commit(mirror, tree, method === "squash" ? [tip] : [tip, sha]);
}

/**
 * Each commit that the head is ahead, picked onto the tip; one that conflicts leaves out the head. A pick is a merge
 * whose base is the commit's parent, so the tip's tree is given that parent.
 */
async function rebase(mirror: Mirror, tip: string, head: string): Promise<string | undefined> {
  const range = ["rev-list", "--reverse", "--topo-order", "--no-merges", "--parents", "--end-of-options"];
  const list = await mirror.check([...range, `${tip}..${head}`]);
  let onto = tip;
  for (const line of list.split("\n").filter(Boolean)) {
    const [sha, parent] = line.split(" ") as [string, string?];
    if (!parent) return undefined;
    const standIn = await commit(mirror, `${onto}^{tree}`, [parent]);
    const tree = await mergeTree(mirror, standIn, sha);
    if (!tree) return undefined;
    onto = await commit(mirror, tree, [onto]);
  }
  return onto;
}

/** The merged tree; undefined on a conflict (exit code 1) or when the histories share nothing. */
async function mergeTree(mirror: Mirror, ours: string, theirs: string): Promise<string | undefined> {
  const how = ["merge-tree", "--write-tree", "--no-messages", "--end-of-options"];
  const { code, stdout, stderr } = await mirror.run([...how, ours, theirs]);
  if (code === 0) return stdout.trim();
  if (code === 1 || /unrelated histories/.test(stderr)) return undefined;
  if (code === 129)
    throw new GitError("git is too old to merge without a work tree: install git 2.38 or newer");
  throw new GitError(`git merge-tree of ${theirs} into ${ours} failed (${code}): ${stderr.trim()}`);
}

const commit = (mirror: Mirror, tree: string, parents: string[]): Promise<string> =>
  mirror.check(["commit-tree", "-m", "merge", ...parents.flatMap((parent) => ["-p", parent]), tree]);

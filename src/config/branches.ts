// Which branches a job runs for.
import { madeOnce } from "../lib/kept/made-once.ts";
import { regex } from "../lib/re2.ts";

/** As Prow: joined and unanchored, so `master` also matches `foo-master`. */
const anyOf = madeOnce((patterns: readonly string[]) => regex(patterns.join("|")));

interface Branches {
  branches?: readonly string[];
  skip_branches?: readonly string[];
}

/** Whether the job may run on that branch at all; `skip_branches` wins. */
export function couldRun({ branches = [], skip_branches: skipped = [] }: Branches, branch: string): boolean {
  if (skipped.length > 0 && anyOf(skipped).test(branch)) return false;
  return branches.length === 0 || anyOf(branches).test(branch);
}

/** Whether some branch could start both jobs, as far as the written lists tell. */
export function intersects(one: Branches, other: Branches): boolean {
  const everywhere = (job: Branches) => !job.branches?.length && !job.skip_branches?.length;
  if (everywhere(one) || everywhere(other)) return true;
  const [mine, theirs] = [one.branches ?? [], other.branches ?? []];
  if (mine.length && theirs.length) return mine.some((branch) => theirs.includes(branch));
  if (mine.length) return mine.some((branch) => couldRun(other, branch));
  return theirs.length ? theirs.some((branch) => couldRun(one, branch)) : true;
}

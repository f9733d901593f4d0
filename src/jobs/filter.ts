// Which jobs run: by branch, by changed files, by what a comment asks for.
import {
  contextRequired,
  hasFileFilter,
  needsExplicitTrigger,
  runsConditionally,
} from "../config/branch-requirements.ts";
import { couldRun, intersects } from "../config/branches.ts";
import type { Matcher, Postsubmit, Presubmit } from "../config/job.ts";
import { regex } from "../lib/re2.ts";

export { contextRequired, couldRun, hasFileFilter, intersects, needsExplicitTrigger, runsConditionally };

type Changes = Pick<Matcher, "run_if_changed" | "skip_if_only_changed">;

/** Whether the changed files ask for the job; false without a file filter. */
function filesAskFor(job: Changes, files: readonly string[]): boolean {
  if (job.run_if_changed) {
    const wanted = regex(job.run_if_changed);
    return files.some((file) => wanted.test(file));
  }
  if (!job.skip_if_only_changed) return false;
  const ignored = regex(job.skip_if_only_changed);
  return files.some((file) => !ignored.test(file));
}

/** `shouldRun` for files that are known already. */
export function shouldRunOn(
  job: Presubmit,
  branch: string,
  files: readonly string[],
  forced: boolean,
  byDefault: boolean,
): boolean {
  if (!couldRun(job, branch)) return false;
  return Boolean(job.always_run) || forced || filesAskFor(job, files) || byDefault;
}

/**
 * Whether the presubmit runs for a change to that branch. `forced`: someone asked for this very job;
 * `byDefault`: it runs even when its file filter does not ask for it. `changes` is called only when it matters.
 */
export async function shouldRun(
  job: Presubmit,
  branch: string,
  changes: () => Promise<string[]>,
  forced: boolean,
  byDefault: boolean,
): Promise<boolean> {
  if (!couldRun(job, branch)) return false;
  if (job.always_run || forced) return true;
  return (hasFileFilter(job) && filesAskFor(job, await changes())) || byDefault;
}

/** Whether a push of these files to that branch starts the postsubmit; `always_run` unset means true. */
export function postsubmitShouldRun(job: Postsubmit, branch: string, files: readonly string[]): boolean {
  if (!couldRun(job, branch)) return false;
  return hasFileFilter(job) ? filesAskFor(job, files) : (job.always_run ?? true);
}

export const triggerMatches = (job: Presubmit, body: string): boolean =>
  job.trigger !== "" && regex(job.trigger).test(body);

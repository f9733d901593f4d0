// What was reported about a commit: the latest status of each context, the latest run of each check.
import type { CheckRun, Repo, Status } from "./records.ts";
import type { World } from "./world.ts";

/** Every status ever set, newest first. */
export const statusesOf = (world: World, repo: Repo, sha: string): Status[] =>
  world.store.statuses.in(`${repo.id}@${sha}`).reverse();

/** The latest status of each context, newest first. */
export function contextsOf(world: World, repo: Repo, sha: string): Status[] {
  const seen = new Set<string>();
  return statusesOf(world, repo, sha).filter((status) => {
    const key = status.context.toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}

/** The latest run of each name and App. */
export function checksOf(world: World, repo: Repo, sha: string): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of world.store.checkRuns.in(`${repo.id}@${sha}`)) latest.set(`${run.app} ${run.name}`, run);
  return [...latest.values()].reverse();
}

/** Whether a run stands in nobody's way, once it is completed. */
export const isGreen = ({ conclusion }: CheckRun): boolean =>
  ["success", "neutral", "skipped"].includes(conclusion ?? "");

export function combinedState(statuses: Status[]): "failure" | "pending" | "success" {
  if (statuses.some((status) => status.state === "failure" || status.state === "error")) return "failure";
  if (statuses.length === 0 || statuses.some((status) => status.state === "pending")) return "pending";
  return "success";
}

// Check runs as contexts: one state for each name, the best that any run of it has.
import type { CheckRun } from "../../model/github.ts";

/** In GitHub's upper case; PENDING while it runs. */
const stateOf = ({ conclusion, status }: CheckRun): string => {
  if (status !== "completed") return "PENDING";
  const state = (conclusion ?? "").toUpperCase();
  return state === "NEUTRAL" ? "SUCCESS" : state;
};

const BAD = new Set(["ERROR", "FAILURE"]);

function isBetter(previous: string, now: string): boolean {
  if (now === "SUCCESS") return true;
  if (now === "PENDING") return BAD.has(previous) || previous === "EXPECTED";
  return previous === "EXPECTED" && BAD.has(now);
}

/** State by name. */
export function checkContexts(runs: readonly CheckRun[]): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const run of runs) {
    const previous = states.get(run.name);
    const now = stateOf(run);
    if (previous === undefined || isBetter(previous, now)) states.set(run.name, now);
  }
  return states;
}

// What a storm has shown, in figures.
import type { Recorded } from "../../src/local/github/ledger.ts";
import { figure } from "../figure.ts";
import { testedKey } from "./jobs.ts";
import { mergesOf, type StormOutcome } from "./storm.ts";

const HOUR_MS = 3_600_000;
/** Longest that a status may be late in the thick of it: a minute of refusal comes now and then, and 900 points a minute. */
const STATUS_MINUTES = 30;

export interface StormFigures {
  merged: number;
  breaches: string[];
  /** Refusals that GitHub made up; each was to be heeded. */
  refusals: number;
  dead: string[];
  contents: number;
  /** Contents made in the fullest hour. */
  fullestHour: number;
  /** From a job's end to its status on GitHub, the longest. */
  statusMinutes: number;
  /** Of each component, its requests to GitHub. */
  requests: Map<string, number>;
}

export function figuresOf({ entries, jobs, metrics, dead }: StormOutcome): StormFigures {
  const made = entries.filter(isContent).map(({ at }) => Date.parse(at));
  return {
    merged: mergesOf(entries).length,
    breaches: entries.flatMap((entry) =>
      entry.kind === "breach" ? [`${entry.limit} at ${entry.path}`] : [],
    ),
    refusals: entries.filter(({ kind }) => kind === "refusal").length,
    dead,
    contents: made.length,
    fullestHour: Math.max(
      0,
      ...made.map((from) => made.filter((at) => at >= from && at < from + HOUR_MS).length),
    ),
    statusMinutes: Math.max(0, ...statusDelays(entries, jobs.ended)) / 60_000,
    requests: new Map([...metrics].map(([name, text]) => [name, requestsIn(text)])),
  };
}

const CONTENT = /\/(comments|assignees|requested_reviewers|reviews|merge)$/;

const isContent = (entry: Recorded): boolean =>
  entry.kind === "write" &&
  entry.who.endsWith("[bot]") &&
  entry.status < 300 &&
  ["POST", "PUT"].includes(entry.method) &&
  CONTENT.test(entry.path);

function statusDelays(entries: readonly Recorded[], ended: ReadonlyMap<string, number>): number[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== "write" || entry.status !== 201) return [];
    const sha = /\/statuses\/([0-9a-f]+)$/.exec(entry.path)?.[1];
    const { state, context } = (entry.body ?? {}) as { state?: string; context?: string };
    const since = sha && state === "success" && ended.get(testedKey(sha, context ?? ""));
    return since ? [Date.parse(entry.at) - since] : [];
  });
}

function requestsIn(text: string): number {
  const counts = text.matchAll(/^cutwater_github_requests_total\{[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

export function tell(count: number, outcome: StormOutcome): void {
  const { merged, breaches, refusals, dead, contents, fullestHour, statusMinutes, requests } =
    figuresOf(outcome);
  for (const breach of breaches.slice(0, 5)) console.log(`breach: ${breach}`);
  for (const error of dead.slice(0, 5)) console.log(`dead letter: ${error}`);
  const asked = [...requests].map(([name, number]) => `${name} ${number}`).join(", ");
  console.log(
    `\nA storm of ${count} pull requests: ${outcome.hours.toFixed(1)} hours of GitHub's time in ${Math.round(outcome.seconds)} s.`,
    `Requests: ${asked}.`,
    `${contents} contents made, ${fullestHour} of them in the fullest hour; ${refusals} refusals on the way.`,
  );
  figure("Merged", "storm-merged", merged, "pull requests", { least: count });
  figure(
    "Limits of GitHub's overstepped, or asked within a refusal",
    "storm-breaches",
    breaches.length,
    "times",
    {
      most: 0,
    },
  );
  figure("Deliveries given up", "storm-dead-letters", dead.length, "deliveries", { most: 0 });
  figure("Longest from a job's end to its status", "storm-status-minutes", statusMinutes, "minutes", {
    most: STATUS_MINUTES,
  });
}

// Which periodic jobs to start now.
import type { Config } from "../config/config.ts";
import type { Periodic } from "../config/job.ts";
import { newProwJob, prowJobName } from "../jobs/prow-job.ts";
import { periodicSpec } from "../jobs/spec.ts";
import { milliseconds } from "../lib/duration.ts";
import { passed } from "../lib/timestamp.ts";
import type { Effect } from "../model/effect.ts";
import { RE_RUN_LABEL } from "../model/labels.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";

export interface World {
  periodics: readonly Periodic[];
  /** The newest run of each periodic, by job name. */
  latest: ReadonlyMap<string, ProwJob>;
  /** Cron ticks that are due, by job name. */
  ticks: ReadonlyMap<string, Date>;
}

type Used = Pick<Config, "prowjob_namespace" | "scheduler">;

export function decide(world: World, config: Used, now: Date): Effect[] {
  return world.periodics.flatMap((periodic) => {
    const start = whyStart(periodic, world, now);
    return start ? [createRun(periodic, start, config, now)] : [];
  });
}

interface Start {
  /** With the job's name it makes the run's name: the same for every replica that sees the same. */
  cause: string;
  /** Which retry this is. */
  retry?: number;
}

function whyStart(periodic: Periodic, { latest, ticks }: World, now: Date): Start | undefined {
  const previous = latest.get(periodic.name);
  const tick = ticks.get(periodic.name);
  if (periodic.cron) {
    const free = !previous || isComplete(previous);
    // @every counts from when the process began, so its ticks are no common name; the run before it is.
    if (tick && free) {
      return { cause: periodic.cron.startsWith("@every") ? after(previous) : tick.toISOString() };
    }
  } else if (!previous || intervalIsOver(periodic, previous, now)) return { cause: after(previous) };
  return previous && retryOf(periodic, previous, now);
}

const after = (previous: ProwJob | undefined): string =>
  previous ? `after ${previous.metadata.name}` : "first";

/** `interval` counts from the start of the last run, `minimum_interval` from its end; both wait for its end. */
function intervalIsOver(periodic: Periodic, { status }: ProwJob, now: Date): boolean {
  if (!status.completionTime) return false;
  return periodic.minimum_interval
    ? passed(status.completionTime, now) > milliseconds(periodic.minimum_interval)
    : passed(status.startTime, now) > milliseconds(periodic.interval);
}

const MOST_RETRIES = 10;

/** A failed run is repeated; with `run_all` every run is, without waiting for its end. */
function retryOf({ retry }: Periodic, previous: ProwJob, now: Date): Start | undefined {
  if (!retry) return undefined;
  const again = retry.run_all || (isComplete(previous) && previous.status.state !== "success");
  const label = previous.metadata.labels?.[RE_RUN_LABEL] ?? "0";
  const count = /^\d+$/.test(label) ? Number(label) + 1 : Number.POSITIVE_INFINITY;
  if (!again || count > Math.min(retry.attempts ?? 0, MOST_RETRIES)) return undefined;
  if (passed(previous.status.startTime, now) <= milliseconds(retry.interval)) return undefined;
  return { cause: after(previous), retry: count };
}

function createRun(periodic: Periodic, { cause, retry }: Start, config: Used, now: Date): Effect {
  const job = newProwJob(config, periodicSpec(periodic), {
    name: prowJobName("horologium", periodic.name, cause),
    labels: { ...periodic.labels, ...(retry && { [RE_RUN_LABEL]: String(retry) }) },
    annotations: periodic.annotations,
    now,
  });
  return { do: "createProwJob", job };
}

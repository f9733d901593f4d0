// Cleans up old ProwJobs and pods, in every resync period.
import type { Registry } from "prom-client";
import type { Apply } from "../effects/apply.ts";
import type { KubeError } from "../kube/error.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { clusterFailures } from "../lib/cluster-failures.ts";
import { milliseconds } from "../lib/duration.ts";
import { synced } from "../lib/waiting/synced.ts";
import { decide, type Removal } from "./decide.ts";
import { type Round, sinkerMetrics, type Tally } from "./metrics.ts";
import { observe, type Sources } from "./observe.ts";

export interface SinkerDeps extends Sources {
  apply: Apply;
  clock: Clock;
  metrics: Registry;
  /** --run-once: one round, then the end. */
  runOnce?: boolean;
}

export async function runSinker(deps: SinkerDeps, signal: AbortSignal): Promise<void> {
  const { clock, jobs, config } = deps;
  const publish = sinkerMetrics(deps.metrics);
  const failures = clusterFailures(deps.metrics);
  let onFailure: Sources["onFailure"] = (cluster) => failures.inc({ cluster });
  await synced(jobs, clock, signal);
  while (!signal.aborted) {
    publish(await clean({ ...deps, onFailure }));
    // Counted once, as in Prow, where it is the start that fails.
    onFailure = undefined;
    if (deps.runOnce) return;
    await clock.sleep(milliseconds(config().sinker.resync_period), signal);
  }
}

/** One round. What cannot be removed is counted, and tried again in the next. */
async function clean(deps: SinkerDeps): Promise<Round> {
  const { clock, config, log } = deps;
  const began = clock.now();
  const world = await observe(deps, began);
  const round: Round = {
    pods: world.pods.length,
    prowJobs: world.jobs.length,
    seconds: 0,
    podsRemoved: new Map(),
    podErrors: new Map(),
    jobsRemoved: new Map(),
    jobErrors: new Map(),
  };
  for (const removal of decide(world, config(), began)) await remove(removal, deps, round);
  round.seconds = (clock.now().getTime() - began.getTime()) / 1000;
  log.info({ pods: round.pods, prowJobs: round.prowJobs }, "Sinker reconciliation complete.");
  return round;
}

async function remove(
  { what, reason, effect }: Removal,
  { apply, log }: SinkerDeps,
  round: Round,
): Promise<void> {
  const ofJob = what === "prowjob";
  try {
    await because({ component: "sinker", because: [`${what} is ${reason}`] }, () => apply([effect]));
    if (what !== "finalizer") count(ofJob ? round.jobsRemoved : round.podsRemoved, reason);
  } catch (error) {
    count(ofJob ? round.jobErrors : round.podErrors, (error as KubeError).reason || "Unknown");
    log.error(
      { what, reason, error: (error as Error).message },
      "cannot clean up, trying again in the next round",
    );
  }
}

const count = (tally: Tally, key: string): void => {
  tally.set(key, (tally.get(key) ?? 0) + 1);
};

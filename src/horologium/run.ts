// Starts periodic jobs: looks at the clock and the last runs in every tick.
import type { Config } from "../config/config.ts";
import type { Apply } from "../effects/apply.ts";
import { latestPeriodics } from "../jobs/latest-periodics.ts";
import type { ObjectStore } from "../kube/port.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { milliseconds } from "../lib/duration.ts";
import type { Logger } from "../lib/logger.ts";
import { synced } from "../lib/waiting/synced.ts";
import { causeOfJob } from "../model/job-cause.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { CronTicks } from "./cron-ticks.ts";
import { decide } from "./decide.ts";

export interface HorologiumDeps {
  config: () => Config;
  /** ProwJobs of `prowjob_namespace`; those of other types may be missing. */
  jobs: ObjectStore<ProwJob>;
  apply: Apply;
  clock: Clock;
  log: Logger;
}

export async function runHorologium(
  deps: HorologiumDeps,
  signal: AbortSignal,
  ticks = new CronTicks(),
): Promise<void> {
  const { clock, jobs, config } = deps;
  await synced(jobs, clock, signal);
  while (!signal.aborted) {
    await syncPeriodics(deps, ticks);
    await clock.sleep(milliseconds(config().horologium.tick_interval), signal);
  }
}

const STAND_BY_MS = 5_000;
/** Within this time another has taken over from one that has died, which may not have looked since its last tick. */
const TAKEOVER_MS = 20_000;

/**
 * Follows the ticks as long as `leads` says no, so that one that nobody used since the leader died is not lost. One that
 * the leader did use makes no second run, since a run is named after its tick.
 */
export async function standBy(
  { config, clock }: Pick<HorologiumDeps, "config" | "clock">,
  ticks: CronTicks,
  leads: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now();
    const { periodics, horologium } = config();
    const unused = TAKEOVER_MS + milliseconds(horologium.tick_interval);
    if (!leads()) ticks.pass(periodics, now, new Date(now.getTime() - unused));
    await clock.sleep(STAND_BY_MS, signal);
  }
}

/** One look at all periodics. A job that cannot be created does not keep the others from starting. */
async function syncPeriodics(
  { config, jobs, apply, clock, log }: HorologiumDeps,
  ticks: CronTicks,
): Promise<void> {
  const { periodics, ...rest } = config();
  const now = clock.now();
  const complain = (job: string, error: unknown) =>
    log.error({ job, error: (error as Error).message }, "cannot start periodic job");
  const world = {
    periodics,
    latest: latestPeriodics(jobs.list()),
    ticks: ticks.due(periodics, now, complain),
  };
  for (const effect of decide(world, rest, now)) {
    if (effect.do !== "createProwJob") continue;
    const { metadata, spec } = effect.job;
    try {
      await because(causeOfJob(effect.job, "horologium"), () => apply([effect]));
      log.info({ job: spec.job, name: metadata.name }, "Triggering new run.");
    } catch (error) {
      complain(spec.job, error);
      const tick = world.ticks.get(spec.job);
      if (tick) ticks.giveBack(spec.job, tick);
    }
  }
}

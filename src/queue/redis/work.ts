// Works the queue off: as many groups side by side as may be, each in its order, by whoever has its lock.
import { within } from "../../lib/cause.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { BackOff } from "../../lib/waiting/back-off.ts";
import { untilAborted } from "../../lib/waiting/until-aborted.ts";
import { DROPPED_TEXT, type Outcome, outcomeOf } from "../outcome.ts";
import type { Queue, WorkOptions } from "../port.ts";
import type { Groups, Taken } from "./groups.ts";
import type { HeldItem } from "./held.ts";
import { type Lanes, lanesOf, type More } from "./lanes.ts";
import { leasesOf } from "./leases.ts";
import type { WakeUps } from "./wake-ups.ts";

/** Redis does not do what it is told: it may be full. */
const RETRY_MS = 1_000;

type Handle = Parameters<Queue["work"]>[0];

export interface Shop {
  groups: Groups;
  wakes: WakeUps;
  clock: Clock;
  random: () => number;
  log: Logger;
  backOff: BackOff;
  leaseMs: number;
  deadBytes: number;
  monotonic: () => number;
}

/** Resolves when `signal` has aborted and what was under way is done. */
export async function work(
  shop: Shop,
  handle: Handle,
  { signal, concurrency, maxAttempts }: WorkOptions,
): Promise<void> {
  const { wakes } = shop;
  const leases = leasesOf(shop);
  const lanes = lanesOf(concurrency, (more) => lane({ ...shop, leases, more, handle, maxAttempts, signal }));
  const ended = new AbortController();
  const renewing = leases.renewing(ended.signal);
  const heard = wakes.heard(signal, async (group) => {
    if (group !== undefined) await endRest(shop, group);
    lanes.call();
    // The next ones are for others as long as this process can begin nothing.
    await untilAborted(lanes.room(), signal);
  });
  await Promise.all([heard, sweep(shop, lanes, signal)]);
  await lanes.idle();
  ended.abort();
  await renewing;
}

/** Has a group worked on whose rest is over, or has somebody woken again when it is. */
async function endRest({ groups, wakes, leaseMs }: Shop, group: string): Promise<void> {
  const ms = await groups.ready(group);
  // A rest for longer is a later one, with a wake-up of its own: this one would come upon rests for ever.
  if (ms > 0 && ms < leaseMs / 3) await wakes.later(group, ms + 1);
}

/** Finds groups whose wake-up is lost, as after a crash between adding and waking, and those of workers that are gone. */
async function sweep(
  { groups, clock, log, leaseMs }: Shop,
  lanes: Lanes,
  signal: AbortSignal,
): Promise<void> {
  const rescue = async () => {
    const { ready } = await groups.rescue();
    if (ready > 0) lanes.call();
  };
  while (!signal.aborted) {
    try {
      // While Redis is away it has no answer.
      await untilAborted(rescue(), signal);
    } catch (error) {
      log.warn({ error }, "groups could not be swept");
    }
    await clock.sleep(leaseMs / 3, signal);
  }
}

interface Lane extends Shop {
  leases: ReturnType<typeof leasesOf>;
  more: More;
  handle: Handle;
  maxAttempts: number;
  signal: AbortSignal;
}

/** Works on one item after another, until nothing is ready. */
async function lane(deps: Lane): Promise<void> {
  const { clock, log, signal } = deps;
  while (!signal.aborted) {
    try {
      if (!(await takeOff(deps))) return;
    } catch (error) {
      // What it had gets free when its lock ends, and the sweep finds it.
      log.warn({ error }, "the queue could not be worked off");
      await clock.sleep(RETRY_MS, signal);
    }
  }
}

/** Works on items until one must rest; false when nothing was ready. */
async function takeOff(deps: Lane): Promise<boolean> {
  const { groups, wakes, leases, more, handle, leaseMs, monotonic, signal } = deps;
  // Of its own each time: a group that rests is locked with it.
  const token = `${deps.random()}`;
  let asked = monotonic();
  let taken = await groups.take(token, leaseMs);
  while (taken) {
    const { item, ready }: Taken = taken;
    if (signal.aborted && taken.crashes === 0) {
      await groups.rest(item, token, 0);
      await wakes.now();
      return true;
    }
    if (ready > 0) more();
    const lease = leases.begin(item, token, asked);
    const outcome = await outcomeOf(
      taken,
      (one, attempt) => within({ holds: lease.holds }, () => handle(one, attempt)),
      deps,
    );
    lease.end();
    if (outcome.is === "resting") {
      const ms = Math.ceil(outcome.ms);
      await groups.rest({ ...item, attempts: outcome.attempts }, token, ms);
      await wakes.later(item.group, ms + 1);
      return true;
    }
    asked = monotonic();
    taken = await after(deps, item, outcome, token);
    if (!taken) return false;
  }
  return false;
}

/** Returns the next item. */
async function after(
  { groups, clock, log, leaseMs, deadBytes }: Shop,
  item: HeldItem,
  outcome: Exclude<Outcome, { is: "resting" }>,
  token: string,
): Promise<Taken | undefined> {
  if (outcome.is === "done") return await groups.done(item, token, leaseMs);
  const { why, attempts } = outcome;
  const letter = { ...item, attempts, error: why, failedAt: clock.now().toISOString() };
  const dropped = await groups.bury(letter, token, deadBytes);
  if (dropped > 0) log.warn({ dropped, deadBytes }, DROPPED_TEXT);
  return await groups.take(token, leaseMs, item);
}

// Tide: keeps looking for pull requests that may merge, tests them on the current base, merges them, and says why not.
import type { Registry } from "prom-client";
import { anyChecks } from "../config/github-reporter.ts";
import { because } from "../lib/cause.ts";
import { milliseconds } from "../lib/duration.ts";
import type { BlobRead } from "../storage/port.ts";
import { tideMetrics } from "./metrics.ts";
import type { World } from "./observe.ts";
import type { OpenPulls, Progress } from "./open-pulls.ts";
import { packedSearch } from "./packed-search.ts";
import { repoFacts } from "./repo-facts.ts";
import { withCheckTexts } from "./search.ts";
import { type SyncDeps, type SyncTools, sync } from "./sync.ts";
import { updateStatuses } from "./update-statuses.ts";

export interface TideDeps extends SyncDeps {
  metrics: Registry;
  /** Where the history is kept over restarts. */
  history?: { url: string; store: BlobRead };
  /** Calls `listener` when something may have changed, so that the next sync need not wait; returns how to stop. */
  wake?: (listener: () => void) => () => void;
  /** Shortest time from the start of one sync to the next, however often tide is woken; default 1 s. */
  shortestPauseMs?: number;
  /** One sync and the statuses that follow from it, instead of going on. */
  runOnce?: boolean;
}

const SHORTEST_PAUSE_MS = 1000;

/** Until `signal` aborts, or after one sync with `runOnce`; what has begun is finished. Needs `deps.prowJobs` to have synced. */
export async function runTide(deps: TideDeps, signal: AbortSignal): Promise<void> {
  await loadHistory(deps);
  const metrics = tideMetrics(deps.metrics);
  const facts = repoFacts(deps.read, deps.clock);
  const worlds = mailbox<WorldForStatuses>();
  const turns = statusTurns(deps, worlds.put);
  const search = packedSearch(withCheckTexts(deps.read, () => anyChecks(deps.config())));
  const tools: SyncTools = {
    facts,
    metrics,
    search,
    batchAnswers: new Map(),
    justStarted: new Map(),
    ...turns,
  };
  const alarm = alarmClock();
  const unsubscribe = deps.wake?.(alarm.ring);
  const stop = () => {
    alarm.ring();
    worlds.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    if (deps.runOnce) await lookOnce(deps, tools);
    else
      await Promise.all([syncLoop(deps, tools, alarm, signal), statusLoop(deps, tools, turns, worlds.take)]);
  } finally {
    unsubscribe?.();
    signal.removeEventListener("abort", stop);
  }
}

/** A sync that fails is the caller's to know: there is no next one. */
async function lookOnce(deps: TideDeps, tools: SyncTools): Promise<void> {
  let world: WorldForStatuses | undefined;
  const turns = statusTurns(deps, (seen) => (world = seen));
  try {
    await sync(deps, { ...tools, ...turns });
  } finally {
    await saveHistory(deps);
    if (world) await updateStatuses(deps, world, tools.facts);
  }
}

async function syncLoop(
  deps: TideDeps,
  tools: SyncTools,
  alarm: AlarmClock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const started = deps.clock.now().getTime();
    try {
      await sync(deps, tools);
    } catch (error) {
      deps.log.error({ error }, "Error syncing.");
    }
    await saveHistory(deps);
    const left = (ms: number) => started + ms - deps.clock.now().getTime();
    await deps.clock.sleep(left(deps.shortestPauseMs ?? SHORTEST_PAUSE_MS), signal);
    await alarm.sleep(deps.clock, left(milliseconds(deps.config().tide.sync_period)));
  }
}

type WorldForStatuses = World & { open: OpenPulls };

/** Ends when there are no more worlds. */
async function statusLoop(
  deps: TideDeps,
  { facts, metrics }: SyncTools,
  turns: StatusTurns,
  take: () => Promise<WorldForStatuses | undefined>,
): Promise<void> {
  for (let world = await take(); world; world = await take()) {
    const started = deps.clock.now().getTime();
    try {
      await updateStatuses(deps, world, facts);
    } catch (error) {
      deps.log.error({ error }, "Error updating statuses.");
    }
    metrics.statusUpdateDuration.set((deps.clock.now().getTime() - started) / 1000);
    metrics.syncHeartbeat.inc({ controller: "status-update" });
    turns.done();
  }
}

type StatusTurns = Required<Pick<SyncTools, "openSince" | "onWorld">> & { done(): void };

/** Syncs do not come exactly in time. */
const ALMOST = 0.95;

/**
 * The statuses follow from the same look as the pools, once in a `status_update_period`: pull requests for both come
 * in one request, and no status tells of a moment between two syncs.
 */
function statusTurns(deps: TideDeps, give: (world: WorldForStatuses) => void): StatusTurns {
  let progress: Progress = new Map();
  let last = Number.NEGATIVE_INFINITY;
  let asked = last;
  let busy = false;
  return {
    openSince(now) {
      asked = now.getTime();
      const period = milliseconds(deps.config().tide.status_update_period);
      return !busy && asked - last >= period * ALMOST ? progress : undefined;
    },
    onWorld(world) {
      const { open } = world;
      if (!open) return;
      ({ progress } = open);
      last = asked;
      busy = true;
      give({ ...world, open });
    },
    done() {
      busy = false;
    },
  };
}

async function loadHistory({ history, state, log }: TideDeps): Promise<void> {
  if (!history || !(await history.store.stat(history.url))) return;
  try {
    state.history.load(await new Response(await history.store.read(history.url)).text());
  } catch (error) {
    log.warn({ error, url: history.url }, "The stored history of tide is of no use and will be overwritten.");
  }
}

async function saveHistory({ history, state, apply, log }: TideDeps): Promise<void> {
  if (!history) return;
  try {
    await because({ component: "tide" }, () => apply(state.history.flush(history.url)));
  } catch (error) {
    log.error({ error, url: history.url }, "Error flushing action history.");
  }
}

interface AlarmClock {
  ring(): void;
  /** Ends early when it rings; a ring since the last sleep ends this one at once. */
  sleep(clock: TideDeps["clock"], ms: number): Promise<void>;
}

function alarmClock(): AlarmClock {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async sleep(clock, ms) {
      await clock.sleep(ms, rung.signal);
      rung = new AbortController();
    },
  };
}

/** Holds the newest value until it is taken; `take` waits for one, and gives undefined once it is closed. */
function mailbox<T>() {
  let value: T | undefined;
  let closed = false;
  let arrived = Promise.withResolvers<void>();
  return {
    put: (next: T) => {
      value = next;
      arrived.resolve();
    },
    close: () => {
      closed = true;
      arrived.resolve();
    },
    take: async (): Promise<T | undefined> => {
      await arrived.promise;
      arrived = Promise.withResolvers<void>();
      const taken = value;
      value = undefined;
      return closed ? undefined : taken;
    },
  };
}

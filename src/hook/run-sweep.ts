// Looks through GitHub's logs of deliveries every minute, and has what never arrived delivered again.
import { isRefusal } from "../github/error.ts";
import type { DeliveryLog, DeliveryLogs, LoggedDelivery } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import type { Queue } from "../queue/port.ts";
import { keepMark, type MarkDeps, type MarkMemory } from "./keep-mark.ts";
import { KEPT_MS, LATE_MS, type Mark, SWEEP_MS, sweptMark } from "./memory-mark.ts";
import { type Awaited, behindSince, decideSweep } from "./sweep.ts";
import type { SweepMetrics } from "./sweep-metrics.ts";

export interface SweepDeps extends MarkDeps {
  logs: DeliveryLogs;
  /** Where hooks may be, and the address that ours lead to; without it only the App's own log is read. */
  hooks?: { places: () => readonly RepoRef[]; url: string };
  queue: Pick<Queue, "remembered" | "state" | "turn">;
  clock: Clock;
  random: () => number;
  metrics: SweepMetrics;
  periodMs: number;
}

/** A sweeper that is gone is replaced after so many sweeps that did not happen. */
const MISSED = 3;
/** Hooks come and go seldom. */
const HOOKS_FOR_MS = 15 * 60_000;
const PAGE_OF_IDS = 500;

/** What one process keeps between sweeps; all of it may be lost. */
interface Memory extends MarkMemory {
  awaited: Map<string, Map<string, Awaited>>;
  /** By hook: everything before then has been looked at. */
  swept: Map<string, number>;
  hooks?: { at: number; logs: DeliveryLog[]; whole: boolean };
}

/** Runs until `signal` aborts. Of several replicas one has the turn. */
export async function runSweep(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const { clock, log, metrics, periodMs, queue, random } = deps;
  const memory: Memory = { awaited: new Map(), swept: new Map(), told: new Set() };
  const owner = `${random()}`;
  while (!signal.aborted) {
    const began = clock.now().getTime();
    try {
      if (!(await queue.turn("sweep", owner, MISSED * periodMs))) {
        // What this one knew is the other one's to say now.
        delete memory.behind;
        metrics.lastSuccess.set(0);
        metrics.missing.reset();
      } else if (await sweep(deps, memory, signal)) metrics.lastSuccess.set(began / 1000);
    } catch (error) {
      // Another one may have the turn meanwhile.
      delete memory.behind;
      metrics.failures.inc();
      log.warn({ error }, `the logs of deliveries can not be swept: ${errorText(error)}`);
    }
    await clock.sleep(Math.max(0, began + periodMs - clock.now().getTime()), signal);
  }
}

/** True when every log was read as far as it had to be, and every redelivery was taken. */
async function sweep(deps: SweepDeps, memory: Memory, signal: AbortSignal): Promise<boolean> {
  const { mark, failed } = await markNow(deps, memory);
  const now = deps.clock.now().getTime();
  const { logs, whole } = await logsOf(deps, memory, now);
  if (logs.length === 0 && whole) tellOnce(memory, "none", () => deps.log.warn({}, NO_LOG));
  let good = !failed && whole && logs.length > 0;
  let missing = 0;
  let isSeen = true;
  for (const log of logs) {
    if (signal.aborted) return false;
    try {
      const swept = await sweepOne(deps, memory, log, { now, mark, signal });
      missing += swept.missing;
      good = swept.good && good;
    } catch (error) {
      deps.metrics.failures.inc();
      tellTrouble(deps, memory, log.name, error);
      good = false;
      isSeen &&= memory.swept.has(log.name) || isRefusal(error);
    }
  }
  // What it has not looked at it can not speak of.
  if (signal.aborted || !isSeen) return false;
  memory.behind = { from: behindSince(toCome(memory, now)) };
  const isNews = memory.behind.from !== mark.behind?.from;
  const last = isNews ? (await markNow(deps, memory)).mark : mark;
  if (good && missing === 0) await keepSwept(deps, memory, last, now);
  return good;
}

async function markNow(deps: SweepDeps, memory: Memory): ReturnType<typeof keepMark> {
  const before = memory.mark?.since;
  const kept = await keepMark(deps, memory);
  // What was asked for before may have come, and been lost again.
  if (before !== undefined && before !== kept.mark.since) {
    memory.awaited.clear();
    memory.swept.clear();
  }
  return kept;
}

/** A hook whose log could not be read for so long may be gone, or the right to ask for what it has. */
const toCome = ({ awaited, swept }: Memory, now: number): Awaited[] =>
  [...awaited].flatMap(([name, known]) =>
    now - (swept.get(name) ?? 0) < SWEEP_MS ? [...known.values()] : [],
  );

async function keepSwept({ marks }: SweepDeps, memory: Memory, mark: Mark, now: number): Promise<void> {
  memory.mark = sweptMark(mark, now);
  const isNews = memory.mark.lost.some(({ swept }, at) => swept !== mark.lost[at]?.swept);
  if (isNews) await marks.change((kept) => sweptMark(kept ?? mark, now));
}

const NO_LOG =
  "GitHub's log of deliveries is not swept, so an event that GitHub fails to hand over is lost: sign in as a GitHub App, or say with --webhook-url which hooks lead here";

/** `whole` is false when somewhere it could not be asked which hooks there are. */
async function logsOf(deps: SweepDeps, memory: Memory, now: number) {
  const { logs, hooks } = deps;
  const own = logs.own ? [logs.own] : [];
  if (!hooks) return { logs: own, whole: true };
  if (!memory.hooks || now - memory.hooks.at >= HOOKS_FOR_MS || !memory.hooks.whole) {
    const found: DeliveryLog[] = [];
    let whole = true;
    for (const place of hooks.places()) {
      try {
        found.push(...(await logs.of(place, hooks.url)));
      } catch (error) {
        whole = false;
        tellTrouble(deps, memory, `the hooks of ${place.repo ? repoName(place) : place.org}`, error);
      }
    }
    memory.hooks = { at: now, logs: found, whole };
  }
  return { logs: [...own, ...memory.hooks.logs], whole: memory.hooks.whole };
}

const ENDED = { good: false, missing: 0 };

async function sweepOne(
  deps: SweepDeps,
  memory: Memory,
  log: DeliveryLog,
  { now, mark, signal }: { now: number; mark: Mark; signal: AbortSignal },
): Promise<{ good: boolean; missing: number }> {
  const last = memory.swept.get(log.name);
  const lost = mark.lost.filter(({ swept }) => !swept);
  // What failed before this installation began was somebody else's: Prow may have worked on it all the same.
  const first = Math.max(now - KEPT_MS, mark.began - LATE_MS);
  const from =
    last === undefined ? first : Math.min(last - LATE_MS, ...lost.map((span) => Math.max(first, span.from)));
  const found: LoggedDelivery[] = [];
  for await (const page of log.pages()) {
    const young = page.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= from);
    found.push(...young);
    if (young.length < page.length || signal.aborted) break;
  }
  if (signal.aborted) return ENDED;
  const awaited = memory.awaited.get(log.name) ?? new Map<string, Awaited>();
  const remembered = await rememberedOf(deps.queue, [...found.map(({ guid }) => guid), ...awaited.keys()]);
  const { periodMs } = deps;
  const decided = decideSweep({ log: found, remembered, awaited, lost, now, periodMs });
  memory.awaited.set(log.name, decided.awaited);
  deps.metrics.missing.set({ hook: log.name }, decided.awaited.size);
  let good = true;
  for (const delivery of decided.redeliver) {
    if (signal.aborted) return ENDED;
    good = (await redeliver(deps, memory, log, delivery)) && good;
  }
  memory.swept.set(log.name, now);
  return { good, missing: decided.missing };
}

async function rememberedOf(queue: SweepDeps["queue"], guids: readonly string[]): Promise<Set<string>> {
  const ids = [...new Set(guids)];
  const remembered = new Set<string>();
  for (let at = 0; at < ids.length; at += PAGE_OF_IDS)
    for (const id of await queue.remembered(ids.slice(at, at + PAGE_OF_IDS))) remembered.add(id);
  return remembered;
}

async function redeliver(
  deps: SweepDeps,
  memory: Memory,
  log: DeliveryLog,
  { id, guid, event }: LoggedDelivery,
): Promise<boolean> {
  try {
    await log.redeliver(id);
    deps.metrics.redeliveries.inc();
    deps.log.info({ "event-GUID": guid, "event-type": event }, `Asked ${log.name} to deliver again.`);
    return true;
  } catch (error) {
    deps.metrics.failures.inc();
    tellTrouble(deps, memory, log.name, error, true);
    return false;
  }
}

/** What is not allowed stays so until somebody grants it: told once. The rest passes, as one delivery that is there no more. */
function tellTrouble(
  deps: SweepDeps,
  memory: Memory,
  name: string,
  error: unknown,
  isAboutOne = false,
): void {
  const barring = isAboutOne ? [403] : [403, 404];
  if (isRefusal(error) && barring.includes(error.status)) {
    const grant = deps.logs.own
      ? "read and write access to webhooks"
      : "the scope admin:org_hook or admin:repo_hook";
    const words = `The deliveries of ${name} can not be swept, so an event that GitHub fails to hand over is lost: grant ${grant}. ${errorText(error)}`;
    tellOnce(memory, isAboutOne ? `redeliveries of ${name}` : name, () => deps.log.error({}, words));
  } else deps.log.warn({ error }, `the deliveries of ${name} can not be swept: ${errorText(error)}`);
}

function tellOnce({ told }: Memory, about: string, tell: () => void): void {
  if (told.has(about)) return;
  told.add(about);
  tell();
}

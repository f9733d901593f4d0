// The queue for one process, in a SQLite file: durable before `add` resolves, unfinished work is found again on open.
import type { Clock } from "../../lib/clock.ts";
import { type Logger, silent } from "../../lib/logger.ts";
import type { BackOff } from "../../lib/waiting/back-off.ts";
import { BACK_OFF, DEAD_BYTES, REMEMBER_MS } from "../figures.ts";
import { DROPPED_TEXT, outcomeOf } from "../outcome.ts";
import type { Queue, WorkOptions } from "../port.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { openStore, type Store, type StoredItem } from "./store.ts";

export interface SQLiteQueueOptions {
  /** Path, or `:memory:`. */
  file: string;
  clock: Clock;
  /** Default: nothing is left to chance. */
  random?: () => number;
  log?: Logger;
  backOff?: BackOff;
  /** Of all dead letters together; the oldest make room. Default: 32 MiB. */
  deadBytes?: number;
}

const PRUNE_EVERY_MS = 3_600_000;
const WRITE_AGAIN_MS = 1_000;

type Handle = Parameters<Queue["work"]>[0];
interface Shop extends Required<Omit<SQLiteQueueOptions, "file">> {
  store: Store;
  order: Schedule;
}

export function sqliteQueue(options: SQLiteQueueOptions): Queue {
  const { file, clock, random = () => 0.5, log = silent } = options;
  const { backOff = BACK_OFF, deadBytes = DEAD_BYTES } = options;
  const store = openStore(file, clock.now().getTime());
  const order = schedule();
  for (const { group, seq } of store.waiting()) order.add(group, seq);
  const shop: Shop = { store, order, clock, random, log, backOff, deadBytes };
  let prunedAt = 0;

  return {
    async add(item) {
      const now = clock.now().getTime();
      const prune = now - prunedAt >= PRUNE_EVERY_MS;
      if (prune) prunedAt = now;
      const seq = await store.write((tables) => {
        if (prune) tables.forgetBefore(now - REMEMBER_MS);
        return tables.insert(item, now);
      });
      if (seq !== undefined) order.add(item.group, seq);
      return { added: seq !== undefined };
    },
    work: (handle, options) => work(shop, handle, options),
    depth: async () => order.size(),
    state: async () => store.state(),
    remembered: async (ids) => store.remembered(ids),
    // The file has one process.
    turn: async () => true,
    async *dead() {
      yield* store.dead();
    },
    async replay(id) {
      const revived = await store.write((tables) => tables.revive(id));
      if (!revived) throw new Error(`there is no dead letter ${id}`);
      order.add(revived.group, revived.seq);
    },
    close: () => store.close(),
  };
}

async function work(around: Shop, handle: Handle, options: WorkOptions): Promise<void> {
  const { signal, concurrency } = options;
  const shop = { ...around, store: patient(around, signal) };
  const { order } = shop;
  const running = new Set<Promise<void>>();
  let broken: unknown;
  signal.addEventListener("abort", order.wake, { once: true });
  while (!signal.aborted && broken === undefined) {
    const turn = running.size < concurrency ? order.next() : undefined;
    if (!turn) {
      await (running.size < concurrency ? order.changed() : Promise.race(running));
      continue;
    }
    const job = runOne(shop, turn, handle, options)
      .catch((error: unknown) => {
        broken = error; // the disk failed: no work without a record of it
        order.wake();
      })
      .finally(() => running.delete(job));
    running.add(job);
  }
  signal.removeEventListener("abort", order.wake);
  await Promise.all(running);
  if (broken !== undefined) throw broken;
}

/**
 * What the file does not take is written again until it does, or the worker is told to stop: a disk that is full has room
 * again one day, and what has been done must not be done anew for want of a record.
 */
function patient({ store, clock, log }: Shop, signal: AbortSignal): Store {
  async function surely<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (signal.aborted) throw error;
        log.error({ error }, "the queue's file can not be written: its work waits");
        await clock.sleep(WRITE_AGAIN_MS, signal);
      }
    }
  }
  return {
    ...store,
    write: (change) => surely(() => store.write(change)),
    note: (change) => surely(() => store.note(change)),
  };
}

async function runOne(
  shop: Shop,
  { group, seq }: { group: string; seq: number },
  handle: Handle,
  { signal, maxAttempts }: WorkOptions,
): Promise<void> {
  const { store, order, clock } = shop;
  const taken = await store.note((tables) => tables.take(seq));
  const restMs = taken && (await ended(shop, taken, handle, maxAttempts));
  if (restMs === undefined) return order.release(group, false);
  // Not awaited: other groups may have this worker's place meanwhile.
  void clock.sleep(restMs, signal).then(() => order.release(group, true));
}

/** Returns how long the item is to rest, which whoever is beside it has to itself; undefined: it is done or buried. */
async function ended(
  shop: Shop,
  { item: { seq, ...item }, crashes }: { item: StoredItem; crashes: number },
  handle: Handle,
  maxAttempts: number,
): Promise<number | undefined> {
  const { store } = shop;
  const outcome = await outcomeOf({ item, crashes }, handle, { ...shop, maxAttempts });
  if (outcome.is === "resting") {
    await store.write((tables) => tables.giveBack(seq, outcome.attempts));
    return outcome.ms;
  }
  if (outcome.is === "done") await store.write((tables) => tables.done(seq));
  else await bury(shop, { seq, attempts: outcome.attempts }, outcome.why);
  return undefined;
}

async function bury(
  { store, clock, log, deadBytes }: Shop,
  { seq, attempts }: Pick<StoredItem, "seq" | "attempts">,
  error: string,
): Promise<void> {
  const letter = { seq, attempts, error, failedAt: clock.now().toISOString() };
  const dropped = await store.write((tables) => tables.bury(letter, deadBytes));
  if (dropped > 0) log.warn({ dropped, deadBytes }, DROPPED_TEXT);
}

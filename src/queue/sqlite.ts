// The queue for one process, in a SQLite file: durable before `add` resolves, unfinished work is found again on open.
import { type BackOff, backOffMs } from "../lib/back-off.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { BACK_OFF, REMEMBER_MS } from "./backoff.ts";
import { isPermanent, postponedMs } from "./error.ts";
import type { Queue, WorkOptions } from "./port.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { openStore, type Store } from "./sqlite-store.ts";

export interface SQLiteQueueOptions {
  /** Path, or `:memory:`. */
  file: string;
  clock: Clock;
  backOff?: BackOff;
}

const PRUNE_EVERY_MS = 3_600_000;

type Handle = Parameters<Queue["work"]>[0];
interface Shop {
  store: Store;
  order: Schedule;
  clock: Clock;
  backOff: BackOff;
}

export function sqliteQueue({ file, clock, backOff = BACK_OFF }: SQLiteQueueOptions): Queue {
  const store = openStore(file, clock.now().getTime());
  const order = schedule();
  for (const { group, seq } of store.waiting()) order.add(group, seq);
  const shop: Shop = { store, order, clock, backOff };
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
    dead: async (limit) => [...store.dead(limit)],
    async eachDead(limit, see) {
      for (const letter of store.dead(limit)) see(letter);
    },
    async replay(id) {
      const revived = await store.write((tables) => tables.revive(id));
      if (!revived) throw new Error(`there is no dead letter ${id}`);
      order.add(revived.group, revived.seq);
    },
    close: () => store.close(),
  };
}

async function work(shop: Shop, handle: Handle, options: WorkOptions): Promise<void> {
  const { order } = shop;
  const { signal, concurrency } = options;
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

async function runOne(
  { store, order, clock, backOff }: Shop,
  { group, seq }: { group: string; seq: number },
  handle: Handle,
  { signal, maxAttempts }: WorkOptions,
): Promise<void> {
  const item = store.take(seq);
  if (!item) return order.release(group, false);
  const attempt = item.attempts + 1;
  const { id, payload } = item;
  try {
    await handle({ id, group, payload }, attempt);
  } catch (error) {
    // Not awaited: other groups may have this worker's place meanwhile.
    const again = (ms: number) => void clock.sleep(ms, signal).then(() => order.release(group, true));
    const postponed = postponedMs(error, clock.now().getTime());
    if (postponed !== undefined) return again(postponed);
    if (attempt >= maxAttempts || isPermanent(error)) {
      const message = errorText(error);
      await store.write((tables) => tables.bury(seq, attempt, message, clock.now().toISOString()));
      return order.release(group, false);
    }
    await store.write((tables) => tables.failed(seq, attempt));
    return again(backOffMs(backOff, attempt));
  }
  await store.write((tables) => tables.done(seq));
  order.release(group, false);
}

// The queue for many processes, on Redis with BullMQ. BullMQ carries wake-ups only ("this group has work"); the order
// within a group is a Redis list, worked off by whoever holds the group's lock.
import type { Queue as BullQueue, Job, Worker } from "bullmq";
import { within } from "../../lib/cause.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { aborted } from "../../lib/waiting/aborted.ts";
import type { BackOff } from "../../lib/waiting/back-off.ts";
import { soon } from "../../lib/waiting/soon.ts";
import { BACK_OFF, DEAD_BYTES } from "../figures.ts";
import type { OpenQueueOptions } from "../open.ts";
import { DROPPED_TEXT, type Outcome, outcomeOf } from "../outcome.ts";
import type { Queue, WorkOptions } from "../port.ts";
import { redisAdder } from "./add.ts";
import { checkRedis } from "./check.ts";
import { connectRedis } from "./connect.ts";
import { type Groups, redisGroups, type Taken } from "./groups.ts";
import type { HeldItem } from "./held.ts";

const LEASE_MS = 15_000;
/** After an error BullMQ waits before it goes on. */
const RETRY_MS = 5_000;
/** A probe of health waits for one second. */
const LOOK_MS = 800;

/** By `monotonic`. */
interface Lease {
  until: number;
}

type Handle = Parameters<Queue["work"]>[0];

interface Wake {
  group: string;
}

interface Shop {
  groups: Groups;
  wake(group: string, id?: string): Promise<void>;
  clock: Clock;
  random: () => number;
  log: Logger;
  backOff: BackOff;
  leaseMs: number;
  deadBytes: number;
  monotonic: () => number;
}

/** Connects and checks that this Redis keeps what it is given; rejects with an Error that says what to set. */
export async function bullMQQueue(options: OpenQueueOptions): Promise<Queue> {
  const { url, name = "webhooks", log } = options;
  const { backOff = BACK_OFF, leaseMs = LEASE_MS, deadBytes = DEAD_BYTES } = options;
  const [bullmq, connections] = await Promise.all([import("bullmq"), connectRedis(url, log)]);
  const { producer, commands, reader, forWorker } = connections;
  try {
    const durability = await checkRedis(commands);
    const groups = redisGroups(commands, name);
    const seen = redisGroups(reader, name);
    const wakeUps = new bullmq.Queue<Wake>(name, { connection: commands, prefix: "{cutwater}" });
    wakeUps.on("error", (error) => log.warn({ error: error.message }, "BullMQ"));
    const add = redisAdder(producer, groups, durability);
    const monotonic = options.monotonic ?? (() => options.clock.now().getTime());
    const figures = { backOff, leaseMs, deadBytes, monotonic };
    const shop: Shop = { ...options, ...figures, groups, wake: (...which) => wake(wakeUps, ...which) };
    const newWorker = (process: (job: Job<Wake>, token?: string) => Promise<void>, concurrency: number) =>
      new bullmq.Worker<Wake>(name, process, {
        connection: forWorker(),
        prefix: "{cutwater}",
        concurrency,
        lockDuration: leaseMs,
        stalledInterval: Math.round((leaseMs * 2) / 3),
        runRetryDelay: RETRY_MS,
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        autorun: false,
      });
    return {
      async add(item) {
        const added = await add(item);
        // The item is safe; if this wake-up is lost, the sweep finds the group.
        shop
          .wake(item.group)
          .catch((error: unknown) => log.warn({ error }, "wake-up lost, the sweep repeats it"));
        return { added };
      },
      work: (handle, how) => work(shop, newWorker, bullmq.DelayedError, handle, how),
      depth: () => soon(seen.depth(), { what: "Redis", ms: LOOK_MS, clock: options.clock }),
      state: seen.state,
      remembered: seen.remembered,
      turn: groups.turn,
      dead: seen.dead,
      async replay(id) {
        const group = await groups.revive(id);
        if (group === undefined) throw new Error(`there is no dead letter ${id}`);
        await shop.wake(group);
      },
      async close() {
        await wakeUps.close();
        connections.close();
      },
    };
  } catch (error) {
    connections.close();
    throw error;
  }
}

/** With an `id`, nothing while there is a wake-up of that id. */
async function wake(wakeUps: BullQueue<Wake>, group: string, id?: string): Promise<void> {
  const jobId = id === undefined ? {} : { jobId: id };
  await wakeUps.add("group", { group }, { removeOnComplete: true, removeOnFail: true, ...jobId });
}

type NewWorker = (
  process: (job: Job<Wake>, token?: string) => Promise<void>,
  concurrency: number,
) => Worker<Wake>;

async function work(
  shop: Shop,
  newWorker: NewWorker,
  DelayedError: new () => Error,
  handle: Handle,
  options: WorkOptions,
): Promise<void> {
  const { signal, concurrency } = options;
  const worker = newWorker(async (job, token) => {
    const pauseMs = await drain(shop, job.data.group, handle, options);
    if (pauseMs === undefined) return;
    await job.moveToDelayed(shop.clock.now().getTime() + pauseMs, token);
    throw new DelayedError();
  }, concurrency);
  worker.on("error", (error) => shop.log.warn({ error: error.message }, "BullMQ worker"));
  const running = worker.run();
  const sweeping = sweep(shop, signal);
  await aborted(signal);
  await worker.close();
  await Promise.all([running, sweeping]);
}

/** Wakes the groups whose wake-up is lost, after a crash between adding and waking. */
async function sweep({ groups, wake, clock, log, leaseMs }: Shop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const group of await groups.stranded(leaseMs / 3)) await wake(group, sweepId(group));
    } catch (error) {
      log.warn({ error }, "groups could not be swept");
    }
    await clock.sleep(leaseMs, signal);
  }
}

/** Sweeps do not pile up where there is much to do. BullMQ allows no colon. */
const sweepId = (group: string): string => `sweep-${Buffer.from(group).toString("base64url")}`;

/** Works a group's items off. Returns a pause in milliseconds after which the group is to be woken again, if any. */
async function drain(
  shop: Shop,
  group: string,
  handle: Handle,
  { signal, maxAttempts }: WorkOptions,
): Promise<number | undefined> {
  const { groups, leaseMs } = shop;
  const token = `${shop.random()}`;
  const lease: Lease = { until: shop.monotonic() + leaseMs };
  const guarded: Handle = (item, attempt) => {
    const holds = async () => shop.monotonic() < lease.until || groups.claim(item, token, leaseMs);
    return within({ holds }, () => handle(item, attempt));
  };
  // Whoever holds the lock also does what this wake-up was for.
  let taken: Taken | undefined = await groups.begin(group, token, leaseMs);
  if (!taken) return undefined;
  const renewing = new AbortController();
  void renew(shop, group, token, lease, renewing.signal);
  try {
    while (taken) {
      const { item }: Taken = taken;
      if (signal.aborted) {
        await groups.giveBack(item, token);
        await groups.unlock(group, token);
        await shop.wake(group);
        return undefined;
      }
      const outcome: Outcome = await outcomeOf(taken, guarded, { ...shop, maxAttempts });
      if (outcome.is === "resting") {
        await groups.giveBack({ ...item, attempts: outcome.attempts }, token);
        renewing.abort("done");
        // The lock stays for the pause, so that no other wake-up overtakes the failed item.
        const pauseMs = Math.ceil(outcome.ms);
        await groups.renew(group, token, pauseMs);
        return pauseMs + 1;
      }
      taken =
        outcome.is === "done"
          ? await groups.done(item, token)
          : await bury(shop, { ...item, attempts: outcome.attempts }, token, outcome.why);
    }
    return undefined;
  } finally {
    renewing.abort("done");
  }
}

async function renew(
  { groups, clock, log, leaseMs, monotonic }: Shop,
  group: string,
  token: string,
  lease: Lease,
  signal: AbortSignal,
) {
  for (;;) {
    await clock.sleep(leaseMs / 3, signal);
    if (signal.aborted) return;
    try {
      const asked = monotonic();
      const renewed = await groups.renew(group, token, leaseMs);
      lease.until = renewed ? asked + leaseMs : 0;
      if (!renewed) log.warn({ group }, "another worker took this group");
    } catch (error) {
      log.warn({ group, error }, "the lock of a group could not be renewed");
    }
  }
}

/** Returns the next item of its group. */
async function bury(
  { groups, clock, log, deadBytes }: Shop,
  item: HeldItem,
  token: string,
  error: string,
): Promise<Taken | undefined> {
  const letter = { ...item, error, failedAt: clock.now().toISOString() };
  const dropped = await groups.bury(letter, token, deadBytes);
  if (dropped > 0) log.warn({ dropped, deadBytes }, DROPPED_TEXT);
  return await groups.next(item.group, token);
}

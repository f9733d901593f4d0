// The queue for many processes, on Redis with BullMQ. BullMQ carries wake-ups only ("there is work"); what is ready, and the
// order within a group, is ours (scripts.ts), so that a worker that is awake goes from item to item without being woken.
import { soon } from "../../lib/waiting/soon.ts";
import { BACK_OFF, DEAD_BYTES } from "../figures.ts";
import type { OpenQueueOptions } from "../open.ts";
import type { Queue } from "../port.ts";
import { redisAdder } from "./add.ts";
import { checkRedis } from "./check.ts";
import { connectRedis } from "./connect.ts";
import { redisGroups } from "./groups.ts";
import { wakeUps } from "./wake-ups.ts";
import { work } from "./work.ts";

const LEASE_MS = 15_000;
/** A probe of health waits for one second. */
const LOOK_MS = 800;

/** Connects and checks that this Redis keeps what it is given; rejects with an Error that says what to set. */
export async function bullMQQueue(options: OpenQueueOptions): Promise<Queue> {
  const { url, name = "webhooks", log } = options;
  const { backOff = BACK_OFF, leaseMs = LEASE_MS, deadBytes = DEAD_BYTES } = options;
  const [bullmq, connections] = await Promise.all([import("bullmq"), connectRedis(url, log)]);
  const { producer, commands, reader } = connections;
  try {
    const durability = await checkRedis(commands);
    const groups = redisGroups(commands, name);
    const seen = redisGroups(reader, name);
    const wakes = wakeUps(bullmq, name, connections, options);
    const add = redisAdder(producer, groups, durability);
    const monotonic = options.monotonic ?? (() => options.clock.now().getTime());
    const shop = { ...options, groups, wakes, backOff, leaseMs, deadBytes, monotonic };
    return {
      async add(item) {
        const added = await add(item);
        wakes.soon();
        return { added };
      },
      work: (handle, how) => work(shop, handle, how),
      depth: () => soon(seen.depth(), { what: "Redis", ms: LOOK_MS, clock: options.clock }),
      state: seen.state,
      remembered: seen.remembered,
      turn: seen.turn,
      dead: seen.dead,
      async replay(id) {
        const revived = await groups.revive(id, `${options.random()}`);
        if (!revived) throw new Error(`there is no dead letter ${id}`);
        await wakes.now();
      },
      async close() {
        await wakes.close();
        connections.close();
      },
    };
  } catch (error) {
    connections.close();
    throw error;
  }
}

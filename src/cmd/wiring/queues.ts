// hook's two queues, with what shows whether they are worked off.
import { currentCause } from "../../lib/cause.ts";
import { errorText } from "../../lib/error-text.ts";
import { UsageError } from "../../lib/flags.ts";
import { isRedis } from "../../lib/place.ts";
import { NotConnectedError } from "../../lib/redis/connected.ts";
import { LostError } from "../../queue/error.ts";
import { openQueues, type Queues } from "../../queue/open.ts";
import { queueWithPoints } from "../process/failpoints.ts";
import type { Surroundings } from "../surroundings.ts";
import { watchedQueue } from "./progress.ts";

/** Whoever starts a process that has ended does so after minutes, when it has ended often; Redis may be there long before. */
const LOOK_EVERY_MS = 1_000;

/**
 * Waits for a Redis that is away. Throws a UsageError that says what is wrong with the URL, the file or the Redis, also
 * when that is still away as the process is to stop.
 */
export async function queuesAt(url: string, around: Surroundings): Promise<Queues> {
  const { failpoints } = around.host;
  const { webhooks, outside } = await opened(url, around);
  // A file is the queue of one process.
  const alone = !isRedis(url);
  return {
    webhooks: watchedQueue(queueWithPoints(failpoints, "queue", webhooks), around, "deliveries", alone),
    outside: watchedQueue(
      queueWithPoints(failpoints, "outside", outside),
      around,
      "deliveries for others",
      alone,
    ),
  };
}

async function opened(url: string, { host, log, signal }: Surroundings): Promise<Queues> {
  const { clock, random } = host;
  for (let told = false; ; told = true) {
    try {
      return await openQueues({ url, clock, random, log, monotonic: () => performance.now() });
    } catch (error) {
      // What Redis itself says, as of a wrong password, does not pass.
      const isAway = error instanceof NotConnectedError && error.away;
      if (!isAway || signal.aborted) throw new UsageError(errorText(error), { cause: error });
      if (!told)
        log.error({ error: errorText(error) }, "hook's Redis is away; nothing is done until it is there.");
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Stands before every write to GitHub: whose event loop stood still for longer than its lease looks whether another worker is at it. */
export const deliveryFence = {
  async mayWrite(): Promise<void> {
    if ((await currentCause().holds?.()) === false)
      throw new LostError("not written: another worker may be at this delivery by now");
  },
};

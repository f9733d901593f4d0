// hook's two queues, with what shows whether they are worked off.
import { currentCause } from "../../lib/cause.ts";
import { errorText } from "../../lib/error-text.ts";
import { UsageError } from "../../lib/flags.ts";
import { isRedis } from "../../lib/place.ts";
import { LostError } from "../../queue/error.ts";
import { openQueues, type Queues } from "../../queue/open.ts";
import { queueWithPoints } from "../process/failpoints.ts";
import type { Surroundings } from "../surroundings.ts";
import { watchedQueue } from "./progress.ts";

/** Throws a UsageError that says what is wrong with the URL, the file or the Redis. */
export async function queuesAt(url: string, around: Surroundings): Promise<Queues> {
  const { clock, random, failpoints } = around.host;
  const { webhooks, outside } = await openQueues({
    ...{ url, clock, random, log: around.log, monotonic: () => performance.now() },
  }).catch((error: unknown) => {
    throw new UsageError(errorText(error), { cause: error });
  });
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

/** Stands before every write to GitHub: whose event loop stood still for longer than its lease looks whether another worker is at it. */
export const deliveryFence = {
  async mayWrite(): Promise<void> {
    if ((await currentCause().holds?.()) === false)
      throw new LostError("not written: another worker may be at this delivery by now");
  },
};

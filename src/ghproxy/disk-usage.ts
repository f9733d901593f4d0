// Tells now and then how full the disk of the cache is, and removes what belongs to tokens that are over.
import { statfs } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { prune } from "./disk.ts";
import type { diskMetrics } from "./metrics.ts";

interface Watch {
  directory: string;
  everyMs: number;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

const GB = 1e9;

export async function watchDisk(watch: Watch, metrics: ReturnType<typeof diskMetrics>): Promise<void> {
  await repeatedly(watch, "Failed to get disk metrics", async () => {
    const { bavail, bfree, blocks, bsize, ffree, files } = await statfs(watch.directory);
    const free = bavail * bsize;
    const used = (blocks - bfree) * bsize;
    metrics.free.set(free / GB);
    metrics.used.set(used / GB);
    metrics.total.set((free + used) / GB);
    metrics.inodeFree.set(ffree);
    metrics.inodeUsed.set(files - ffree);
    metrics.inodeTotal.set(files);
  });
}

export async function pruneDisk(watch: Watch): Promise<void> {
  await repeatedly(watch, "expired cache partitions could not be deleted", async () => {
    const gone = await prune(watch.directory, watch.clock.now());
    if (gone.length > 0) watch.log.info({ partitions: gone }, "Cleaned up expired cache partitions.");
  });
}

async function repeatedly(
  { clock, everyMs, log, signal }: Watch,
  failure: string,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log.error({ error }, failure));
    await clock.sleep(everyMs, signal);
  }
}

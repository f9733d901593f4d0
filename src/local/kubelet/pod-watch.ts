// Keeps telling which pods there are: a list, then a watch, begun again whenever it breaks.
import type { KubeRead } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { POD, type Pod } from "../../model/pod.ts";

export interface PodListener {
  seen(pod: Pod): void;
  /** The object is gone. */
  gone(uid: string): void;
}

const RETRY_MS = 1_000;

export async function watchPods(
  read: KubeRead,
  fieldSelector: string | undefined,
  listener: PodListener,
  { clock, log }: { clock: Clock; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  let known = new Set<string>();
  while (!signal.aborted) {
    try {
      let { items, resourceVersion } = await read.list(POD, { fieldSelector });
      const present = new Set(items.map((pod) => pod.metadata.uid ?? ""));
      for (const uid of known) if (!present.has(uid)) listener.gone(uid);
      known = present;
      for (const pod of items) listener.seen(pod);
      items = [];
      // A watch that ends without an error goes on from the last version seen.
      while (!signal.aborted) {
        for await (const { type, object } of read.watch(POD, { fieldSelector, resourceVersion, signal })) {
          resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
          const uid = object.metadata.uid ?? "";
          if (type === "DELETED") {
            known.delete(uid);
            listener.gone(uid);
          } else if (type !== "BOOKMARK") {
            known.add(uid);
            listener.seen(object);
          }
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ error: String(error) }, "Watch of pods ended, listing again");
      await clock.sleep(RETRY_MS, signal);
    }
  }
}

// What this process holds of the queue, renewed for as long as it is at work on it.
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { QueueItem } from "../port.ts";
import type { Groups } from "./groups.ts";

interface LeaseDeps {
  groups: Pick<Groups, "renew" | "claim">;
  clock: Clock;
  monotonic: () => number;
  log: Logger;
  leaseMs: number;
}

export interface Lease {
  /** Whether the item is still its worker's; asked of Redis where that cannot be known. */
  holds(): Promise<boolean>;
  /** It is renewed no more. */
  end(): void;
}

/** Not the payload: whatever was begun on behalf of an item may keep its lease for longer than it takes. */
type Leased = Pick<QueueItem, "id" | "group">;

/** By `monotonic`. */
interface Held {
  item: Leased;
  token: string;
  until: number;
}

export function leasesOf({ groups, clock, monotonic, log, leaseMs }: LeaseDeps) {
  const all = new Set<Held>();

  async function renew(held: Held): Promise<void> {
    const { group } = held.item;
    try {
      const asked = monotonic();
      const renewed = await groups.renew(group, held.token, leaseMs);
      // It may have been done meanwhile, and its lock be for the next item.
      if (!all.has(held)) return;
      held.until = renewed ? asked + leaseMs : 0;
      if (!renewed) log.warn({ group }, "another worker took this group");
    } catch (error) {
      log.warn({ group, error }, "the lock of a group could not be renewed");
    }
  }

  return {
    /** Of an item that was asked for at that time. */
    begin({ id, group }: Leased, token: string, asked: number): Lease {
      const item = { id, group };
      const held = { item, token, until: asked + leaseMs };
      all.add(held);
      return {
        holds: async () => monotonic() < held.until || groups.claim(item, token, leaseMs),
        end: () => void all.delete(held),
      };
    },
    async renewing(signal: AbortSignal): Promise<void> {
      for (;;) {
        await clock.sleep(leaseMs / 3, signal);
        if (signal.aborted) return;
        await Promise.all(Array.from(all, renew));
      }
    },
  };
}

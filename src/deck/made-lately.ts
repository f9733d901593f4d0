// Big answers that are made at once, without waiting: whoever asks soon after has the same bytes.
import type { Clock } from "../lib/clock.ts";

type MadeLately = (key: string, make: () => Uint8Array) => Uint8Array;

/** Keeps each for `ms` milliseconds from when it was made, and at most `most` (1 or more); the oldest go first. */
export function madeLately(most: number, ms: number, clock: Pick<Clock, "now">): MadeLately {
  const kept = new Map<string, { bytes: Uint8Array; since: number }>();
  const now = () => clock.now().getTime();
  return (key, make) => {
    const asked = now();
    // Also what nobody asks for again: each may be tens of megabytes. The clock may be set back.
    for (const [name, { since }] of kept) if (asked < since || asked >= since + ms) kept.delete(name);
    const found = kept.get(key);
    if (found) return found.bytes;
    const bytes = make();
    const [oldest] = kept.keys();
    if (kept.size >= most) kept.delete(oldest!);
    kept.set(key, { bytes, since: now() });
    return bytes;
  };
}

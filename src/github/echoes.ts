// Whether the webhooks of our own comments come back to this process. Where they do not, others hear what it does not:
// a second replica with a queue of its own, or an App that is not told of all events.
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { Logger } from "../lib/logger.ts";

export interface Echoes {
  /** We have written this comment. */
  expect(commentId: number): void;
  /** A webhook tells of a new comment. */
  heard(commentId: number): void;
  /** An echo is overdue, or was not long ago. */
  areMissing(): boolean;
}

/** GitHub delivers within seconds. */
const PATIENCE_MS = 15_000;
const DISTRUST_MS = 600_000;
const MOST = 1_000;

export function echoes(clock: Pick<Clock, "now">, log: Logger): Echoes {
  /** By due time: all are due after the same while. */
  const expected = new Map<number, number>();
  /** The webhook may be faster than the answer to the write. */
  const early = boundedMap<true>(MOST);
  let distrustUntil = Number.NEGATIVE_INFINITY;
  return {
    expect(id) {
      // A part of the one comment has a negative id, and no webhook of its own.
      if (id < 0) return;
      if (!early.get(String(id)) && expected.size < MOST)
        expected.set(id, clock.now().getTime() + PATIENCE_MS);
    },
    heard(id) {
      if (!expected.delete(id)) early.set(String(id), true);
    },
    areMissing() {
      const now = clock.now().getTime();
      const [due] = expected.values();
      if (due !== undefined && due <= now) {
        expected.clear();
        if (distrustUntil <= now) {
          log.warn(
            {},
            "The webhook of our own comment has not come here, so what is remembered of pull requests is not relied on: several replicas need --queue=redis://…, and the App has to be told of issue_comment.",
          );
        }
        distrustUntil = now + DISTRUST_MS;
      }
      return now < distrustUntil;
    },
  };
}

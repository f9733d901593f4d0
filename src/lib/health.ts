// Whether a process makes progress: each loop shows signs of life, and is told of when they stay out for too long.
import type { Clock } from "./clock.ts";

export interface Pulse {
  /** A sign of life. `restMs`: as long as that it means to be quiet. */
  beat(restMs?: number): void;
  /** It is over, as it should be. */
  stop(): void;
}

export interface Health {
  /** `longestMs`: so long it may be quiet. */
  pulse(name: string, longestMs: number): Pulse;
  /** Asked with every look: what is wrong, if anything. */
  check(name: string, problem: () => Promise<string | undefined>): void;
  /** A sentence for each thing that is wrong. */
  problems(): Promise<string[]>;
}

/** `monotonic`: milliseconds, which stand still while the machine sleeps. */
export function health(monotonic: () => number): Health {
  const pulses = new Map<object, { name: string; due: number; longestMs: number }>();
  const checks = new Map<string, () => Promise<string | undefined>>();
  return {
    pulse(name, longestMs) {
      const key = {};
      const beat = (restMs = 0) => {
        const due = monotonic() + longestMs + restMs;
        // Of several that show the same pulse, one may rest for longer.
        pulses.set(key, { name, longestMs, due: Math.max(due, pulses.get(key)?.due ?? 0) });
      };
      beat();
      return { beat, stop: () => void pulses.delete(key) };
    },
    check: (name, problem) => void checks.set(name, problem),
    async problems() {
      const now = monotonic();
      const quiet = [...pulses.values()]
        .filter(({ due }) => due < now)
        .map(({ name, due, longestMs }) => {
          const minutes = Math.round((now - due + longestMs) / 60_000);
          return `${name}: no sign of life for ${minutes} minutes`;
        });
      const found = await Promise.all([...checks].map(([name, problem]) => answer(name, problem)));
      return [...quiet, ...found.filter((each) => each !== undefined)];
    },
  };
}

/** What cannot be looked at is not known to be wrong: a Redis that is down does not mend by a restart of ours. */
async function answer(name: string, problem: () => Promise<string | undefined>): Promise<string | undefined> {
  const found = await problem().catch(() => undefined);
  return found === undefined ? undefined : `${name}: ${found}`;
}

/** A loop's clock: each pause is a sign of life, and resting is no fault. */
export const pulsing = (clock: Clock, pulse: Pulse): Clock => ({
  now: () => clock.now(),
  async sleep(ms, signal) {
    pulse.beat(ms);
    await clock.sleep(ms, signal);
    pulse.beat();
  },
});

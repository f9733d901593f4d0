// A clock that goes faster than the real one, the same in every process that is told when it began and how fast it goes.
import { type Clock, systemClock } from "../../src/lib/clock.ts";

export interface Pace {
  /** Both clocks say the same then: milliseconds since 1970. */
  start: number;
  faster: number;
}

export const paceText = ({ start, faster }: Pace): string => `${start}x${faster}`;

/** Of `paceText`. */
export function readPace(text: string): Pace {
  const [start, faster] = text.split("x").map(Number);
  return { start: start!, faster: faster! };
}

export function fastClock({ start, faster }: Pace): Clock {
  return {
    now: () => new Date(start + (systemClock.now().getTime() - start) * faster),
    sleep: (ms, signal) => systemClock.sleep(ms / faster, signal),
  };
}

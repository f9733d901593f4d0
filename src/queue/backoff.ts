// The queue's figures: how long a failed item waits, and how long an id is remembered.
import { type BackOff, backOffMs } from "../lib/back-off.ts";

export const BACK_OFF: BackOff = { firstMs: 1_000, longestMs: 60_000 };

/** Ids are remembered this long: GitHub redelivers for 3 days. */
export const REMEMBER_MS = 4 * 24 * 3_600_000;

/** So much dead letters may take, compressed where they are; hook has two queues. The oldest make room. */
export const DEAD_BYTES = 32 * 1024 * 1024;

/** Workers that may die at an item before it is a dead letter. */
export const MOST_CRASHES = 20;

/**
 * How long an item rests after so many workers have died at it. Those that merely were beside it, and have died with it,
 * must not come upon it again and again: they have died less often, and never rest for just as long.
 */
export const restMs = (backOff: BackOff, crashes: number, random: () => number): number =>
  backOffMs(backOff, crashes) * (0.5 + random());

export const crashesText = (crashes: number): string =>
  `${crashes} workers have died while they worked on it`;

export const DROPPED_TEXT = "dead letters take too much room: the oldest were dropped";

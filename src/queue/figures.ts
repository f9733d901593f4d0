// The queue's figures: how long a failed item waits, how long an id is remembered, how much dead letters may take.
import type { BackOff } from "../lib/waiting/back-off.ts";

export const BACK_OFF: BackOff = { firstMs: 1_000, longestMs: 60_000 };

/** Ids are remembered this long: GitHub redelivers for 3 days. */
export const REMEMBER_MS = 4 * 24 * 3_600_000;

/** So much dead letters may take, compressed where they are; hook has two queues. The oldest make room. */
export const DEAD_BYTES = 32 * 1024 * 1024;

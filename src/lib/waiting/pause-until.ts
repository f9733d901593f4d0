// How long to wait for a time that somebody else has told.

const SHORTEST_MS = 1_000;
const LONGEST_MS = 3_600_000;

/** So long that nobody goes round in circles, and so short that what is wrong about the time is found out. */
export const pauseUntil = (time: number, now: number): number =>
  Math.min(Math.max(time - now, SHORTEST_MS), LONGEST_MS);

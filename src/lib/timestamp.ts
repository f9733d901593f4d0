// Times as Kubernetes and GitHub write them.

/** RFC 3339 in whole seconds. */
export const timestamp = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z");

/** What Kubernetes calls MicroTime: six digits below the second. */
export const microTime = (date: Date): string => date.toISOString().replace("Z", "000Z");

/** Milliseconds since a time; a missing time is infinitely long ago, as Go's zero time is. */
export const passed = (since: string | undefined, now: Date): number =>
  now.getTime() - (Date.parse(since ?? "") || 0);

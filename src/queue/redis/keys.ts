// Where the queue keeps what in Redis.

/** All under one hash tag, so that a Redis cluster keeps them in one slot. */
export const keysOf = (name: string) => {
  const prefix = `{cutwater:${name}}`;
  return {
    seen: (id: string) => `${prefix}:seen:${id}`,
    list: (group: string) => `${prefix}:group:${group}`,
    lock: (group: string) => `${prefix}:lock:${group}`,
    items: `${prefix}:items`,
    groups: `${prefix}:groups`,
    /** Groups that have items and that nobody is at work on, by since when. */
    ready: `${prefix}:ready`,
    /** The group that a worker's token has the lock of. */
    at: (token: string) => `${prefix}:at:${token}`,
    /** By id: the token of who works on it. */
    taken: `${prefix}:taken`,
    /** By id: how many died while they worked on it. */
    crashes: `${prefix}:crashes`,
    dead: `${prefix}:dead`,
    deadAt: `${prefix}:dead-at`,
    deadBytes: `${prefix}:dead-bytes`,
    /** How many dead letters had to make room. */
    dropped: `${prefix}:dropped`,
    /** That a replay was made, by its token. */
    revived: (token: string) => `${prefix}:revived:${token}`,
    /** Under which other names the id's happening was told. */
    also: (id: string) => `${prefix}:also:${id}`,
    waitingAt: `${prefix}:waiting-at`,
    since: `${prefix}:since`,
    turn: (name: string) => `${prefix}:turn:${name}`,
  };
};

export type Keys = ReturnType<typeof keysOf>;

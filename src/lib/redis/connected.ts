// A first connection to Redis, and what was in its way: the client itself says only that it is closed.

interface Client {
  connect(): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** Redis can not be reached, or does not let us in, as with a wrong password. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
  /** Whether there is no way to it; it may be there again by and by. */
  readonly away: boolean;

  constructor(cause: Error) {
    // What Redis itself answers.
    const away = cause.name !== "ReplyError";
    super(`Redis ${away ? "can not be reached" : "does not let us in"}: ${cause.message}`, { cause });
    this.away = away;
  }
}

/** Throws NotConnectedError. */
export async function redisConnected(redis: Client): Promise<void> {
  let last: Error | undefined;
  const hear = (error: Error) => {
    last = error;
  };
  redis.on("error", hear);
  try {
    await redis.connect();
  } catch (error) {
    throw new NotConnectedError(last ?? (error as Error));
  } finally {
    redis.off("error", hear);
  }
}

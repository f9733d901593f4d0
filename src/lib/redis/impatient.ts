// Options of a connection to Redis for whoever would rather fail than wait: it says at once that Redis is away.

export const impatientRedis = ({ commandMs, silentMs }: { commandMs: number; silentMs: number }) => ({
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: commandMs,
  // What a network has dropped ends by itself only after a quarter of an hour.
  socketTimeout: silentMs,
});

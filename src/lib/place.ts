// Where something durable is: an SQLite file for the processes of one machine, a Redis for many machines.

export type Place = { sqlite: string } | { redis: string };

/** Throws an Error that says what to write; `what` it is for. */
export function placeOf(url: string, what: string): Place {
  if (url.startsWith("sqlite:")) return { sqlite: url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "") };
  if (isRedis(url)) return { redis: url };
  throw new Error(`${what} ${JSON.stringify(url)}: write sqlite:FILE or redis://host:port`);
}

export const isRedis = (url: string): boolean => /^rediss?:/.test(url);

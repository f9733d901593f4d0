// hook's queues at its start, when their Redis is not there.
import { createServer, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { Surroundings } from "../../../src/cmd/surroundings.ts";
import { queuesAt } from "../../../src/cmd/wiring/queues.ts";
import { UsageError } from "../../../src/lib/flags.ts";
import { type Logger, silent } from "../../../src/lib/logger.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** Where whoever comes is turned away without a word, as by a Redis that is just ending. */
async function closing(): Promise<number> {
  server = createServer((socket) => void socket.end());
  await new Promise<void>((resolve) => void server!.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

it.each([
  // Nobody listens there.
  ["is not there", async () => 1, "ECONNREFUSED"],
  ["closes each connection", closing, "closed"],
])("a Redis that %s is waited for, told of once, until hook is to stop", async (_, portOf, why) => {
  const said: string[] = [];
  const say: Logger["warn"] = ({ error }, message) => void said.push(`${message} ${error}`);
  const log: Logger = { ...silent, warn: say, error: say };
  const stop = new AbortController();
  let pauses = 0;
  const clock = {
    now: () => new Date(),
    async sleep() {
      if (++pauses === 3) stop.abort();
    },
  };
  const around = {
    host: { clock, random: Math.random },
    log,
    signal: stop.signal,
  } as unknown as Surroundings;
  await expect(queuesAt(`redis://127.0.0.1:${await portOf()}`, around)).rejects.toThrow(UsageError);
  expect(pauses).toBe(3);
  expect(said).toEqual([expect.stringMatching(/^hook's Redis is away.* Redis can not be reached: /)]);
  expect(said[0]).toContain(why);
});

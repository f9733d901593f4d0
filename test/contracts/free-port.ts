// A port that is free at the moment, and that no outgoing connection takes before it is used.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Systems give those above to outgoing connections: Linux from 32,768 on. */
const FIRST = 10_000;
const AFTER_LAST = 32_768;

/** Whoever asked for one may not have begun to listen yet. */
const given = new Set<number>();

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, AFTER_LAST);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

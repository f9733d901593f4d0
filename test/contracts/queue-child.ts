// A process to be killed: adds items and works on them, saying each step (see queue.ts beside).
import { writeSync } from "node:fs";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";

const [url = "", prefix = ""] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

const queue = await openQueue({
  ...{ url, clock: systemClock, random: Math.random, log: silent, leaseMs: 2_000 },
});
const forEver = new AbortController().signal;
void queue.work(
  async ({ id }) => {
    await systemClock.sleep(1);
    say(`done ${id}`);
  },
  { signal: forEver, concurrency: 4, maxAttempts: 3 },
);
for (let n = 0; ; n++) {
  const id = `${prefix}-${n}`;
  await queue.add({ id, group: `g${n % 5}`, payload: id });
  say(`added ${id}`);
  await systemClock.sleep(1);
}

// A worker that dies at some of its items (see queue-crashes.heavy.test.ts beside). Ends by itself when nothing waits.
import { appendFileSync, existsSync, statSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openQueue } from "../../src/queue/open.ts";

const [url = "", firstMs, longestMs, leaseMs, deaths = ""] = process.argv.slice(2);
const WORK_MS = 50;
/** An item of this name is worth so many dead workers. */
const SURVIVES = 5;

const died = () => (existsSync(deaths) ? statSync(deaths).size : 0);
const die = () => process.kill(process.pid, "SIGKILL");

const queue = await openQueue({
  ...{ url, clock: systemClock, random: Math.random, log: silent, leaseMs: Number(leaseMs) },
  backOff: { firstMs: Number(firstMs), longestMs: Number(longestMs) },
});
// The next one starts in half the time.
flushCompileCache();
const stop = new AbortController();
const working = queue.work(
  async ({ id }) => {
    if (id === "poison") die();
    if (id === "survivor" && died() < SURVIVES) {
      appendFileSync(deaths, ".");
      die();
    }
    await systemClock.sleep(WORK_MS);
    writeSync(1, `${id}\n`);
  },
  { signal: stop.signal, concurrency: 4, maxAttempts: 3 },
);
while ((await queue.depth()) > 0) await systemClock.sleep(10);
stop.abort();
await working;
await queue.close();

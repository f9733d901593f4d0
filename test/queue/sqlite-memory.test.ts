// How long a queue in a file remembers: longer than GitHub delivers again, and not for ever.
import { expect, test } from "vitest";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { manualClock } from "../lib/manual-clock.ts";

const HOUR_MS = 3_600_000;

test("an id and its other names are remembered for four days after its item is done", async () => {
  const clock = manualClock();
  const queue = sqliteQueue({ file: ":memory:", clock });
  const add = (id: string, ...also: string[]) => queue.add({ id, group: "g", payload: "", also });
  const stop = new AbortController();
  await add("guid", "comment 1");
  await queue.work(async () => stop.abort(), { signal: stop.signal, concurrency: 1, maxAttempts: 1 });
  for (let hours = 0; hours < 4 * 24; hours++) {
    expect(await add("guid")).toEqual({ added: false });
    expect(await add("comment 1")).toEqual({ added: false });
    await clock.advance(HOUR_MS);
  }
  await clock.advance(2 * HOUR_MS);
  expect(await add("new")).toEqual({ added: true });
  expect([...(await queue.remembered(["guid", "comment 1", "new"]))]).toEqual(["new"]);
  await queue.close();
});

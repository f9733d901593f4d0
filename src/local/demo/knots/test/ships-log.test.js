import assert from "node:assert/strict";
import test from "node:test";
import { ShipsLog } from "../src/index.js";

test("the log adds up the distance run", async () => {
  const log = new ShipsLog();
  await log.run(() => 7.2, { times: 8, everyMs: 250 });
  assert.ok(Math.abs(log.nauticalMiles - 0.004) < 1e-9);
});

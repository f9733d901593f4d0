import assert from "node:assert/strict";
import test from "node:test";
import { beaufort } from "../src/index.js";

test("no wind is calm", () => {
  assert.deepEqual(beaufort(0), { force: 0, name: "calm" });
});

test("22 knots are a strong breeze", () => {
  assert.deepEqual(beaufort(22), { force: 6, name: "strong breeze" });
});

test("64 knots and more are a hurricane", () => {
  assert.equal(beaufort(64).force, 12);
  assert.equal(beaufort(120).name, "hurricane");
});

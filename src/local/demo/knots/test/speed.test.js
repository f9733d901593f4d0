import assert from "node:assert/strict";
import test from "node:test";
import { toKmh, toKnots } from "../src/index.js";

test("ten knots are 18.52 km/h", () => {
  assert.equal(toKmh(10), 18.52);
});

test("there and back again", () => {
  for (let knots = 0; knots <= 60; knots++) {
    assert.ok(Math.abs(toKnots(toKmh(knots)) - knots) < 1e-9);
  }
});

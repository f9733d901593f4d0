// How far apart requests go out: the cases of Prow's own TestCalculateRequestWaitDuration.
import { describe, expect, it, test } from "vitest";
import { nextTurn, spacer } from "../../src/ghproxy/spacing.ts";

const S = 1_000;
const spacing = { ms: S, getMs: 100, mostMs: 10 * S };
const NOW = 1_000_000;

test.each([
  ["no request for some time", -60 * S, false, false, 0, 0],
  ["a write half a second after a write", -500, false, false, 500, 500],
  ["a read half a second after a read", -500, true, true, 0, 0],
  ["a write behind a line", S, false, false, 2 * S, 2 * S],
  ["a read behind a line", S, false, true, S + 100, S + 100],
  ["a write behind a long line", 10 * S - 1, false, false, 10 * S, 10 * S],
  ["a read behind a long line", 10 * S - 1, true, false, 10 * S, 10 * S],
  ["a read shortly after a write", -50, false, true, 50, 50],
  ["a read shortly after a read", -50, true, true, 50, 50],
  ["a read some time after a read", -200, true, true, 0, 0],
])("%s", (_, last, lastIsGet, isGet, at, waitMs) => {
  expect(nextTurn(spacing, { at: NOW + last, isGet: lastIsGet }, isGet, NOW)).toEqual({
    at: NOW + at,
    waitMs,
  });
});

describe("requests", () => {
  it("of one budget form a line, of another they do not", () => {
    const space = spacer(spacing);
    expect([1, 2, 3].map(() => space("acme", false, NOW))).toEqual([0, S, 2 * S]);
    expect(space("rival", false, NOW)).toBe(0);
  });
});

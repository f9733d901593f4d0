// Appending never stops work: what cannot be written waits, within bounds, and what is lost is counted.
import { expect, it } from "vitest";
import { silent } from "../../src/lib/logger.ts";
import { batches } from "../../src/record/batches.ts";
import type { Entry } from "../../src/record/port.ts";
import { manualClock, settle } from "../lib/manual-clock.ts";

const entry = (what: string): Entry => ({ at: "2026-01-02T03:04:05Z", kind: "event", what });

function world() {
  const clock = manualClock();
  const written: string[][] = [];
  const state = { broken: false, lost: 0 };
  const lines: string[] = [];
  const log = {
    ...silent,
    error: (_: object, text: string) => void lines.push(text),
    info: (_: object, text: string) => void lines.push(text),
  };
  const writer = batches({
    clock,
    log,
    async write(entries) {
      if (state.broken) throw new Error("the disk is full");
      written.push(entries.map(({ what }) => what));
    },
    onLost: (entries) => {
      state.lost += entries;
    },
  });
  return { clock, written, state, lines, writer };
}

it("writes together what comes together", async () => {
  const { clock, written, writer } = world();
  for (const what of ["a", "b", "c"]) writer.append(entry(what));
  expect(written).toEqual([]);
  await clock.advance(20);
  writer.append(entry("d"));
  await clock.advance(20);
  expect(written).toEqual([["a", "b", "c"], ["d"]]);
});

it("says once that it cannot write, and writes all when it can again", async () => {
  const { clock, written, state, lines, writer } = world();
  state.broken = true;
  writer.append(entry("a"));
  await clock.advance(5_000);
  writer.append(entry("b"));
  await clock.advance(5_000);
  expect(lines).toEqual(["The record cannot be written; work goes on."]);
  state.broken = false;
  await clock.advance(1_000);
  expect(written).toEqual([["a", "b"]]);
  expect([state.lost, lines.at(-1)]).toEqual([0, "The record is kept again."]);
});

it("keeps only so much that waits, the newest, and counts the rest", async () => {
  const { clock, written, state, writer } = world();
  state.broken = true;
  for (let n = 0; n < 10_500; n++) writer.append(entry(`${n}`));
  await clock.advance(1_000);
  expect(state.lost).toBe(500);
  state.broken = false;
  await clock.advance(2_000);
  expect(written.flat()).toHaveLength(10_000);
  expect(written.flat()[0]).toBe("500");
});

it("writes what waits when it is closed, and is not held up by what cannot be written", async () => {
  const { written, state, writer } = world();
  writer.append(entry("a"));
  await writer.close();
  expect(written).toEqual([["a"]]);
  state.broken = true;
  writer.append(entry("b"));
  await settle();
  await writer.close();
  expect(state.lost).toBe(1);
});

// The demo's steps: what is printed when one does not come out, and what is remembered of those that did.
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { Clock } from "../../../src/lib/clock.ts";
import { STEPS } from "../../../src/local/demo/play.ts";
import { DemoStopped, stepper } from "../../../src/local/demo/stepper.ts";

function stage() {
  let now = 0;
  const clock: Clock = {
    now: () => new Date(now),
    async sleep(ms) {
      now += ms;
    },
  };
  const lines: string[] = [];
  const played: number[] = [];
  const { signal } = new AbortController();
  const out = (line: string) => void lines.push(stripVTControlCharacters(line));
  const progress = async (steps: number) => void played.push(steps);
  return { ...stepper({ clock, signal, out, progress }), lines, played };
}

test("a step that does not come out says what it waited for and what it saw last", async () => {
  const { step, until, lines, played } = stage();
  await step("it begins", async () => ({ html_url: "http://here" }));
  let looks = 0;
  const failing = step("unit is aborted", async () => {
    await until(async () => ({
      wanted: "unit=aborted",
      there: false,
      seen: looks++ < 3 ? "unit=pending" : "unit=failure, lint=success",
    }));
    return { html_url: "" };
  });
  await expect(failing).rejects.toThrow(DemoStopped);
  expect(lines.at(-2)).toBe("✗  2. unit is aborted");
  expect(lines.at(-1)).toContain("waited a minute for unit=aborted; saw unit=failure, lint=success");
  expect(played).toEqual([1]);
});

test("the number of steps that is told is the number there are", () => {
  const source = readFileSync(new URL("../../../src/local/demo/play.ts", import.meta.url), "utf8");
  expect(source.match(/\bstep\(/g)?.length).toBe(STEPS);
});

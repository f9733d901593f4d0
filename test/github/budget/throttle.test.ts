// What an operator lets one process spend, as Prow's flags have it.
import { describe, expect, it } from "vitest";
import { type Rates, throttle } from "../../../src/github/budget/throttle.ts";
import { manualClock } from "../../lib/manual-clock.ts";

const MINUTE = 60_000;

/** Asks so often at once; when each was let go, in minutes. */
async function times(rates: Rates, orgs: string[], { giveBack = false } = {}): Promise<number[]> {
  const clock = manualClock();
  const start = clock.now().getTime();
  const { pass } = throttle(clock, rates);
  const gone: number[] = [];
  const all = orgs.map(async (org) => {
    const back = await pass(org);
    gone.push((clock.now().getTime() - start) / MINUTE);
    if (giveBack) back();
  });
  for (let minute = 0; minute < 300 && gone.length < orgs.length; minute++) await clock.advance(MINUTE);
  await Promise.all(all);
  return gone;
}

const acme = (count: number) => Array<string>(count).fill("acme");

describe("the throttle", () => {
  it("is off unless somebody wants it", async () => {
    expect(await times({ orgs: new Map() }, acme(3))).toEqual([0, 0, 0]);
  });
  it("lets the burst go, and the rest as the hour grants it, the burst not a second time", async () => {
    const rates = { all: { hourly: 60, burst: 2 }, orgs: new Map() };
    expect(await times(rates, acme(5))).toEqual([0, 0, 3, 4, 5]);
  });
  it("takes nothing for what was free", async () => {
    const rates = { all: { hourly: 60, burst: 1 }, orgs: new Map() };
    expect(await times(rates, acme(3), { giveBack: true })).toEqual([0, 0, 0]);
  });
  it("may be an org's own", async () => {
    const rates = { all: { hourly: 60, burst: 1 }, orgs: new Map([["rival", { hourly: 1, burst: 1 }]]) };
    expect(await times(rates, ["acme", "Rival", "acme", "rival"])).toEqual([0, 0, 2, 120]);
  });
});

// Flags about GitHub's budgets: as Prow reads them, and refused where Prow refuses.
import { describe, expect, test } from "vitest";
import { publishedBy, publishedFlags, ratesOf, tideRates } from "../../../src/cmd/wiring/github-rates.ts";
import { PUBLISHED } from "../../../src/github/budget/published.ts";
import { parseFlags } from "../../../src/lib/flags.ts";

const rates = (hourly: number, burst: number, orgs: string[] = [], appId = "") =>
  ratesOf({
    "github-hourly-tokens": hourly,
    "github-allowed-burst": burst,
    "github-throttle-org": orgs,
    "github-app-id": appId,
  });

describe("what an operator grants", () => {
  test("is nothing special by default", () => {
    expect(rates(0, 0)).toEqual({ all: undefined, orgs: new Map() });
    expect(rates(0, 100).all).toBeUndefined();
    expect(publishedBy(parseFlags(publishedFlags, []).values)).toEqual(PUBLISHED);
  });
  test("is a rate for all, and for an App's orgs", () => {
    const { all, orgs } = rates(300, 100, ["Acme:50:5", "rival:10:10"], "1");
    expect(all).toEqual({ hourly: 300, burst: 100 });
    expect([...orgs]).toEqual([
      ["acme", { hourly: 50, burst: 5 }],
      ["rival", { hourly: 10, burst: 10 }],
    ]);
  });
  test.each([
    [300, 0, [], "needs --github-allowed-burst"],
    [300, 301, [], "must not be larger"],
    [0, 0, ["acme:1"], "write org:hourlyTokens:burst"],
    [0, 0, ["acme:1:2"], "write org:hourlyTokens:burst"],
    [0, 0, ["acme:2:x"], "write org:hourlyTokens:burst"],
    [0, 0, ["acme:2:1", "ACME:3:1"], "names acme twice"],
  ])("of %d, %d, %j is refused", (hourly, burst, orgs, words) => {
    expect(() => rates(hourly, burst, orgs, "1")).toThrow(words);
  });
  test("for one org is for Apps", () => {
    expect(() => rates(0, 0, ["acme:2:1"])).toThrow("GitHub App");
  });
  test("without limits is 0", () => {
    const given = ["--github-points-per-minute=0", "--github-content-per-minute=0"];
    const published = publishedBy(parseFlags(publishedFlags, given).values);
    expect(published.restPoints).toBe(Number.MAX_SAFE_INTEGER);
    expect(published.contentPauseMs).toBe(0);
    expect(published.contentPerHour).toBe(500);
  });
});

describe("tide's two rates", () => {
  const rateOf = (sync: number, status: number, given: string[], hourly = 0, burst = 0) => {
    const flags = {
      ...{ "sync-hourly-tokens": sync, "status-hourly-tokens": status },
      ...{ "github-hourly-tokens": hourly, "github-allowed-burst": burst, "github-app-id": "" },
    };
    return ratesOf(tideRates(flags, new Set(given))).all;
  };
  test("hold nobody back who has not asked for them", () => {
    expect(rateOf(800, 400, [])).toBeUndefined();
  });
  test("are one for both, as large as Prow's together", () => {
    expect(rateOf(800, 400, ["status-hourly-tokens"])).toEqual({ hourly: 1_200, burst: 239 });
    expect(rateOf(1, 1, ["sync-hourly-tokens"])).toEqual({ hourly: 2, burst: 1 });
  });
  test("come after the rate of all components", () => {
    expect(rateOf(800, 400, ["sync-hourly-tokens"], 60, 5)).toEqual({ hourly: 60, burst: 5 });
  });
  test("of nothing are refused", () => {
    expect(() => rateOf(0, 400, ["sync-hourly-tokens"])).toThrow("--sync-hourly-tokens=0 must be at least 1");
  });
});

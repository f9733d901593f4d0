import { describe, expect, it } from "vitest";
import { CronError, parseCron } from "../../src/lib/cron.ts";

const START = new Date("2026-11-23T09:58:30Z"); // a Monday

function next(text: string, times = 1): string | undefined {
  const cron = parseCron(text);
  let at: Date | undefined = START;
  for (let i = 0; at && i < times; i++) at = cron.next(at);
  return at?.toISOString();
}

describe("cron", () => {
  it.each([
    ["*/5 * * * *", "2026-11-23T10:00:00.000Z"],
    ["0 2 * * *", "2026-11-24T02:00:00.000Z"],
    ["30 9 * * mon-fri", "2026-11-24T09:30:00.000Z"],
    ["0 0 1 jan ?", "2027-01-01T00:00:00.000Z"],
    ["15 30 10 * * *", "2026-11-23T10:30:15.000Z"],
    ["10/20 * * * *", "2026-11-23T10:10:00.000Z"],
    ["0 0 29 2 *", "2028-02-29T00:00:00.000Z"],
    ["@daily", "2026-11-24T00:00:00.000Z"],
    ["@hourly", "2026-11-23T10:00:00.000Z"],
    ["@every 90s", "2026-11-23T10:00:00.000Z"],
    ["0 12 1,15 * *", "2026-12-01T12:00:00.000Z"],
  ])("%s fires next at %s", (text, time) => {
    expect(next(text)).toBe(time);
  });

  it("takes either day when both days are restricted, and both when one is a star", () => {
    expect(next("0 0 1 * fri")).toBe("2026-11-27T00:00:00.000Z");
    expect(next("0 0 */1 * fri")).toBe("2026-11-27T00:00:00.000Z");
    expect(next("0 0 */2 * fri")).toBe("2026-11-25T00:00:00.000Z");
  });

  it("goes on from one firing to the next", () => {
    expect(next("0 */6 * * *", 3)).toBe("2026-11-24T00:00:00.000Z");
  });

  it("never fires on a day that does not exist", () => {
    expect(next("0 0 31 2 *")).toBeUndefined();
  });

  it.each(["H 4 * * *", "* * * *", "60 * * * *", "5-1 * * * *", "*/0 * * * *", "@often", "@every soon", ""])(
    "refuses %j",
    (text) => {
      expect(() => parseCron(text)).toThrow(CronError);
    },
  );
});

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

describe("a schedule in a time zone", () => {
  const firings = (cron: string, after: string, count: number): string[] => {
    const schedule = parseCron(cron);
    const times: Date[] = [];
    for (let i = 0; i < count; i++) times.push(schedule.next(times.at(-1) ?? new Date(after))!);
    return times.map((time) => time.toISOString().slice(0, 16));
  };

  it.each([
    [
      "follows its summer time",
      "TZ=Europe/Berlin 0 4 * * *",
      "2026-03-28T00:00:00Z",
      ["2026-03-28T03:00", "2026-03-29T02:00"],
    ],
    [
      "leaves out a time that is not there",
      "CRON_TZ=America/New_York 30 2 * * *",
      "2026-03-07T00:00:00Z",
      ["2026-03-07T07:30", "2026-03-09T06:30"],
    ],
    [
      "comes twice at one that is there twice",
      "TZ=America/New_York 30 1 * * *",
      "2026-10-31T12:00:00Z",
      ["2026-11-01T05:30", "2026-11-01T06:30"],
    ],
    [
      "knows half hours",
      "TZ=Asia/Kolkata @daily",
      "2026-01-01T00:00:00Z",
      ["2026-01-01T18:30", "2026-01-02T18:30"],
    ],
    [
      "is in UTC where the zone has no name",
      "TZ= 0 0 * * *",
      "2026-01-01T00:00:00Z",
      ["2026-01-02T00:00", "2026-01-03T00:00"],
    ],
  ])("%s", (_, cron, after, expected) => expect(firings(cron, after, 2)).toEqual(expected));

  it.each(["TZ=Nowhere/X", "TZ=europe/berlin", "TZ=+01:00"])("%s is none", (zone) =>
    expect(() => parseCron(`${zone} 0 0 * * *`)).toThrow("unknown time zone"),
  );
});

// Wall clocks of the world: what time it is in a zone by its name, as Go's time.LoadLocation takes names.

export interface TimeZone {
  /** What to add to a time to read its UTC fields as that zone's, in milliseconds. */
  offset(time: number): number;
  /** The time at which the zone's clock shows what `wall` shows in UTC; of a time that is left out the end of the gap. */
  timeOf(wall: number): number;
}

const UTC: TimeZone = { offset: () => 0, timeOf: (wall) => wall };

/** Go looks for a file of that name, so case counts. */
const NAME = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/;
const HOUR = 3_600_000;

/** Undefined where there is no such zone. */
export function timeZone(name: string): TimeZone | undefined {
  if (["", "UTC", "Etc/UTC", "Local"].includes(name)) return UTC;
  const format = NAME.test(name) ? formatFor(name) : undefined;
  if (!format) return undefined;
  const offset = (time: number): number => {
    const parts = Object.fromEntries(
      format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
  };
  const timeOf = (wall: number): number => {
    const before = wall - offset(wall - 24 * HOUR);
    const after = wall - offset(wall + 24 * HOUR);
    return [before, after].find((time) => time + offset(time) === wall) ?? Math.max(before, after);
  };
  return { offset, timeOf };
}

function formatFor(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

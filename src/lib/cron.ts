// robfig/cron v3 as Prow uses it: five fields (or six, seconds first), names, @descriptors, @every; in UTC, or
// the zone that is written before it.
import { parseDuration } from "./duration.ts";
import { type TimeZone, timeZone } from "./time-zone.ts";

export interface Cron {
  /** The first firing strictly after `after`; undefined when there is none within five years. */
  next(after: Date): Date | undefined;
}

export class CronError extends SyntaxError {
  override readonly name = "CronError";
}

interface Bounds {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
}

interface Field {
  values: ReadonlySet<number>;
  /** Written as `*` or `?`: then the other of day-of-month and day-of-week decides alone. */
  star: boolean;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: readonly Bounds[] = [
  { name: "second", min: 0, max: 59 },
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  { name: "month", min: 1, max: 12, names: MONTHS },
  { name: "day of week", min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 0 1 1 *",
  "@annually": "0 0 0 1 1 *",
  "@monthly": "0 0 0 1 * *",
  "@weekly": "0 0 0 * * 0",
  "@daily": "0 0 0 * * *",
  "@midnight": "0 0 0 * * *",
  "@hourly": "0 0 * * * *",
};

/** Parses a cron expression. Throws CronError. */
export function parseCron(text: string): Cron {
  const [, zoneName = "", spec = ""] = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/s.exec(text) ?? ["", "", text];
  const zone = timeZone(zoneName);
  if (!zone) throw new CronError(`provided bad location ${zoneName}: unknown time zone ${zoneName}`);
  const every = /^@every (.+)$/.exec(spec);
  if (every) return periodic(every[1]!);
  const expanded = spec.startsWith("@") ? DESCRIPTORS[spec] : spec;
  if (!expanded) throw new CronError(`unrecognized descriptor: ${spec}`);
  const words = expanded.trim().split(/\s+/);
  if (words.length !== 5 && words.length !== 6) {
    throw new CronError(`expected 5 to 6 fields, found ${words[0] ? words.length : 0}: ${text}`);
  }
  const all = words.length === 5 ? ["0", ...words] : words;
  return scheduled(
    all.map((word, i) => parseField(word, FIELDS[i]!)),
    zone,
  );
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let star = false;
  for (const part of text.split(",").filter(Boolean)) {
    const range = parseRange(part, bounds);
    star ||= range.star;
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
  }
  return { values, star };
}

function parseRange(text: string, bounds: Bounds) {
  const [span = "", stepText, ...tooMany] = text.split("/");
  const [low = "", high, ...more] = span.split("-");
  if (tooMany.length || more.length) throw new CronError(`too many slashes or hyphens: ${text}`);
  const any = low === "*" || low === "?";
  const start = any ? bounds.min : value(low, bounds);
  let end = any ? bounds.max : high === undefined ? start : value(high, bounds);
  const step = stepText === undefined ? 1 : whole(stepText);
  if (stepText !== undefined && !any && high === undefined) end = bounds.max;
  const where = `in ${bounds.name}: ${text}`;
  if (start < bounds.min)
    throw new CronError(`beginning of range (${start}) below minimum (${bounds.min}) ${where}`);
  if (end > bounds.max) throw new CronError(`end of range (${end}) above maximum (${bounds.max}) ${where}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}) ${where}`);
  if (step === 0) throw new CronError(`step of range should be a positive number ${where}`);
  // `*/1` is as good as `*`, a wider step is a restriction.
  return { start, end, step, star: any && step <= 1 };
}

function value(text: string, { names, min }: Bounds): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index >= 0 ? index + min : whole(text);
}

function whole(text: string): number {
  if (!/^\+?\d+$/.test(text)) throw new CronError(`failed to parse int from ${text}`);
  return Number(text);
}

function periodic(text: string): Cron {
  const ns = parseDuration(text);
  if (ns === undefined) throw new CronError(`failed to parse duration @every ${text}`);
  const seconds = Math.max(1, Math.floor(Number(ns) / 1e9));
  return { next: (after) => new Date((Math.floor(after.getTime() / 1000) + seconds) * 1000) };
}

function scheduled(fields: Field[], { offset, timeOf }: TimeZone): Cron {
  const [second, minute, hour, day, month, weekday] = fields as [Field, Field, Field, Field, Field, Field];
  const onDay = (wall: Date): boolean => {
    const inMonth = day.values.has(wall.getUTCDate());
    const inWeek = weekday.values.has(wall.getUTCDay());
    return day.star || weekday.star ? inMonth && inWeek : inMonth || inWeek;
  };
  /** The end of the unit of so many milliseconds in which the clock is. */
  const past = (unit: number, time: number, wall: Date): number => time + unit - (wall.getTime() % unit);
  return {
    next(after) {
      let time = (Math.floor(after.getTime() / 1000) + 1) * 1000;
      let wall = new Date(time + offset(time));
      const lastYear = wall.getUTCFullYear() + 5;
      // From the largest unit to the smallest: whichever does not fit is moved on, and the smaller ones start afresh.
      while (wall.getUTCFullYear() <= lastYear) {
        const [year, inYear] = [wall.getUTCFullYear(), wall.getUTCMonth()];
        if (!month.values.has(inYear + 1)) time = timeOf(Date.UTC(year, inYear + 1));
        else if (!onDay(wall)) time = timeOf(Date.UTC(year, inYear, wall.getUTCDate() + 1));
        else if (!hour.values.has(wall.getUTCHours())) time = past(3_600_000, time, wall);
        else if (!minute.values.has(wall.getUTCMinutes())) time = past(60_000, time, wall);
        else if (!second.values.has(wall.getUTCSeconds())) time += 1000;
        else return new Date(time);
        wall = new Date(time + offset(time));
      }
      return undefined;
    },
  };
}

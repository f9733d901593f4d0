// Durations as kubectl prints them in the Age column.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** `<unknown>` for what is no time. */
export function age(timestamp: string | undefined, now: Date): string {
  const then = timestamp ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(then) ? "<unknown>" : shortDuration(now.getTime() - then);
}

/** `45s`, `2m5s`, `10m`, `3h20m`, `2d4h`, `20d`, `2y35d`. */
function shortDuration(ms: number): string {
  if (ms < -2 * SECOND) return "<invalid>";
  const whole = Math.max(0, ms);
  const count = (unit: number) => Math.floor(whole / unit);
  const rest = (unit: number, below: number) => Math.floor((whole % unit) / below);
  const pair = (unit: number, mark: string, below: number, belowMark: string) => {
    const small = rest(unit, below);
    return `${count(unit)}${mark}${small ? `${small}${belowMark}` : ""}`;
  };
  if (whole < 2 * MINUTE) return `${count(SECOND)}s`;
  if (whole < 10 * MINUTE) return pair(MINUTE, "m", SECOND, "s");
  if (whole < 3 * HOUR) return `${count(MINUTE)}m`;
  if (whole < 8 * HOUR) return pair(HOUR, "h", MINUTE, "m");
  if (whole < 2 * DAY) return `${count(HOUR)}h`;
  if (whole < 8 * DAY) return pair(DAY, "d", HOUR, "h");
  if (whole < 2 * YEAR) return `${count(DAY)}d`;
  return whole < 8 * YEAR ? pair(YEAR, "y", DAY, "d") : `${count(YEAR)}y`;
}

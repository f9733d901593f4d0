// Go's durations: `1h30m`. Kept as strings, as in the files and the API; milliseconds only where time is counted.
import type { Schema } from "./schema.ts";

/** A duration in Go's canonical form, e.g. `1h30m0s`. */
export type Duration = string;

const NS_PER: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds of a Go duration string (time.ParseDuration), or undefined when it is not one. */
export function parseDuration(text: string): bigint | undefined {
  if (text === "0" || text === "+0" || text === "-0") return 0n;
  const sign = text.startsWith("-") ? -1n : 1n;
  const body = text.replace(/^[+-]/, "");
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(
    /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const ns = NS_PER[unit]!;
    total += BigInt(whole || "0") * ns;
    if (fraction) total += (BigInt(fraction) * ns) / 10n ** BigInt(fraction.length);
  }
  return total > 2n ** 63n - 1n ? undefined : sign * total;
}

/** Go's Duration.String(): `1h30m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(ns: bigint): Duration {
  if (ns === 0n) return "0s";
  const sign = ns < 0n ? "-" : "";
  const abs = ns < 0n ? -ns : ns;
  if (abs < 1_000n) return `${sign}${abs}ns`;
  if (abs < 1_000_000n) return `${sign}${decimal(abs, 1_000n)}µs`;
  if (abs < 1_000_000_000n) return `${sign}${decimal(abs, 1_000_000n)}ms`;
  const seconds = decimal(abs % NS_PER["m"]!, NS_PER["s"]!);
  const minutes = (abs / NS_PER["m"]!) % 60n;
  const hours = abs / NS_PER["h"]!;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, "0")
    .replace(/0+$/, "");
  return fraction ? `${value / unit}.${fraction}` : `${value / unit}`;
}

/** Milliseconds of a duration that a schema has accepted; `fallback` when it is unset or empty. */
export function milliseconds(text: Duration | undefined, fallback = 0): number {
  const ns = text ? parseDuration(text) : undefined;
  return ns === undefined ? fallback : Number(ns) / 1e6;
}

/** A field holding a duration: a Go duration string, or whole nanoseconds; decoded to Go's canonical form. */
export const duration = (doc?: string): Schema<Duration> => ({
  kind: "duration",
  doc,
  decode(value, path, report) {
    if (typeof value === "number" && Number.isInteger(value)) return formatDuration(BigInt(value));
    const ns = typeof value === "string" ? parseDuration(value) : undefined;
    if (ns !== undefined) return formatDuration(ns);
    report({
      level: "error",
      path: [...path],
      message: `expected a duration, found ${JSON.stringify(value)}`,
      hint: "write it as in Go, e.g. 90s, 1h30m",
    });
    return undefined;
  },
});

/** A field that Kubernetes' own type holds: a duration string, no number. */
export const durationText = (doc?: string): Schema<Duration> => {
  const either = duration(doc);
  return {
    ...either,
    decode: (value, path, report) =>
      either.decode(typeof value === "number" ? `${value} (a number without a unit)` : value, path, report),
  };
};

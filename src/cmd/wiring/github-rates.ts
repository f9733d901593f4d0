// What may be spent of GitHub's budgets, by the operator's will: Prow's flags, and the limits that GitHub publishes.
import { PUBLISHED, type Published } from "../../github/budget/published.ts";
import type { Rate, Rates } from "../../github/budget/throttle.ts";
import { type FlagValues, int, strings, UsageError } from "../../lib/flags.ts";

export const githubRateFlags = {
  "github-hourly-tokens": int(0, "Requests an hour that this process may make; 0: as many as GitHub allows."),
  "github-allowed-burst": int(0, "How many of them at once."),
  "github-throttle-org": strings([], "org:hourlyTokens:burst, for an App's one org; may be repeated."),
};

export const publishedFlags = {
  "github-concurrency": int(PUBLISHED.concurrency, "Requests to GitHub under way at the same time."),
  "github-points-per-minute": int(
    PUBLISHED.restPoints,
    "Points a minute of REST, a read 1 and a write 5; 0: no limit but what GitHub states.",
  ),
  "github-content-per-minute": int(
    PUBLISHED.contentPerMinute,
    "Comments and the like a minute; 0: no limit but what GitHub states.",
  ),
  "github-content-per-hour": int(
    PUBLISHED.contentPerHour,
    "Comments and the like an hour; 0: no limit but what GitHub states.",
  ),
};

export function publishedBy(flags: FlagValues<typeof publishedFlags>): Published {
  const or = (value: number): number => (value > 0 ? value : Number.MAX_SAFE_INTEGER);
  const contentPerMinute = or(flags["github-content-per-minute"]);
  return {
    ...PUBLISHED,
    concurrency: or(flags["github-concurrency"]),
    restPoints: or(flags["github-points-per-minute"]),
    contentPerMinute,
    contentPerHour: or(flags["github-content-per-hour"]),
    // Who is granted more a minute needs not keep them a second apart.
    contentPauseMs: Math.min(PUBLISHED.contentPauseMs, Math.floor(80_000 / contentPerMinute)),
  };
}

type RateFlags = Partial<FlagValues<typeof githubRateFlags>>;

/** Throws UsageError where Prow's components refuse to start. */
export function ratesOf(flags: RateFlags & { "github-app-id": string }): Rates {
  const hourly = flags["github-hourly-tokens"] ?? 0;
  const burst = flags["github-allowed-burst"] ?? 0;
  if (hourly > 0 && burst <= 0)
    throw new UsageError("--github-hourly-tokens needs --github-allowed-burst, the size of a burst");
  if (burst > hourly && hourly > 0)
    throw new UsageError("--github-allowed-burst must not be larger than --github-hourly-tokens");
  const texts = flags["github-throttle-org"] ?? [];
  if (texts.length > 0 && !flags["github-app-id"])
    throw new UsageError("--github-throttle-org is for a GitHub App: a token has one budget for all orgs");
  const orgs = new Map<string, Rate>();
  for (const text of texts) {
    const [org, rate] = orgRate(text);
    if (orgs.has(org)) throw new UsageError(`--github-throttle-org names ${org} twice`);
    orgs.set(org, rate);
  }
  return { all: hourly > 0 ? { hourly, burst } : undefined, orgs };
}

function orgRate(text: string): [string, Rate] {
  const [org = "", hourly, burst, ...rest] = text.split(":");
  const rate = { hourly: Number(hourly), burst: Number(burst) };
  const isWhole = Number.isInteger(rate.hourly) && Number.isInteger(rate.burst) && rest.length === 0;
  if (!org || !isWhole || rate.burst < 1 || rate.burst > rate.hourly)
    throw new UsageError(
      `--github-throttle-org=${text}: write org:hourlyTokens:burst, whole numbers, the burst not the larger one`,
    );
  return [org.toLowerCase(), rate];
}

interface TideRateFlags {
  "sync-hourly-tokens": number;
  "status-hourly-tokens": number;
}

/** As large as the bursts that Prow's two clients have, with a look a minute. */
const tideBurst = (sync: number, status: number): number =>
  3 * Math.floor(sync / 60) + Math.floor(status / 2);

/**
 * Tide looks once for its pools and its statuses, so it has one rate: that of Prow's two controllers together. Prow's
 * defaults hold nobody back here who has not asked for them, and --github-hourly-tokens goes first.
 */
export function tideRates<F extends TideRateFlags & RateFlags>(flags: F, given: ReadonlySet<string>): F {
  const { "sync-hourly-tokens": sync, "status-hourly-tokens": status } = flags;
  for (const name of ["sync-hourly-tokens", "status-hourly-tokens"] as const)
    if (flags[name] < 1) throw new UsageError(`--${name}=${flags[name]} must be at least 1`);
  const isWanted = given.has("sync-hourly-tokens") || given.has("status-hourly-tokens");
  if (!isWanted || (flags["github-hourly-tokens"] ?? 0) > 0) return flags;
  return {
    ...flags,
    "github-hourly-tokens": sync + status,
    "github-allowed-burst": Math.max(1, tideBurst(sync, status)),
  };
}

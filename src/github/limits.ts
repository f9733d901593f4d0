// GitHub's rate limits: reads from an answer how long to keep still, and keeps later requests from going out meanwhile.
import type { Clock } from "../lib/clock.ts";
import { GitHubError } from "./error.ts";

/** What GitHub asks for when a secondary limit names no time. */
const UNNAMED_PAUSE_MS = 60_000;
/** Clocks differ, and the reset is in whole seconds. */
const RESET_MARGIN_MS = 1_000;

/** Budgets are counted apart for these (x-ratelimit-resource). */
export function resourceOf(path: string): string {
  if (path.startsWith("/search/")) return "search";
  return path === "/graphql" ? "graphql" : "core";
}

/** Milliseconds to wait when the answer is a refusal for a limit; undefined for any other answer. */
function refusalPause(
  { status, headers }: { status: number; headers: Headers },
  body: string,
  now: Date,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN);
  if (Number.isFinite(retryAfter)) return retryAfter * 1000;
  if (headers.get("x-ratelimit-remaining") === "0") return untilReset(headers, now) ?? UNNAMED_PAUSE_MS;
  if (status === 429 || /secondary rate limit|abuse detection/i.test(body)) return UNNAMED_PAUSE_MS;
  return undefined;
}

function untilReset(headers: Headers, now: Date): number | undefined {
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (!Number.isFinite(reset)) return undefined;
  return Math.max(0, reset * 1000 - now.getTime()) + RESET_MARGIN_MS;
}

export interface Limits {
  /** Waits until requests of this identity may go out; throws GitHubError 429 when that is longer than `maxWaitMs`. */
  pass(identity: string, path: string): Promise<void>;
  /** Takes note of an answer; returns the pause in milliseconds when it was refused for a limit. */
  note(
    identity: string,
    path: string,
    answer: { status: number; headers: Headers },
    body: string,
  ): number | undefined;
}

export function limits(clock: Clock, maxWaitMs: number): Limits {
  const blockedUntil = new Map<string, number>();
  const block = (key: string, ms: number) => {
    const until = clock.now().getTime() + ms;
    if (until > (blockedUntil.get(key) ?? 0)) blockedUntil.set(key, until);
  };
  return {
    async pass(identity, path) {
      for (const key of [identity, `${identity} ${resourceOf(path)}`]) {
        const until = blockedUntil.get(key) ?? 0;
        const wait = until - clock.now().getTime();
        if (wait > maxWaitMs) {
          const time = new Date(until).toISOString();
          throw new GitHubError(429, `GitHub's rate limit is used up until ${time}: ${path} was not asked`);
        }
        if (wait > 0) await clock.sleep(wait);
      }
    },
    note(identity, path, answer, body) {
      const used = answer.headers.get("x-ratelimit-remaining") === "0";
      const resource = `${identity} ${answer.headers.get("x-ratelimit-resource") ?? resourceOf(path)}`;
      const pause = refusalPause(answer, body, clock.now());
      // A used-up budget stops its own resource; a secondary limit stops everything.
      if (pause !== undefined) block(used && !answer.headers.has("retry-after") ? resource : identity, pause);
      else if (used) block(resource, untilReset(answer.headers, clock.now()) ?? 0);
      return pause;
    },
  };
}

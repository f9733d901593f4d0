// Counts requests per token and hour, as GitHub's X-RateLimit headers tell.
import type { Clock } from "../../lib/clock.ts";
import { ApiError } from "./api-error.ts";

export type Resource = "core" | "search" | "graphql";

export interface Allowance {
  limit: number;
  remaining: number;
  used: number;
  /** Seconds since 1970. */
  reset: number;
  resource: Resource;
}

const WINDOW_S = 3600;
const SEARCH_WINDOW_S = 60;

export class RateLimit {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windows = new Map<string, { reset: number; used: number }>();

  /** @param limit requests an hour for everyone who is logged in */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  limitOf(key: string, resource: Resource): number {
    if (resource === "search") return key.startsWith("anonymous") ? 10 : Math.max(30, this.#limit);
    return key.startsWith("anonymous") ? Math.min(this.#limit, 5000) : this.#limit;
  }

  look(key: string, resource: Resource): Allowance {
    const limit = this.limitOf(key, resource);
    const { reset, used } = this.#window(key, resource);
    return { limit, remaining: Math.max(0, limit - used), used, reset, resource };
  }

  /** Throws 403 when nothing is left. */
  take(key: string, resource: Resource): Allowance {
    const before = this.look(key, resource);
    if (before.remaining === 0)
      throw new ApiError(403, "API rate limit exceeded", undefined, rateHeaders(before));
    this.#window(key, resource).used += 1;
    return this.look(key, resource);
  }

  /** An answer of 304 costs nothing. */
  giveBack(key: string, resource: Resource): Allowance {
    this.#window(key, resource).used -= 1;
    return this.look(key, resource);
  }

  #window(key: string, resource: Resource) {
    const now = Math.floor(this.#clock.now().getTime() / 1000);
    const name = `${resource} ${key}`;
    const known = this.#windows.get(name);
    if (known && known.reset > now) return known;
    const fresh = { reset: now + (resource === "search" ? SEARCH_WINDOW_S : WINDOW_S), used: 0 };
    this.#windows.set(name, fresh);
    return fresh;
  }
}

export const rateHeaders = (allowance: Allowance): Record<string, string> => ({
  "x-ratelimit-limit": String(allowance.limit),
  "x-ratelimit-remaining": String(allowance.remaining),
  "x-ratelimit-used": String(allowance.used),
  "x-ratelimit-reset": String(allowance.reset),
  "x-ratelimit-resource": allowance.resource,
});

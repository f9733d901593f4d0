// Reads from an answer what GitHub states of its limits: what is left of an hour's budget, and how long to keep still.
import type { AnswerHeaders, Reply } from "../ask.ts";
import type { Allowance, Stated } from "./account.ts";

/** What GitHub asks for when a secondary limit names no time. */
const UNNAMED_PAUSE_MS = 60_000;
/** Clocks differ, and the reset is in whole seconds. */
const RESET_MARGIN_MS = 1_000;

export interface Read extends Stated {
  /** It was refused for a limit: how long to wait. */
  pauseMs?: number;
}

/** `resource` is what the path says. */
export function statedBy(reply: Reply, resource: string, now: Date): Read {
  const { headers } = reply;
  const isUsedUp = headers.get("x-ratelimit-remaining") === "0";
  const pauseMs = refusalPause(reply, now);
  const of = headers.get("x-ratelimit-resource") ?? resource;
  const allowance = allowanceOf(headers);
  const read = { resource: of, ...(allowance && { allowance }) };
  if (pauseMs === undefined) {
    const reset = isUsedUp ? untilReset(headers, now) : undefined;
    return { ...read, ...(reset !== undefined && { resourceUntil: now.getTime() + reset }) };
  }
  const until = now.getTime() + pauseMs;
  // A used-up budget stops its own resource; a secondary limit stops everything.
  return isUsedUp && !headers.has("retry-after")
    ? { ...read, pauseMs, resourceUntil: until }
    : { ...read, pauseMs, pausedUntil: until };
}

function allowanceOf(headers: AnswerHeaders): Allowance | undefined {
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    number(headers.get(`x-ratelimit-${name}`) ?? ""),
  );
  if (remaining === undefined || reset === undefined) return undefined;
  return { limit: limit ?? 0, remaining, reset: reset * 1000 };
}

const number = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

/** Milliseconds to wait when the answer is a refusal for a limit; undefined for any other answer. */
function refusalPause({ status, headers, body }: Reply, now: Date): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN);
  if (Number.isFinite(retryAfter)) return retryAfter * 1000;
  if (headers.get("x-ratelimit-remaining") === "0") return untilReset(headers, now) ?? UNNAMED_PAUSE_MS;
  if (status === 429 || /secondary rate limit|abuse detection/i.test(body.toString()))
    return UNNAMED_PAUSE_MS;
  return undefined;
}

function untilReset(headers: AnswerHeaders, now: Date): number | undefined {
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (!Number.isFinite(reset)) return undefined;
  return Math.max(0, reset * 1000 - now.getTime()) + RESET_MARGIN_MS;
}

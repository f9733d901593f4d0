// Keeps requests of one token apart, as Prow's --throttling-time-ms and --get-throttling-time-ms say.
import { boundedMap } from "../lib/kept/bounded-map.ts";

export interface Spacing {
  /** Between requests that write, or follow one that does. */
  ms: number;
  /** Between reads. */
  getMs: number;
  /** No request waits longer, so that no backlog builds up. */
  mostMs: number;
}

/** The last request of a token: when it goes out, and whether it reads. */
export interface Last {
  at: number;
  isGet: boolean;
}

/** How long one more has to wait, and when it goes out. */
export function nextTurn(
  { ms, getMs, mostMs }: Spacing,
  last: Last,
  isGet: boolean,
  now: number,
): { at: number; waitMs: number } {
  const since = now - last.at;
  if (since <= 0) {
    // Some wait already: it goes after them.
    const at = last.at + (isGet ? getMs : ms);
    return at - now >= mostMs ? { at: now + mostMs, waitMs: mostMs } : { at, waitMs: at - now };
  }
  const apart = last.isGet && isGet ? getMs : ms;
  if (since >= apart || (isGet && since >= getMs)) return { at: now, waitMs: 0 };
  const waitMs = (isGet && !last.isGet ? getMs : apart) - since;
  return { at: now + waitMs, waitMs };
}

/** Tokens that are remembered. */
const MOST = 10_000;

/** Milliseconds that the next request of a token has to wait. */
export function spacer(spacing: Spacing): (token: string, isGet: boolean, now: number) => number {
  const lasts = boundedMap<Last>(MOST);
  return (token, isGet, now) => {
    const last = lasts.get(token);
    const { at, waitMs } = last ? nextTurn(spacing, last, isGet, now) : { at: now, waitMs: 0 };
    lasts.set(token, { at, isGet });
    return waitMs;
  };
}

// Decides which deliveries GitHub is asked for once more: those that it could not hand over, and those that were lost after.
import type { LoggedDelivery } from "../github/port.ts";
import { isWithin, KEPT_MS, type Span } from "./memory-mark.ts";

/** What the sweeper knows of a delivery that it still waits for. */
export interface Awaited {
  delivery: LoggedDelivery;
  /** When GitHub tried first; milliseconds. */
  since: number;
  /** How often it has been asked for. */
  times: number;
  /** Not to be asked for again before then; milliseconds. */
  next: number;
}

export interface Swept {
  /** GitHub's log, newest first, of one hook. */
  log: readonly LoggedDelivery[];
  /** GUIDs that the queue remembers: a 2xx is only given for what is stored, so nothing else counts. */
  remembered: ReadonlySet<string>;
  awaited: ReadonlyMap<string, Awaited>;
  /** Of these times the queue has lost its memory: what was acknowledged then and is not remembered is to come again. */
  lost?: readonly Span[];
  now: number;
  /** From one sweep to the next. */
  periodMs: number;
}

/** A redelivery under way is in the log when it has an answer: until then no second one is asked for. In sweeps. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 60;
/** What did not come by then may be refused for good. */
const ENOUGH_TIMES = 3;
/** GitHub counts a POST as five points, and gives 900 a minute. */
const AT_ONCE = 150;

/**
 * `redeliver`: what has been asked for least often first, so that what is refused for good keeps nothing else waiting, and
 * of those the oldest, as they happened. `awaited`: with those, without what has come and what GitHub keeps no more.
 */
export function decideSweep({ log, remembered, awaited, lost = [], now, periodMs }: Swept): {
  redeliver: LoggedDelivery[];
  awaited: Map<string, Awaited>;
  /** How many of those that were acknowledged in lost times have not come again. */
  missing: number;
} {
  const waiting = new Map<string, Awaited>();
  let missing = 0;
  const isKept = (delivery: LoggedDelivery) => timeOf(delivery) >= now - KEPT_MS;
  for (const [guid, known] of awaited)
    if (!remembered.has(guid) && isKept(known.delivery)) waiting.set(guid, known);
  for (const [guid, tries] of Map.groupBy(log, (delivery) => delivery.guid)) {
    const delivery = tries[0]!;
    if (remembered.has(guid)) continue;
    const answered = tries.find(({ ok }) => ok);
    const isLost = answered && isWithin(timeOf(answered), lost);
    if (isLost) missing += 1;
    if (answered && !isLost) waiting.delete(guid);
    else {
      const known = waiting.get(guid) ?? { times: 0, next: 0, since: timeOf(tries.at(-1)!) };
      waiting.set(guid, { ...known, delivery });
    }
  }
  const due = [...waiting.values()]
    .filter(({ next }) => next <= now)
    .sort((a, b) => a.times - b.times || timeOf(a.delivery) - timeOf(b.delivery))
    .slice(0, AT_ONCE);
  for (const one of due) {
    const { delivery, times } = one;
    const pause = periodMs * Math.min(FIRST_PAUSE * 2 ** times, LONGEST_PAUSE);
    waiting.set(delivery.guid, { ...one, times: times + 1, next: now + pause });
  }
  return { redeliver: due.map(({ delivery }) => delivery), awaited: waiting, missing };
}

/** When the first of those happened that will probably come; undefined when nothing is waited for. */
export function behindSince(awaited: Iterable<Awaited>): number | undefined {
  const young = Array.from(awaited).filter(({ times }) => times <= ENOUGH_TIMES);
  return young.length > 0 ? Math.min(...young.map(({ since }) => since)) : undefined;
}

const timeOf = ({ deliveredAt }: LoggedDelivery): number => Date.parse(deliveredAt);

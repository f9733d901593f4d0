// What is known outside the queue of the queue's memory, so that a loss of it is seen by whoever comes after: the decisions.

/** From one time to another, in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** A time of which the queue does not know any more what was done and what was not. */
export interface Lost extends Span {
  /** What GitHub's log of deliveries has of it is in the queue again. */
  swept?: true;
}

/** GitHub is still to deliver again what it could not hand over from then on; and when that was so. Milliseconds. */
export interface Behind {
  from: number;
  at: number;
}

export interface Mark {
  /** Before this installation began somebody else did the work. */
  began: number;
  /** When the queue's memory began, which tells it from the one before. */
  since: number;
  /** What was added before then is done. */
  done: number;
  lost: Lost[];
  behind?: Behind;
}

/** What the queue tells of itself; times are milliseconds. */
export interface QueueNow {
  now: number;
  since: number;
  /** When the item was added that has waited longest. */
  oldest?: number;
}

/** GitHub's clock, Redis' and ours differ a little, and a delivery takes up to ten seconds to be added. */
const MARGIN_MS = 2 * 60_000;
/** GitHub's log may be late. */
export const LATE_MS = 15 * 60_000;
/** GitHub keeps deliveries, and delivers them again, for so long. */
export const KEPT_MS = 3 * 24 * 3_600_000;

/** The sweep of the log comes first for so long, but it may see no log. */
export const SWEEP_MS = 30 * 60_000;

/** What the mark says after a look at the queue. Without one the installation is new: of what was before nothing is lost. */
export function nextMark(mark: Mark | undefined, { now, since, oldest }: QueueNow): Mark {
  const done = Math.min(oldest ?? now, now);
  if (!mark) return { began: since, since, done, lost: [] };
  const lost = mark.lost.filter(({ to }) => to >= now - KEPT_MS);
  if (mark.since === since) return { ...mark, done, lost };
  const fresh: Lost = { from: Math.max(mark.done - MARGIN_MS, mark.began), to: since + MARGIN_MS };
  return { ...mark, since, done, lost: fresh.from < fresh.to ? [...lost, fresh] : lost };
}

/** After all that the log has of lost times is in the queue again. What is young may be in the log only later. */
export const sweptMark = (mark: Mark, now: number): Mark => ({
  ...mark,
  lost: mark.lost.map((span) => (span.to < now - LATE_MS ? { ...span, swept: true } : span)),
});

/** After a sweep that found that GitHub is to deliver again what failed from then on. */
export function markBehind({ behind: _, ...mark }: Mark, from: number | undefined, at: number): Mark {
  return from === undefined ? mark : { ...mark, behind: { from, at } };
}

/** Webhooks may still tell of what happened from then on; Infinity when nothing is known to be under way. */
export const toldUntil = ({ behind }: Mark, now: number): number =>
  behind && behind.at > now - SWEEP_MS ? behind.from - MARGIN_MS : Number.POSITIVE_INFINITY;

/** After open pull requests were compared with the queue, too, for these lost times. */
export const resyncedMark = (mark: Mark, spans: readonly Lost[]): Mark => ({
  ...mark,
  lost: mark.lost.filter(({ from, to }) => !spans.some((span) => span.from === from && span.to === to)),
});

export const isWithin = (time: number, spans: readonly Span[]): boolean =>
  spans.some(({ from, to }) => time >= from && time <= to);

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** undefined when it says nothing that we know. */
export function parseMark(text: string): Mark | undefined {
  try {
    const { began, since, done, lost, behind } = JSON.parse(text) as Partial<Mark>;
    if (!isTime(began) || !isTime(since) || !isTime(done) || !Array.isArray(lost)) return undefined;
    const spans = lost.flatMap(({ from, to, swept }: Partial<Lost>): Lost[] =>
      isTime(from) && isTime(to) ? [{ from, to, ...(swept === true && { swept }) }] : [],
    );
    const mark = { began, since, done, lost: spans };
    return isTime(behind?.from) && isTime(behind.at) ? markBehind(mark, behind.from, behind.at) : mark;
  } catch {
    return undefined;
  }
}

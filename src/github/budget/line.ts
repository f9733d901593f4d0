// Who may go now: of those that wait for one account the most important first, and nobody past an empty window.
import { type Account, type Refusal, refusal, started, withoutLost } from "./account.ts";
import { IMPORTANCE, type Need } from "./need.ts";
import type { Published } from "./published.ts";

export interface Waiting {
  need: Need;
  /** Milliseconds since 1970. */
  since: number;
}

export interface Admission<W extends Waiting> {
  account: Account;
  /** With the id that their requests have in the account. */
  admitted: { waiting: W; id: string }[];
  refused: { waiting: W; refusal: Refusal }[];
}

/** Whoever has waited so long matters as much as the next more important kind, so that nobody waits for ever. */
const AGEING_MS = 10_000;

const rank = ({ need, since }: Waiting, now: number): number =>
  need.importance - Math.floor((now - since) / AGEING_MS);

/** What an empty window stops, by the names that refusals have. */
const stops = (of: string, need: Need): boolean =>
  of === "pause" ||
  of === "concurrency" ||
  of === `points of ${need.resource}` ||
  (of === "content" && need.content) ||
  (of === "talk" && need.content && need.importance !== IMPORTANCE.verdict);

/** Of those that `round` lets go. */
const idOf = (round: string, { resource, points, content }: Need): string =>
  `${round} ${resource} ${points}${content ? " content" : ""}`;

/**
 * `waiting` in the order of coming. `round` is a name that no other admission has; `until`: when a request that goes out
 * now is over at the latest.
 */
export function admit<W extends Waiting>(
  before: Account,
  waiting: readonly W[],
  published: Published,
  { now, until, round }: { now: number; until: number; round: string },
): Admission<W> {
  let account = withoutLost(before, published, now);
  const admitted: Admission<W>["admitted"] = [];
  const refused: Admission<W>["refused"] = [];
  const empty: Refusal[] = [];
  const order = [...waiting].sort((a, b) => rank(a, now) - rank(b, now));
  for (const one of order) {
    const why = empty.find(({ of }) => stops(of, one.need)) ?? refusal(account, one.need, published, now);
    if (why) {
      if (!empty.includes(why)) empty.push(why);
      refused.push({ waiting: one, refusal: why });
    } else {
      const id = idOf(round, one.need);
      account = started(account, one.need, { id, until }, published, now);
      admitted.push({ waiting: one, id });
    }
  }
  return { account, admitted, refused };
}

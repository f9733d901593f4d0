// The account of one identity at GitHub: what was stated, what was spent, what is under way. Plain data and pure functions.
import type { Need } from "./need.ts";
import { IMPORTANCE } from "./need.ts";
import { MOST_HOURLY, type Published } from "./published.ts";
import { type Spent, spend, type Window, waitFor } from "./window.ts";

/** Times are milliseconds since 1970. */
export interface Account {
  /** Nothing goes out before. */
  pausedUntil: number;
  /** Whether any answer has come: until then nobody knows what GitHub has left for us. */
  isKnown: boolean;
  /** As the answers state it, by resource. */
  stated: Readonly<Record<string, Allowance>>;
  rest: Spent;
  graphql: Spent;
  contentMinute: Spent;
  contentHour: Spent;
  /** When content could have been created last, if it had gone out a pause apart. */
  contentUntil: number;
  /** Requests under way: until when they are over at the latest, and what they spend. */
  out: Readonly<Record<string, { until: number; resource: string }>>;
}

export interface Allowance {
  limit: number;
  remaining: number;
  /** When it is `limit` again. */
  reset: number;
}

export const NEW_ACCOUNT: Account = {
  pausedUntil: 0,
  isKnown: false,
  stated: {},
  rest: {},
  graphql: {},
  contentMinute: {},
  contentHour: {},
  contentUntil: 0,
  out: {},
};

/** GitHub asks for a pause between writes of those who make many. */
const CONTENT_AT_ONCE = 20;
/** The part of an hour's budget that is left alone by what matters less. */
const LEFT_ALONE: Readonly<Record<number, number>> = {
  [IMPORTANCE.verdict]: 0,
  [IMPORTANCE.read]: 0.01,
  [IMPORTANCE.write]: 0.02,
  [IMPORTANCE.scan]: 0.2,
};

/** Where the budget runs out, and for how long. */
export interface Refusal {
  of: "pause" | "concurrency" | "points" | "content" | (string & {});
  waitMs: number;
}

export const windows = (published: Published) => ({
  rest: { ms: 60_000, slotMs: 1_000, most: published.restPoints },
  graphql: { ms: 60_000, slotMs: 1_000, most: published.graphqlPoints },
  contentMinute: { ms: 60_000, slotMs: 1_000, most: published.contentPerMinute },
  contentHour: { ms: 3_600_000, slotMs: 60_000, most: published.contentPerHour },
});

const HOURLY = ["core", "graphql"];

/** Whether this is the GitHub whose limits are published. */
export const isPublished = ({ stated }: Account): boolean => {
  const limits = HOURLY.flatMap((resource) => stated[resource]?.limit ?? []);
  return limits.length > 0 && Math.max(...limits) <= MOST_HOURLY;
};

const underWay = ({ out }: Account, now: number) => Object.values(out).filter(({ until }) => now < until);

/** Why it cannot go out now; undefined when it can. */
export function refusal(
  account: Account,
  need: Need,
  published: Published,
  now: number,
): Refusal | undefined {
  if (now < account.pausedUntil) return { of: "pause", waitMs: account.pausedUntil - now };
  const out = underWay(account, now);
  // Whoever comes back makes room: nobody knows when.
  if (out.length >= (account.isKnown ? published.concurrency : 1))
    return { of: "concurrency", waitMs: 1_000 };
  const stated = account.stated[need.resource];
  if (stated && now < stated.reset) {
    const spoken = out.filter(({ resource }) => resource === need.resource).length;
    const alone = Math.floor(stated.limit * (LEFT_ALONE[need.importance] ?? 0));
    if (stated.remaining - spoken <= alone) return { of: need.resource, waitMs: stated.reset - now };
  }
  return isPublished(account) ? unstated(account, need, published, now) : undefined;
}

function unstated(account: Account, need: Need, published: Published, now: number): Refusal | undefined {
  const { rest, graphql, contentMinute, contentHour } = windows(published);
  const points =
    need.resource === "graphql"
      ? waitFor(account.graphql, graphql, need.points, now)
      : waitFor(account.rest, rest, need.points, now);
  if (points > 0) return { of: `points of ${need.resource}`, waitMs: points };
  if (!need.content) return undefined;
  const waitMs = Math.max(
    waitFor(account.contentMinute, contentMinute, 1, now),
    waitFor(account.contentHour, contentHour, 1, now),
    account.contentUntil - now - (CONTENT_AT_ONCE - 1) * published.contentPauseMs,
  );
  return waitMs > 0 ? { of: "content", waitMs } : undefined;
}

/** The account with one more request under way. */
export function spent(
  account: Account,
  need: Need,
  { id, until }: { id: string; until: number },
  published: Published,
  now: number,
): Account {
  const all = windows(published);
  const add = (kind: keyof typeof all, amount: number, used: Spent): Spent =>
    spend(used, all[kind] satisfies Window, amount, now);
  const isGraphQL = need.resource === "graphql";
  const live = Object.entries(account.out).filter(([, lease]) => now < lease.until);
  return {
    ...account,
    rest: isGraphQL ? account.rest : add("rest", need.points, account.rest),
    graphql: isGraphQL ? add("graphql", need.points, account.graphql) : account.graphql,
    ...(need.content && {
      contentMinute: add("contentMinute", 1, account.contentMinute),
      contentHour: add("contentHour", 1, account.contentHour),
      contentUntil: Math.max(account.contentUntil, now) + published.contentPauseMs,
    }),
    out: { ...Object.fromEntries(live), [id]: { until, resource: need.resource } },
  };
}

/** What an answer says: which allowance is left, and until when to keep still. */
export interface Stated {
  resource: string;
  allowance?: Allowance;
  /** Of this resource alone. */
  resourceUntil?: number;
  /** Of everything. */
  pausedUntil?: number;
}

/** The account when a request is over; without `stated` there was no answer. */
export function settled(account: Account, id: string, stated?: Stated): Account {
  const { [id]: _, ...out } = account.out;
  if (!stated) return { ...account, out };
  const { resource, allowance, resourceUntil = 0, pausedUntil = 0 } = stated;
  const known = account.stated[resource];
  const used =
    resourceUntil > 0 ? { limit: known?.limit ?? 0, remaining: 0, reset: resourceUntil } : allowance;
  return {
    ...account,
    out,
    isKnown: true,
    pausedUntil: Math.max(account.pausedUntil, pausedUntil),
    stated: used ? { ...account.stated, [resource]: newest(known, used) } : account.stated,
  };
}

/** Answers overtake each other: within an hour the budget only goes down. */
function newest(known: Allowance | undefined, told: Allowance): Allowance {
  if (!known || told.reset > known.reset) return told;
  if (told.reset < known.reset) return known;
  return { ...told, remaining: Math.min(known.remaining, told.remaining) };
}

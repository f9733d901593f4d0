// The account of one identity at GitHub: what was stated, what was spent, what is under way. Plain data and pure functions.
import { IMPORTANCE, type Need } from "./need.ts";
import { MOST_HOURLY, type Published } from "./published.ts";
import { type Spent, spend, waitFor } from "./window.ts";

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
  /** Requests under way. GitHub counts each at some moment before it is over: until then it is spent in every window. */
  out: Readonly<Record<string, UnderWay>>;
}

/** Those that went out together and cost the same: counted, so that what all processes read and write stays small. */
interface UnderWay extends Cost {
  count: number;
  /** They are over at the latest. */
  until: number;
}

type Cost = Pick<Need, "resource" | "points" | "content">;

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
  rest: [],
  graphql: [],
  contentMinute: [],
  contentHour: [],
  contentUntil: 0,
  out: {},
};

/** GitHub asks for a pause between writes of those who make many. */
const CONTENT_AT_ONCE = 20;
/** The part of an hour's budget that is left alone by what matters less. */
const LEFT_ALONE: Readonly<Record<number, number>> = {
  [IMPORTANCE.read]: 0.01,
  [IMPORTANCE.write]: 0.02,
  [IMPORTANCE.scan]: 0.2,
};
/** Of REST's hour it is a tenth more: what it was read for would wait for the next hour to be told. */
const LEFT_FOR_VERDICTS = 0.1;

function partLeftAlone({ resource, importance }: Need): number {
  const part = LEFT_ALONE[importance] ?? 0;
  return part > 0 && resource === "core" ? part + LEFT_FOR_VERDICTS : part;
}

/** The part of an hour's content that is left for merges: talk must not keep what is ready from being merged. */
const LEFT_FOR_MERGES = 0.1;

/** Where the budget runs out, and for how long. */
export interface Refusal {
  of: "pause" | "concurrency" | "points" | "content" | "talk" | (string & {});
  waitMs: number;
}

const windows = (published: Published) => ({
  rest: { ms: 60_000, slotMs: 1_000, most: published.restPoints },
  graphql: { ms: 60_000, slotMs: 1_000, most: published.graphqlPoints },
  contentMinute: { ms: 60_000, slotMs: 1_000, most: published.contentPerMinute },
  contentHour: { ms: 3_600_000, slotMs: 60_000, most: published.contentPerHour },
});

const HOURLY = ["core", "graphql"];

/** Whether this is the GitHub whose limits are published. */
const isPublished = ({ stated }: Account): boolean => {
  const limits = HOURLY.flatMap((resource) => stated[resource]?.limit ?? []);
  return limits.length > 0 && Math.max(...limits) <= MOST_HOURLY;
};

/** Why it cannot go out now; undefined when it can. */
export function refusal(
  account: Account,
  need: Need,
  published: Published,
  now: number,
): Refusal | undefined {
  if (now < account.pausedUntil) return { of: "pause", waitMs: account.pausedUntil - now };
  const out = Object.values(account.out);
  // Whoever comes back makes room: nobody knows when.
  if (sum(out.map(({ count }) => count)) >= (account.isKnown ? published.concurrency : 1))
    return { of: "concurrency", waitMs: 1_000 };
  const stated = account.stated[need.resource];
  if (stated && now < stated.reset) {
    const spoken = sum(out.map(({ resource, count }) => (resource === need.resource ? count : 0)));
    const alone = Math.floor(stated.limit * partLeftAlone(need));
    if (stated.remaining - spoken <= alone) return { of: need.resource, waitMs: stated.reset - now };
  }
  return isPublished(account) ? unstated(account, need, published, now) : undefined;
}

function unstated(account: Account, need: Need, published: Published, now: number): Refusal | undefined {
  const all = windows(published);
  const costs = [{ ...need, count: 1 }, ...Object.values(account.out)];
  const wait = (kind: keyof typeof all, alone = 0) =>
    waitFor(
      account[kind],
      all[kind],
      alone + sum(costs.map((cost) => cost.count * amountOf(kind, cost))),
      now,
    );
  const points = wait(need.resource === "graphql" ? "graphql" : "rest");
  if (points > 0) return { of: `points of ${need.resource}`, waitMs: points };
  if (!need.content) return undefined;
  const waitMs = Math.max(
    wait("contentMinute"),
    wait("contentHour"),
    account.contentUntil - now - (CONTENT_AT_ONCE - 1) * published.contentPauseMs,
  );
  if (waitMs > 0) return { of: "content", waitMs };
  if (need.importance === IMPORTANCE.verdict) return undefined;
  const talkMs = wait("contentHour", Math.floor(LEFT_FOR_MERGES * published.contentPerHour));
  return talkMs > 0 ? { of: "talk", waitMs: talkMs } : undefined;
}

function amountOf(kind: keyof ReturnType<typeof windows>, { resource, points, content }: Cost): number {
  if (kind === "contentMinute" || kind === "contentHour") return content ? 1 : 0;
  return (resource === "graphql") === (kind === "graphql") ? points : 0;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** The account with one more request under way, among those of `id`: all that have it cost the same. */
export function started(
  account: Account,
  { resource, points, content }: Need,
  { id, until }: { id: string; until: number },
  published: Published,
  now: number,
): Account {
  const contentUntil = Math.max(account.contentUntil, now) + published.contentPauseMs;
  const count = (account.out[id]?.count ?? 0) + 1;
  return {
    ...account,
    ...(content && { contentUntil }),
    out: { ...account.out, [id]: { count, until, resource, points, content } },
  };
}

/** The account when what should be over is: nobody came back to tell. */
export function withoutLost(account: Account, published: Published, now: number): Account {
  const lost = Object.entries(account.out).filter(([, { until }]) => until <= now);
  return lost.reduce(
    (rest, [id, { until, count }]) => returned(rest, id, { count, published, at: until }),
    account,
  );
}

/** From now on so many of those are spent, and no longer under way. */
function returned(
  account: Account,
  id: string,
  { count, published, at }: { count: number; published: Published; at: number },
): Account {
  const { [id]: those, ...others } = account.out;
  if (!those) return account;
  const all = windows(published);
  const add = (kind: keyof typeof all): Spent => {
    const amount = count * amountOf(kind, those);
    return amount > 0 ? spend(account[kind], all[kind], amount, at) : account[kind];
  };
  const left = those.count - count;
  return {
    ...account,
    rest: add("rest"),
    graphql: add("graphql"),
    contentMinute: add("contentMinute"),
    contentHour: add("contentHour"),
    out: left > 0 ? { ...others, [id]: { ...those, count: left } } : others,
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

/** The account when a request of `id` is over; without `stated` there was no answer. */
export function settled(
  before: Account,
  id: string,
  stated: Stated | undefined,
  published: Published,
  now: number,
): Account {
  const account = returned(before, id, { count: 1, published, at: now });
  if (!stated) return account;
  const { resource, allowance, resourceUntil = 0, pausedUntil = 0 } = stated;
  const known = account.stated[resource];
  const used =
    resourceUntil > 0 ? { limit: known?.limit ?? 0, remaining: 0, reset: resourceUntil } : allowance;
  return {
    ...account,
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

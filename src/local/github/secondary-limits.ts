// GitHub's published secondary limits: requests at once, points a minute, and contents made a minute and an hour.
import type { Clock } from "../../lib/clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const AT_ONCE = 100;
const REST_POINTS = 900;
const GRAPHQL_POINTS = 2_000;
const WRITE_POINTS = 5;
const CONTENTS_A_MINUTE = 80;
const CONTENTS_AN_HOUR = 500;
const PAUSE_MS = MINUTE_MS;

/** Comments, reviews, issues, pull requests: what notifies people. */
const CONTENT = /\/(comments|reviews|issues|pulls|assignees|requested_reviewers|merge)(\/\d+)?$/;
const MAKING = ["POST", "PUT"];

export interface Asked {
  who: string;
  method: string;
  path: string;
  write: boolean;
}

/** Which limit is overstepped, and how long who asked has to wait. */
export interface Overstepped {
  limit: string;
  waitS: number;
}

interface Record {
  underWay: number;
  points: { at: number; rest: number; graphql: number }[];
  contents: number[];
  pausedUntil: number;
}

export class SecondaryLimits {
  readonly #clock: Pick<Clock, "now">;
  readonly #records = new Map<string, Record>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** undefined: it may go on, and `leave` is to be called in the end. */
  enter({ who, method, path, write }: Asked): Overstepped | undefined {
    const now = this.#clock.now().getTime();
    const record = this.#of(who);
    if (record.pausedUntil > now)
      return { limit: "asked again before Retry-After", waitS: Math.ceil((record.pausedUntil - now) / 1000) };
    record.points = record.points.filter(({ at }) => at > now - MINUTE_MS);
    record.contents = record.contents.filter((at) => at > now - HOUR_MS);
    const graphql = path.endsWith("/graphql");
    const cost = write ? WRITE_POINTS : 1;
    record.points.push({ at: now, rest: graphql ? 0 : cost, graphql: graphql ? cost : 0 });
    if (write && MAKING.includes(method) && CONTENT.test(path)) record.contents.push(now);
    const limit = broken(record, now);
    if (limit === undefined) {
      record.underWay += 1;
      return undefined;
    }
    record.pausedUntil = now + PAUSE_MS;
    return { limit, waitS: PAUSE_MS / 1000 };
  }

  leave(who: string): void {
    this.#of(who).underWay -= 1;
  }

  #of(who: string): Record {
    const record = this.#records.get(who) ?? { underWay: 0, points: [], contents: [], pausedUntil: 0 };
    this.#records.set(who, record);
    return record;
  }
}

function broken({ underWay, points, contents }: Record, now: number): string | undefined {
  const sum = (kind: "rest" | "graphql") => points.reduce((total, one) => total + one[kind], 0);
  if (underWay >= AT_ONCE) return `${AT_ONCE} requests at once`;
  if (sum("rest") > REST_POINTS) return `${REST_POINTS} points a minute for REST`;
  if (sum("graphql") > GRAPHQL_POINTS) return `${GRAPHQL_POINTS} points a minute for GraphQL`;
  if (contents.filter((at) => at > now - MINUTE_MS).length > CONTENTS_A_MINUTE)
    return `${CONTENTS_A_MINUTE} contents made a minute`;
  return contents.length > CONTENTS_AN_HOUR ? `${CONTENTS_AN_HOUR} contents made an hour` : undefined;
}

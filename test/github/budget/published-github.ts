// A GitHub that has nothing but the limits it publishes, and notes each breach of them.
import type { Reply } from "../../../src/github/ask.ts";
import type { Clock } from "../../../src/lib/clock.ts";

export interface Request {
  method: string;
  path: string;
}

interface Done {
  at: number;
  points: number;
  content: boolean;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Of what is asked here. */
const NOTIFYING = /\/(comments|merge)$/;

const answer = (status: number, headers: Record<string, string>): Reply => ({
  ...{ status, headers: new Headers(headers), body: Buffer.alloc(0) },
});

/** Windows slide by the millisecond here, so that a client that counts by slots must err on the safe side. */
export class PublishedGitHub {
  readonly breaches: string[] = [];
  /** `method path`, in the order of coming. */
  readonly served: string[] = [];
  hourly = 5_000;
  private readonly clock: Pick<Clock, "now">;
  private done: Done[] = [];
  private used = 0;
  private hour = Number.NEGATIVE_INFINITY;
  private underWay = 0;
  private closedUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "now">) {
    this.clock = clock;
  }

  /** From now on for so long everything is refused, once with a header that says so. */
  close(ms: number): void {
    this.closedUntil = this.clock.now().getTime() + ms;
  }

  begin({ method, path }: Request): Reply {
    const now = this.clock.now().getTime();
    this.served.push(`${method} ${path}`);
    this.underWay += 1;
    this.done.push({ at: now, points: method === "GET" ? 1 : 5, content: NOTIFYING.test(path) });
    this.done = this.done.filter(({ at }) => at > now - HOUR);
    const within = (ms: number) => this.done.filter(({ at }) => at > now - ms);
    const sum = (list: Done[]) => list.reduce((total, { points }) => total + points, 0);
    const content = (ms: number) => within(ms).filter(({ content: is }) => is).length;
    this.check("concurrency", this.underWay, 100);
    this.check("points a minute", sum(within(MINUTE)), 900);
    this.check("content a minute", content(MINUTE), 80);
    this.check("content an hour", content(HOUR), 500);
    if (now >= this.hour + HOUR) {
      this.hour = now;
      this.used = 0;
    }
    this.used += 1;
    this.check("requests an hour", this.used, this.hourly);
    const stated = {
      "x-ratelimit-limit": String(this.hourly),
      "x-ratelimit-remaining": String(Math.max(0, this.hourly - this.used)),
      "x-ratelimit-reset": String(Math.ceil((this.hour + HOUR) / 1000)),
      "x-ratelimit-resource": "core",
    };
    if (now < this.closedUntil) {
      const seconds = Math.ceil((this.closedUntil - now) / 1000);
      return answer(403, { ...stated, "retry-after": String(seconds) });
    }
    return answer(200, stated);
  }

  end(): void {
    this.underWay -= 1;
  }

  private check(what: string, value: number, most: number): void {
    if (value > most) this.breaches.push(`${value} ${what}, at most ${most}`);
  }
}

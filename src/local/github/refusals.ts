// Refuses now and then for no fault of the client's, in each of the ways that GitHub has, and notices who asks again too soon.
import type { Clock } from "../../lib/clock.ts";

/** GitHub names the time in a header, or says in words alone that it was too much; then a minute is meant. */
const WAYS = [
  { status: 403, header: true },
  { status: 429, header: true },
  { status: 403, header: false },
  { status: 429, header: false },
] as const;

export type Way = (typeof WAYS)[number];

const WINDOW_S = 60;
/** Who had asked already, and is only seen now, cannot have known. */
const FORGIVEN_S = 30;
/** So that many at once are not refused again and again. */
const QUIET_S = 300;

export class Refusals {
  readonly #clock: Pick<Clock, "now">;
  readonly #since = new Map<string, number>();
  #given = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** Another one, in the next of the ways. */
  give(who: string): { way: Way; seconds: number } {
    this.#since.set(who, this.#now());
    const way = WAYS[this.#given++ % WAYS.length]!;
    return { way, seconds: WINDOW_S };
  }

  mayBegin = (who: string): boolean => this.#age(who) >= QUIET_S;

  isUnderWay = (who: string): boolean => this.#age(who) < WINDOW_S;

  isTooSoon = (who: string): boolean => this.#age(who) >= FORGIVEN_S && this.isUnderWay(who);

  #age = (who: string): number => this.#now() - (this.#since.get(who) ?? Number.NEGATIVE_INFINITY);

  #now = (): number => this.#clock.now().getTime() / 1000;
}

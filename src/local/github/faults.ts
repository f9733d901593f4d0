// A bad day at GitHub, switched on by who wants to see how a client takes it.
import type { Clock } from "../../lib/clock.ts";
import { invalid } from "./api-error.ts";

export interface FaultSettings {
  /** Whose requests suffer; empty: everybody's. */
  logins: string[];
  /** Of 100 requests so many are answered with 502, and nothing was done. */
  error_percent: number;
  /** Of 100 writes so many are done, and the connection breaks before the answer. */
  lost_percent: number;
  latency_ms: number;
  /** All is refused. */
  outage: boolean;
  /** What was made within this time is in no list yet. */
  list_lag_ms: number;
  /** Of 100 requests so many begin a minute in which all are refused as too many; then there is peace for five. */
  refuse_percent: number;
  /** Whether GitHub's published secondary limits hold. */
  secondary_limits: boolean;
}

const NONE: FaultSettings = {
  logins: [],
  error_percent: 0,
  lost_percent: 0,
  latency_ms: 0,
  outage: false,
  list_lag_ms: 0,
  refuse_percent: 0,
  secondary_limits: false,
};

export type Fate = "answered" | "outage" | "error" | "lost";

export class Faults {
  #settings = NONE;
  #births: { id: number; at: number }[] = [];
  readonly #clock: Pick<Clock, "now">;
  readonly #random: () => number;

  constructor({ clock, random }: { clock: Pick<Clock, "now">; random: () => number }) {
    this.#clock = clock;
    this.#random = random;
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  /** What is not given is off. Throws 422 for what cannot be meant. */
  set(wanted: Record<string, unknown>): FaultSettings {
    for (const [name, value] of Object.entries(wanted)) {
      const known = Object.hasOwn(NONE, name) ? NONE[name as keyof FaultSettings] : undefined;
      if (known === undefined)
        throw invalid("Faults", name, "custom", `there are ${Object.keys(NONE).join(", ")}`);
      if (typeof value !== typeof known || Array.isArray(value) !== Array.isArray(known))
        throw invalid("Faults", name, "custom", `write it like ${JSON.stringify(known)}`);
    }
    this.#settings = { ...NONE, ...(wanted as Partial<FaultSettings>) };
    this.#births = [];
    return this.#settings;
  }

  concerns(login: string): boolean {
    const { logins } = this.#settings;
    return logins.length === 0 || logins.includes(login);
  }

  /** What becomes of a request. */
  fate(login: string, write: boolean): Fate {
    const { outage, error_percent, lost_percent } = this.#settings;
    if (!this.concerns(login)) return "answered";
    if (outage) return "outage";
    const dice = this.#random() * 100;
    if (dice < error_percent) return "error";
    return write && dice < error_percent + lost_percent ? "lost" : "answered";
  }

  /** Whether this request is refused as one too many. */
  refuses(login: string): boolean {
    const { refuse_percent } = this.#settings;
    return refuse_percent > 0 && this.concerns(login) && this.#random() * 100 < refuse_percent;
  }

  /** An id has been given out. */
  born(id: number): void {
    const lag = this.#settings.list_lag_ms;
    if (lag === 0) return;
    const at = this.#clock.now().getTime();
    this.#births.push({ id, at });
    while (this.#births[0] && this.#births[0].at <= at - lag) this.#births.shift();
  }

  /** Those that lists show already. */
  listed<T>(rows: readonly T[]): readonly T[] {
    const lag = this.#settings.list_lag_ms;
    if (lag === 0) return rows;
    const from = this.#clock.now().getTime() - lag;
    const first = this.#births.find(({ at }) => at > from)?.id;
    if (first === undefined) return rows;
    return rows.filter((row) => !(idOf(row) >= first));
  }
}

const idOf = (row: unknown): number => Number((row as { id?: unknown }).id ?? Number.NaN);

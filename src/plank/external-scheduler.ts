// Asks the program at `scheduler.external.url` which cluster a job shall run on, and remembers its answers.
import type { Clock } from "../lib/clock.ts";
import { milliseconds } from "../lib/duration.ts";
import { isRecord } from "../lib/schema.ts";

export interface ExternalScheduling {
  url?: string;
  cache?: { entry_timeout_interval?: string; cleanup_interval?: string };
}

interface Remembered {
  cluster: string;
  at: number;
}

/** Who takes longer than this shall not hold up jobs: they stay where they are. */
const ANSWER_MS = 10_000;

/** One for the life of the process: what it remembers serves all jobs. */
export class ExternalScheduler {
  readonly #web: typeof fetch;
  readonly #clock: Pick<Clock, "now">;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<string>>();
  #cleaned: number;

  constructor(web: typeof fetch, clock: Pick<Clock, "now">) {
    this.#web = web;
    this.#clock = clock;
    this.#cleaned = clock.now().getTime();
  }

  /** Throws what is wrong with the answer, or why none came. An interval that is unset is 0: nothing is remembered. */
  async clusterFor(job: string, { url = "", cache = {} }: ExternalScheduling): Promise<string> {
    const validMs = milliseconds(cache.entry_timeout_interval);
    this.#cleanUp(validMs, milliseconds(cache.cleanup_interval));
    const key = JSON.stringify([url, job]);
    const known = this.#remembered.get(key);
    if (known && this.#age(known) < validMs) return known.cluster;
    const asking = this.#asking.get(key) ?? this.#ask(url, job);
    this.#asking.set(key, asking);
    try {
      const cluster = await asking;
      if (validMs > 0) this.#remembered.set(key, { cluster, at: this.#clock.now().getTime() });
      return cluster;
    } finally {
      this.#asking.delete(key);
    }
  }

  async #ask(url: string, job: string): Promise<string> {
    const response = await this.#web(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ job }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.status !== 200) throw new Error(`it answered ${response.status}`);
    const answer: unknown = await response.json();
    const cluster = isRecord(answer) ? answer["cluster"] : undefined;
    if (typeof cluster !== "string") throw new Error('its answer is not {"cluster": "alias"}');
    return cluster;
  }

  #cleanUp(validMs: number, everyMs: number): void {
    const now = this.#clock.now().getTime();
    if (now - this.#cleaned <= everyMs) return;
    this.#cleaned = now;
    for (const [key, entry] of this.#remembered) {
      if (this.#age(entry) >= validMs) this.#remembered.delete(key);
    }
  }

  readonly #age = ({ at }: Remembered): number => this.#clock.now().getTime() - at;
}

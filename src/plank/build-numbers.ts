// Build ids for the pods that are about to start. Who numbers the builds may be slow: nobody else waits for that.
import type { Clock } from "../lib/clock.ts";
import { type WorkQueue, workQueue } from "../lib/work-queue.ts";

export interface BuildNumbersOptions {
  next: (job: string) => Promise<string>;
  /** The number is there. */
  onNumber(name: string): void;
  onError(name: string, error: unknown, retryInMs: number): void;
  clock: Clock;
  random: () => number;
}

const ASKED_AT_ONCE = 50;

export class BuildNumbers {
  readonly #options: BuildNumbersOptions;
  /** By the ProwJob's name. */
  readonly #known = new Map<string, string>();
  /** The job of each ProwJob that waits for a number. */
  readonly #wanted = new Map<string, string>();
  readonly #queue: WorkQueue;

  constructor(options: BuildNumbersOptions) {
    this.#options = options;
    const { clock, random, onError } = options;
    this.#queue = workQueue({
      clock,
      random,
      workers: ASKED_AT_ONCE,
      work: (name) => this.#ask(name),
      onError,
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#queue.run(signal);
  }

  /** For the next pod of this ProwJob: the same until it is dropped, or undefined. */
  known(name: string): string | undefined {
    return this.#known.get(name);
  }

  want(name: string, job: string): void {
    this.#wanted.set(name, job);
    this.#queue.add(name);
  }

  /** Its pod has the number now, or it needs none any more. */
  drop(name: string): void {
    this.#known.delete(name);
    this.#wanted.delete(name);
  }

  async #ask(name: string): Promise<void> {
    const job = this.#wanted.get(name);
    if (job === undefined || this.#known.has(name)) return;
    const number = await this.#options.next(job);
    if (!this.#wanted.delete(name)) return;
    this.#known.set(name, number);
    this.#options.onNumber(name);
  }
}

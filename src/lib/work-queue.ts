// Keys to look at, for level-triggered controllers: each key once, never twice at the same time, again later on failure.
import type { Clock } from "./clock.ts";
import { type BackOff, backOffMs, jittered } from "./waiting/back-off.ts";

export interface WorkQueueOptions {
  clock: Clock;
  /** 0 ≤ x < 1. */
  random: () => number;
  /** How many keys are worked on side by side. */
  workers: number;
  /** Looks at one key. A rejection means: again, after a growing pause. */
  work(key: string): Promise<void>;
  onError(key: string, error: unknown, retryInMs: number): void;
  /** Of what has not failed but is to wait: for how many milliseconds. It counts as no failure. */
  postponeMs?(key: string, error: unknown): number | undefined;
  /** Keys that let others go first, all but a tenth of the time: what many of them ask for is in no hurry. */
  isPatient?: ((key: string) => boolean) | undefined;
}

export interface WorkQueue {
  /** Soon. A key that is being worked on is looked at once more afterwards. */
  add(key: string): void;
  /** After `ms` at the latest; of several such wishes for a key the earliest counts. */
  addAfter(key: string, ms: number): void;
  /** Failures of this key in a row. */
  failures(key: string): number;
  /** Keys that wait to be looked at now. */
  size(): number;
  /** Works until `signal` aborts and what has begun is finished. */
  run(signal: AbortSignal): Promise<void>;
}

const RETRY: BackOff = { firstMs: 200, longestMs: 60_000 };

/** Of so many keys one patient one is taken though others wait. */
const PATIENT_ONE_OF = 10;

/** First in, first out. */
class Line {
  #keys: string[] = [];
  #head = 0;

  push(key: string): void {
    this.#keys.push(key);
  }

  take(): string | undefined {
    if (this.#head >= this.#keys.length) return undefined;
    const key = this.#keys[this.#head++];
    // Cut off what is done now and then, not on every step: that would make taking quadratic.
    if (this.#head > 1000 && this.#head * 2 > this.#keys.length) {
      this.#keys = this.#keys.slice(this.#head);
      this.#head = 0;
    }
    return key;
  }
}

export const workQueue = (options: WorkQueueOptions): WorkQueue => new KeyedQueue(options);

class KeyedQueue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #line = new Line();
  readonly #patient = new Line();
  #taken = 0;
  readonly #waiting = new Set<string>();
  readonly #active = new Set<string>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { due: number; stop: AbortController }>();
  #signal?: AbortSignal;
  #finished?: () => void;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#active.has(key)) this.#again.add(key);
    else if (!this.#waiting.has(key)) {
      this.#waiting.add(key);
      (this.#options.isPatient?.(key) ? this.#patient : this.#line).push(key);
      this.#pump();
    }
  }

  addAfter(key: string, ms: number): void {
    const due = this.#options.clock.now().getTime() + ms;
    const known = this.#timers.get(key);
    if (known && known.due <= due) return;
    known?.stop.abort();
    const timer = { due, stop: new AbortController() };
    this.#timers.set(key, timer);
    void this.#options.clock.sleep(ms, timer.stop.signal).then(() => {
      if (this.#timers.get(key) !== timer) return;
      this.#timers.delete(key);
      this.add(key);
    });
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  size(): number {
    return this.#waiting.size;
  }

  run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    return new Promise((resolve) => {
      this.#finished = resolve;
      signal.addEventListener("abort", () => this.#stop(), { once: true });
      if (signal.aborted) this.#stop();
      else this.#pump();
    });
  }

  #stop(): void {
    for (const { stop } of this.#timers.values()) stop.abort();
    this.#timers.clear();
    if (this.#active.size === 0) this.#finished?.();
  }

  #pump(): void {
    if (!this.#signal || this.#signal.aborted) return;
    while (this.#active.size < this.#options.workers && this.#waiting.size > 0) {
      const key = this.#next();
      this.#waiting.delete(key);
      this.#active.add(key);
      void this.#work(key);
    }
  }

  #next(): string {
    const patientFirst = ++this.#taken % PATIENT_ONE_OF === 0;
    const [first, second] = patientFirst ? [this.#patient, this.#line] : [this.#line, this.#patient];
    return (first.take() ?? second.take())!;
  }

  async #work(key: string): Promise<void> {
    try {
      await this.#options.work(key);
      this.#failures.delete(key);
    } catch (error) {
      if (!this.#signal?.aborted) this.#retry(key, error);
    }
    this.#active.delete(key);
    if (this.#signal?.aborted) {
      if (this.#active.size === 0) this.#finished?.();
      return;
    }
    if (this.#again.delete(key)) this.add(key);
    this.#pump();
  }

  #retry(key: string, error: unknown): void {
    const { random, onError, postponeMs } = this.#options;
    const wait = postponeMs?.(key, error);
    if (wait !== undefined) {
      this.addAfter(key, wait);
      return;
    }
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    const retryInMs = jittered(backOffMs(RETRY, failures), random);
    onError(key, error, retryInMs);
    this.addAfter(key, retryInMs);
  }
}

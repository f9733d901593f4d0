// A work queue for each build cluster, so that one that answers slowly holds up only its own jobs.
import { type WorkQueue, type WorkQueueOptions, workQueue } from "../lib/work-queue.ts";

export class Lanes implements Pick<WorkQueue, "add" | "addAfter" | "run"> {
  readonly #lanes: ReadonlyMap<string, WorkQueue>;
  readonly #rest: WorkQueue;
  readonly #laneOf: (key: string) => string;

  /** `laneOf` must say the same of a key as long as there is work for it; what it names beyond `names` shares a lane. */
  constructor(names: Iterable<string>, laneOf: (key: string) => string, options: WorkQueueOptions) {
    this.#lanes = new Map([...names].map((name) => [name, workQueue(options)]));
    this.#rest = workQueue(options);
    this.#laneOf = laneOf;
  }

  add(key: string): void {
    this.#lane(key).add(key);
  }

  addAfter(key: string, ms: number): void {
    this.#lane(key).addAfter(key, ms);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#lanes.values(), this.#rest].map((lane) => lane.run(signal)));
  }

  #lane(key: string): WorkQueue {
    return this.#lanes.get(this.#laneOf(key)) ?? this.#rest;
  }
}

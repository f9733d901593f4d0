// A durable list of work: what was added is worked on at least once, also after a crash.

export interface QueueItem {
  /** Identity: adding the same id again while it is remembered (at least 4 days) changes nothing. */
  id: string;
  /** Items of one group are worked on one after another, in the order in which they were added. */
  group: string;
  payload: string;
  /**
   * Other names of the same happening, remembered with the id: an item that has one of them as its id is not added
   * any more, and this one is not when such an item was there first.
   */
  also?: readonly string[];
  /**
   * So it was at that time: milliseconds since 1970, by the clock of whoever tells it; default: 0. What was there first
   * under another name keeps this out only when it tells of the same time or a later one: else it has happened again.
   */
  asOf?: number;
}

export interface DeadLetter extends Omit<QueueItem, "also" | "asOf"> {
  error: string;
  attempts: number;
  failedAt: string;
}

/** Times are ISO 8601. */
export interface QueueState {
  /** Items neither done nor dead. */
  waiting: number;
  dead: number;
  /** Dead letters that had to make room for later ones; only where there were some. */
  dropped?: number;
  /** When the item was added that has waited longest. */
  oldest?: string;
  /** When the queue's memory began: of what was before, it knows nothing. Later than it was when all has been lost. */
  since: string;
  /** Bytes, where memory holds it. Without `max` it is bounded by the machine alone. */
  memory?: { used: number; max?: number };
}

export interface Queue {
  /** Resolves once the item is on disk (fsync). `added` is false for an id that is remembered. */
  add(item: QueueItem): Promise<{ added: boolean }>;
  /**
   * Works until `signal` aborts and what is under way is done. A rejection puts the item back, with back-off;
   * after `maxAttempts`, or when the error is permanent (error.ts), it becomes a dead letter. What is postponed (error.ts)
   * has its next turn at that time, and that was no attempt. Neither is the death of a worker: after it an item rests
   * for longer each time, and is a dead letter at the 20th.
   */
  work(handle: (item: QueueItem, attempt: number) => Promise<void>, options: WorkOptions): Promise<void>;
  /** Items neither done nor dead. */
  depth(): Promise<number>;
  state(): Promise<QueueState>;
  /** Which of these are remembered, as an id or as another name of one. */
  remembered(ids: readonly string[]): Promise<Set<string>>;
  /** True for one owner, who has the turn for so long, and longer by asking again meanwhile; false for the others. */
  turn(name: string, owner: string, forMs: number): Promise<boolean>;
  /** One after another, what failed last first. So many are kept as have room; the oldest are dropped. */
  dead(): AsyncIterable<DeadLetter>;
  /** Puts a dead letter back to the end of its group. */
  replay(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface WorkOptions {
  signal: AbortSignal;
  /** Groups worked on side by side. */
  concurrency: number;
  maxAttempts: number;
}

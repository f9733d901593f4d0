// A durable list of work: what was added is worked on at least once, also after a crash.

export interface QueueItem {
  /** Identity: adding the same id again while it is remembered (at least 4 days) changes nothing. */
  id: string;
  /** Items of one group are worked on one after another, in the order in which they were added. */
  group: string;
  payload: string;
}

export interface DeadLetter extends QueueItem {
  error: string;
  attempts: number;
  failedAt: string;
}

export interface Queue {
  /** Resolves once the item is on disk (fsync). `added` is false for an id that is remembered. */
  add(item: QueueItem): Promise<{ added: boolean }>;
  /**
   * Works until `signal` aborts and what is under way is done. A rejection puts the item back, with back-off;
   * after `maxAttempts`, or when the error is permanent (error.ts), it becomes a dead letter. Crashes of the worker do not count as attempts.
   */
  work(handle: (item: QueueItem, attempt: number) => Promise<void>, options: WorkOptions): Promise<void>;
  /** Items neither done nor dead. */
  depth(): Promise<number>;
  dead(limit: number): Promise<DeadLetter[]>;
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

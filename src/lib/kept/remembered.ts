// Answers kept by key, least recently used ones first to go; the same question asked twice at once is asked once.
import { oldestKey } from "./oldest-key.ts";

export interface Remembered<T> {
  /** The kept answer, or that of `ask`. A failure is not kept. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  /** Whether it is kept, or being asked for. */
  has(key: string): boolean;
  readonly size: number;
}

/** What happens to the answers, for metrics. */
export interface Watcher {
  hit?(key: string): void;
  miss?(key: string): void;
  /** `failed`: it was no answer; otherwise it had to make room. */
  evicted?(key: string, failed: boolean): void;
}

/** How much all answers together may weigh. */
export interface Weight<T> {
  of(answer: T): number;
  most: number;
}

interface Entry<T> {
  answer: Promise<T>;
  /** 0 while it is under way. */
  weight: number;
}

export function remembered<T>(
  most: number,
  { watcher = {}, weight }: { watcher?: Watcher; weight?: Weight<T> } = {},
): Remembered<T> {
  const entries = new Map<string, Entry<T>>();
  const oldest = oldestKey(entries);
  let total = 0;
  const drop = (key: string, failed: boolean) => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
    watcher.evicted?.(key, failed);
  };
  const makeRoom = () => {
    while (entries.size > most || (weight && total > weight.most)) drop(oldest()!, false);
  };
  const settle = (key: string, entry: Entry<T>, value: T) => {
    if (!weight || entries.get(key) !== entry) return;
    entry.weight = weight.of(value);
    total += entry.weight;
    makeRoom();
  };
  return {
    get(key, ask) {
      const known = entries.get(key);
      if (known) {
        // Last in the order of the map: last to go.
        entries.delete(key);
        entries.set(key, known);
        watcher.hit?.(key);
        return known.answer;
      }
      watcher.miss?.(key);
      const answer = ask();
      const entry: Entry<T> = { answer, weight: 0 };
      entries.set(key, entry);
      answer.then(
        (value) => settle(key, entry, value),
        () => {
          if (entries.get(key) === entry) drop(key, true);
        },
      );
      makeRoom();
      return answer;
    },
    has: (key) => entries.has(key),
    get size() {
      return entries.size;
    },
  };
}

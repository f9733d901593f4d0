// Answers kept by key, least recently used ones first to go; the same question asked twice at once is asked once.

export interface Remembered<T> {
  /** The kept answer, or that of `ask`. A failure is not kept. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  readonly size: number;
}

/** What happens to the answers, for metrics. */
export interface Watcher {
  hit?(key: string): void;
  miss?(key: string): void;
  /** `failed`: it was no answer; otherwise it had to make room. */
  evicted?(key: string, failed: boolean): void;
}

export function remembered<T>(most: number, watcher: Watcher = {}): Remembered<T> {
  const answers = new Map<string, Promise<T>>();
  const forget = (key: string, answer: Promise<T>) => {
    if (answers.get(key) !== answer) return;
    answers.delete(key);
    watcher.evicted?.(key, true);
  };
  return {
    get(key, ask) {
      const known = answers.get(key);
      if (known) {
        // Last in the order of the map: last to go.
        answers.delete(key);
        answers.set(key, known);
        watcher.hit?.(key);
        return known;
      }
      watcher.miss?.(key);
      const answer = ask();
      answers.set(key, answer);
      answer.catch(() => forget(key, answer));
      while (answers.size > most) {
        const oldest = answers.keys().next().value!;
        answers.delete(oldest);
        watcher.evicted?.(oldest, false);
      }
      return answer;
    },
    get size() {
      return answers.size;
    },
  };
}

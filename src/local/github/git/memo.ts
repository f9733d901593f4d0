// Remembers the answers about things that never change (git objects), up to a number of them.

export class Memo<T> {
  readonly #kept = new Map<string, Promise<T>>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  /** A failure is not remembered: the object may arrive later. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known) return known;
    const made = make();
    this.#kept.set(key, made);
    if (this.#kept.size > this.#limit) this.#kept.delete(this.#kept.keys().next().value as string);
    made.catch(() => this.#kept.delete(key));
    return made;
  }
}

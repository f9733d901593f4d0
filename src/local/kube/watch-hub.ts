// Tells every change to the watches that are open.
import type { Change } from "./store.ts";

export type Listener = (change: Change) => void;

export class WatchHub {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Calls `listener` for each change of a stored kind; returns how to stop. */
  subscribe(stored: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(stored) ?? new Set();
    this.#listeners.set(stored, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  publish(change: Change): void {
    for (const listener of this.#listeners.get(change.resource) ?? []) listener(change);
  }
}

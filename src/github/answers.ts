// Answers of GitHub that are kept for a while: bounded, never a failure, never one that news has overtaken.
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";

export interface Answers {
  /** The kept answer, or that of `ask`; it is kept when `keep` says so (default: always). Shared: do not change it. */
  get<T>(key: string, ask: () => Promise<T>, keep?: (answer: T) => boolean): Promise<T>;
  /** Takes in what is known without asking, as of a time. */
  put(key: string, answer: unknown, asOf: Date): void;
  has(key: string): boolean;
  /** The kept answer, if it is there already. */
  known<T>(key: string): T | undefined;
  /**
   * News about a kept answer: `change` makes the new one of it, or undefined when that can not be told, and it is
   * forgotten. So is an answer that is still under way: nobody knows whether the news is in it.
   */
  change<T>(key: string, change: (known: T) => T | undefined): void;
  forget(key: string): void;
  /** Forgets it, too; what is asked from now on may be kept at once, since nothing older can be answered. */
  begin(key: string): void;
  /** All whose keys begin so. */
  forgetAll(prefix: string): void;
  /** Keys that begin so. */
  keys(prefix: string): string[];
}

export interface AnswersOptions {
  clock: Pick<Clock, "now">;
  /** Nothing is kept longer after it was asked for. */
  forMs: number;
  /** For so long after news an answer is not kept: GitHub's replicas may not have it yet. Default: 0. */
  settleMs?: number;
  maxEntries: number;
  /** Of all answers together. */
  maxCharacters: number;
}

interface Entry {
  answer: Promise<unknown>;
  /** undefined while it is under way. */
  known?: { value: unknown };
  until: number;
}

export function answers(options: AnswersOptions): Answers {
  const { clock, forMs, settleMs = 0, maxEntries, maxCharacters } = options;
  const entries = boundedMap<Entry>(maxEntries, maxCharacters);
  /** Until when, by key. */
  const unsettled = boundedMap<number>(maxEntries);

  function drop(key: string): void {
    entries.delete(key);
    if (settleMs > 0) unsettled.set(key, clock.now().getTime() + settleMs);
  }

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (!entry || clock.now().getTime() < entry.until) return entry;
    entries.delete(key);
    return undefined;
  }

  const settle = (key: string, value: unknown, until: number) =>
    entries.set(key, { answer: Promise.resolve(value), known: { value }, until }, sizeOf(value));

  const withPrefix = (prefix: string): string[] =>
    [...entries.keys()].filter((key) => key.startsWith(prefix));

  return {
    get<T>(key: string, ask: () => Promise<T>, keep: (answer: T) => boolean = () => true): Promise<T> {
      const held = live(key);
      if (held) return held.answer as Promise<T>;
      const answer = ask();
      if (clock.now().getTime() < (unsettled.get(key) ?? 0)) return answer;
      const entry: Entry = { answer, until: clock.now().getTime() + forMs };
      entries.set(key, entry, 0);
      const isCurrent = () => entries.get(key) === entry;
      answer.then(
        (value) => {
          if (!isCurrent()) return;
          if (keep(value)) settle(key, value, entry.until);
          else entries.delete(key);
        },
        () => {
          if (isCurrent()) entries.delete(key);
        },
      );
      return answer;
    },
    put(key, answer, asOf) {
      settle(key, answer, asOf.getTime() + forMs);
    },
    has: (key) => live(key) !== undefined,
    known: <T>(key: string) => live(key)?.known?.value as T | undefined,
    change<T>(key: string, change: (known: T) => T | undefined) {
      const held = live(key);
      if (!held) return;
      const next = held.known && change(held.known.value as T);
      if (next === undefined) drop(key);
      else settle(key, next, held.until);
    },
    forget: drop,
    begin(key) {
      entries.delete(key);
      unsettled.delete(key);
    },
    forgetAll(prefix) {
      for (const key of withPrefix(prefix)) drop(key);
    },
    keys: withPrefix,
  };
}

/** A field or an element takes about so many characters' room beside its text. */
const ROOM = 16;

/** Characters of all texts in plain data, and what holds them. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return ROOM + value.length;
  if (typeof value !== "object" || value === null) return ROOM;
  let size = ROOM;
  for (const part of Object.values(value)) size += sizeOf(part);
  return size;
}

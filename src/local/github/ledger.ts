// Remembers, for whoever checks afterwards, every write, every delivery and every limit that was overstepped.
import type { SQLOutputValue } from "node:sqlite";
import type { Store } from "./store.ts";

export interface WriteEntry {
  kind: "write";
  /** X-GitHub-Request-Id of the answer. */
  request: string;
  /** Login, `app/SLUG` for an App itself, "" for nobody. */
  who: string;
  method: string;
  path: string;
  /** As it was sent; null when it was no JSON. */
  body: unknown;
  /** Of the answer, also when that was lost on its way. */
  status: number;
  /** Of what was made, where the answer tells. */
  id: number | null;
  lost: boolean;
}

export interface DeliveryEntry {
  kind: "delivery";
  guid: string;
  /** `hook:ID` or `app:ID`. */
  target: string;
  event: string;
  action: string | null;
  redelivery: boolean;
  /** Of the receiver's answer; 502 when none came. */
  status: number;
  payload: string;
}

export interface BreachEntry {
  kind: "breach";
  who: string;
  /** Which limit. */
  limit: string;
  method: string;
  path: string;
}

/** Refused on purpose, see faults. */
export interface RefusalEntry {
  kind: "refusal";
  who: string;
  status: number;
  method: string;
  path: string;
}

export type Entry = WriteEntry | DeliveryEntry | BreachEntry | RefusalEntry;
export type Recorded = Entry & { n: number; at: string };

const MOST_PER_PAGE = 1000;

export class Ledger {
  readonly #database: Store["database"];
  #on = false;

  constructor({ database }: Store) {
    this.#database = database;
    database.exec("CREATE TABLE IF NOT EXISTS ledger (n INTEGER PRIMARY KEY, row TEXT)");
  }

  /** A demo that is left running keeps none. */
  get on(): boolean {
    return this.#on;
  }

  start(): void {
    this.#on = true;
  }

  note(at: Date, entry: Entry): void {
    if (!this.#on) return;
    const row = JSON.stringify({ at: at.toISOString(), ...entry });
    this.#database.prepare("INSERT INTO ledger (row) VALUES (?)").run(row);
  }

  /** Oldest first, those after number `after`; a page that is not full is the last. */
  page(after: number, limit = MOST_PER_PAGE): Recorded[] {
    const rows = this.#database.prepare("SELECT n, row FROM ledger WHERE n > ? ORDER BY n LIMIT ?");
    return rows.all(after, Math.min(limit, MOST_PER_PAGE)).map(recorded);
  }
}

const recorded = ({ n, row }: Record<string, SQLOutputValue>): Recorded => ({
  n: Number(n),
  ...(JSON.parse(String(row)) as Entry & { at: string }),
});

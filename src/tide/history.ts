// What tide did in each pool, newest first and limited in length; kept in storage when asked to.
import type { Clock } from "../lib/clock.ts";
import { isRecord } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import type { TideAction, TideHistory, TideRecord } from "../model/tide-snapshot.ts";
import type { Candidate, Pool } from "./pool.ts";
import { poolKey } from "./pull-request.ts";

/** Waiting is not worth a record. */
const RECORDED: readonly TideAction[] = ["TRIGGER", "TRIGGER_BATCH", "MERGE", "MERGE_BATCH"];

export interface Taken {
  pool: Pool;
  action: TideAction;
  targets: readonly Candidate[];
  error?: string;
  tenantIDs: string[];
}

export class History {
  #records: TideHistory = {};
  #changed = false;
  readonly #limit: number;
  readonly #clock: Pick<Clock, "now">;

  /** `limit`: records kept for each pool. */
  constructor(limit: number, clock: Pick<Clock, "now">) {
    this.#limit = limit;
    this.#clock = clock;
  }

  record({ pool, action, targets, error, tenantIDs }: Taken): void {
    if (!RECORDED.includes(action)) return;
    const record: TideRecord = {
      time: this.#clock.now().toISOString(),
      action,
      baseSHA: pool.baseSHA,
      target: targets
        .map(({ pr }) => ({
          number: pr.number,
          author: pr.author,
          sha: pr.headSHA,
          title: pr.title,
          head_ref: pr.headRef,
        }))
        .sort((a, b) => a.number - b.number),
      ...(error && { err: error }),
      tenantids: tenantIDs,
    };
    const key = poolKey(pool);
    this.#records[key] = [record, ...(this.#records[key] ?? [])].slice(0, this.#limit);
    this.#changed = true;
  }

  all(): TideHistory {
    return this.#records;
  }

  /** Takes over stored history; throws when it is not history. */
  load(text: string): void {
    const stored: unknown = JSON.parse(text);
    if (!isRecord(stored) || !Object.values(stored).every(Array.isArray)) {
      throw new Error("tide's history must be a map of pools to lists of records");
    }
    this.#records = Object.fromEntries(
      Object.entries(stored as TideHistory).map(([key, records]) => [key, records.slice(0, this.#limit)]),
    );
  }

  /** Writes the history to `url` if it has changed since the last call. */
  flush(url: string): Effect[] {
    if (!this.#changed) return [];
    this.#changed = false;
    return [
      { do: "writeObject", url, content: JSON.stringify(this.#records), contentType: "application/json" },
    ];
  }
}

// The record in a SQLite file. Several processes may write it and others read it meanwhile.
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { batches } from "./batches.ts";
import { type About, lookup } from "./lookup.ts";
import type { Entry, Record, RecordRead } from "./port.ts";
import { subjectsOf } from "./subjects.ts";

export interface SQLiteRecordOptions {
  /** Path, or `:memory:`. */
  file: string;
  clock: Clock;
  log: Logger;
  /** Entries are kept for so long. */
  keepMs: number;
  onLost(entries: number): void;
}

/** Entries are never changed; only their age takes them away. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, entry TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS subjects (
    subject TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (subject, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entries_at ON entries (at);
  CREATE INDEX IF NOT EXISTS subjects_entry ON subjects (entry);
  CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries of the record are not changed'); END;
`;

const BUSY_MS = 2_000;
const PRUNE_EVERY_MS = 60_000;
/** So few at once that nobody notices. */
const PRUNED_AT_ONCE = 2_000;

/** Throws an Error that says what is wrong with the file. */
export function sqliteRecord({ file, clock, log, keepMs, onLost }: SQLiteRecordOptions): Record {
  const db = opened(file, false);
  const insert = db.prepare("INSERT INTO entries (at, entry) VALUES (?, ?)");
  const index = db.prepare("INSERT INTO subjects (subject, entry) VALUES (?, ?)");
  const oldest = db.prepare("SELECT id FROM entries WHERE at < ? ORDER BY at LIMIT ?");
  const unindex = db.prepare("DELETE FROM subjects WHERE entry = ?");
  const remove = db.prepare("DELETE FROM entries WHERE id = ?");
  let prunedAt = 0;

  function prune(): void {
    const now = clock.now().getTime();
    if (now - prunedAt < PRUNE_EVERY_MS) return;
    const old = oldest.all(now - keepMs, PRUNED_AT_ONCE) as { id: number }[];
    for (const { id } of old) {
      unindex.run(id);
      remove.run(id);
    }
    if (old.length < PRUNED_AT_ONCE) prunedAt = now;
  }

  const writer = batches({
    ...{ clock, log, onLost },
    write(entries) {
      try {
        db.exec("BEGIN IMMEDIATE");
        for (const entry of entries) {
          const { lastInsertRowid: id } = insert.run(Date.parse(entry.at) || 0, JSON.stringify(entry));
          for (const subject of subjectsOf(entry)) index.run(subject, id);
        }
        prune();
        db.exec("COMMIT");
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    },
  });
  return {
    append: writer.append,
    ...lookup(about(db)),
    async close() {
      await writer.close();
      db.close();
    },
  };
}

/** For another process than the one that writes. Throws an Error that says what is wrong with the file. */
export function sqliteRecordReader(file: string): RecordRead & { close(): void } {
  const db = opened(file, true);
  return { ...lookup(about(db)), close: () => db.close() };
}

const about =
  (db: DatabaseSync): About =>
  async (subjects, limit) => {
    const places = subjects.map(() => "?").join(", ");
    const rows = db
      .prepare(
        `SELECT entry FROM entries WHERE id IN (SELECT entry FROM subjects WHERE subject IN (${places}))
         ORDER BY at DESC, id DESC LIMIT ?`,
      )
      .all(...subjects, limit) as { entry: string }[];
    return rows.reverse().map(({ entry }) => JSON.parse(entry) as Entry);
  };

function opened(file: string, readOnly: boolean): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly, timeout: BUSY_MS });
    if (readOnly) {
      db.prepare("SELECT count(*) FROM subjects WHERE subject = ''").get();
      return db;
    }
    // Not fsynced with each commit: a crash of the machine may take the last second, a crash of the process nothing.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    db.exec(TABLES);
    return db;
  } catch (error) {
    db?.close();
    throw new Error(`the record ${file} cannot be opened: ${errorText(error)}`, { cause: error });
  }
}

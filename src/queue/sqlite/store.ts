// The SQLite file of the queue: its tables, and one transaction (one fsync) for all writes that come together.
import { DatabaseSync } from "node:sqlite";
import type { DeadLetter, QueueItem, QueueState } from "../port.ts";

export interface StoredItem extends Omit<QueueItem, "also" | "asOf"> {
  seq: number;
  attempts: number;
}

export interface Store {
  /** Waiting items, oldest first, without payload. */
  waiting(): { seq: number; group: string }[];
  /** Runs `change` in the next transaction; resolves with its result once that is on disk. */
  write<T>(change: (tables: Tables) => T): Promise<T>;
  /** The same, but a machine that loses power may forget it; a process that dies does not. */
  note<T>(change: (tables: Tables) => T): Promise<T>;
  dead(): Iterable<DeadLetter>;
  state(): QueueState;
  remembered(ids: readonly string[]): Set<string>;
  close(): Promise<void>;
}

export interface Burial extends Pick<DeadLetter, "error" | "attempts" | "failedAt"> {
  seq: number;
}

/** Changes to the tables, to be made inside a transaction. */
export interface Tables {
  /** undefined when the id is remembered; otherwise the item's place. */
  insert(item: QueueItem, now: number): number | undefined;
  /** `crashes` is not 0: it is not taken, and so many processes have died at it by now. */
  take(seq: number): { item: StoredItem; crashes: number } | undefined;
  done(seq: number): void;
  /** It is no longer taken. */
  giveBack(seq: number, attempts: number): void;
  /** Returns how many older dead letters had to make room for it. */
  bury(letter: Burial, mostBytes: number): number;
  /** Moves a dead letter to the end; undefined when there is none of that id. */
  revive(id: string): { seq: number; group: string } | undefined;
  forgetBefore(time: number): void;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS items (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    grp TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    failed_at TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS seen_at ON seen (at);
  CREATE TABLE IF NOT EXISTS as_of (id TEXT PRIMARY KEY, ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS dead ON items (seq) WHERE error IS NOT NULL;
  CREATE TABLE IF NOT EXISTS taken (
    seq INTEGER PRIMARY KEY,
    crashes INTEGER NOT NULL DEFAULT 0,
    under_way INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE TABLE IF NOT EXISTS dropped (letters INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS began (at INTEGER NOT NULL) STRICT;
`;

/** How another name of an item stands among the ids. */
const alias = (name: string): string => `also ${name}`;

/** Throws when the file is not a queue of ours or another process has it open. */
export function openStore(file: string, now: number): Store {
  const db = new DatabaseSync(file);
  try {
    // One process owns the file: two would work on the same items.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    db.exec(TABLES);
    db.prepare("INSERT INTO began SELECT ? WHERE NOT EXISTS (SELECT 1 FROM began)").run(now);
  } catch (error) {
    db.close();
    const { message } = error as Error;
    const hint = message.includes("locked") ? "another process has it open" : message;
    throw new Error(`the queue ${file} can not be opened: ${hint}`, { cause: error });
  }
  const writer = groupCommit(db, prepareTables(db));
  return {
    waiting: () =>
      db.prepare('SELECT seq, grp AS "group" FROM items WHERE error IS NULL ORDER BY seq').all() as {
        seq: number;
        group: string;
      }[],
    write: (change) => writer.write(change, true),
    note: (change) => writer.write(change, false),
    dead: () => deadIn(db),
    state: () => stateOf(db),
    remembered(ids) {
      const seen = db.prepare("SELECT 1 FROM seen WHERE id IN (?, ?)");
      return new Set(ids.filter((id) => seen.get(id, alias(id)) !== undefined));
    },
    async close() {
      await writer.flushed();
      db.close();
    },
  };
}

/** Each is read when it is asked for: between two of them others write. */
function* deadIn(db: DatabaseSync): Generator<DeadLetter> {
  const dead = "SELECT seq FROM items WHERE error IS NOT NULL ORDER BY failed_at DESC, seq DESC";
  const read = db.prepare(
    `SELECT id, grp AS "group", payload, error, attempts, failed_at AS failedAt
     FROM items WHERE seq = ? AND error IS NOT NULL`,
  );
  for (const { seq } of db.prepare(dead).all() as { seq: number }[]) {
    const letter = read.get(seq) as unknown as DeadLetter | undefined;
    if (letter) yield letter;
  }
}

function stateOf(db: DatabaseSync): QueueState {
  const row = db
    .prepare(
      `SELECT
        (SELECT COUNT(*) FROM items) - (SELECT COUNT(*) FROM items WHERE error IS NOT NULL) AS waiting,
        (SELECT COUNT(*) FROM items WHERE error IS NOT NULL) AS dead,
        (SELECT COALESCE(SUM(letters), 0) FROM dropped) AS dropped,
        (SELECT seen.at FROM items JOIN seen USING (id) WHERE error IS NULL ORDER BY seq LIMIT 1) AS oldest,
        (SELECT at FROM began) AS since`,
    )
    .get() as { waiting: number; dead: number; dropped: number; oldest: number | null; since: number };
  const { waiting, dead, dropped, oldest, since } = row;
  const time = (at: number) => new Date(at).toISOString();
  return {
    ...{ waiting, dead, since: time(since) },
    ...(oldest !== null && { oldest: time(oldest) }),
    ...(dropped > 0 && { dropped }),
  };
}

function prepareTables(db: DatabaseSync): Tables {
  const see = db.prepare("INSERT OR IGNORE INTO seen (id, at) VALUES (?, ?)");
  const seen = db.prepare("SELECT 1 FROM seen WHERE id = ?");
  const date = db.prepare("INSERT OR REPLACE INTO as_of (id, ms) VALUES (?, ?)");
  const seenBy = db.prepare(
    "SELECT 1 FROM seen LEFT JOIN as_of USING (id) WHERE id = ? AND ? <= COALESCE(ms, 0)",
  );
  const insert = db.prepare("INSERT INTO items (id, grp, payload) VALUES (?, ?, ?)");
  const item = db.prepare('SELECT seq, id, grp AS "group", payload, attempts FROM items WHERE seq = ?');
  const done = db.prepare("DELETE FROM items WHERE seq = ?");
  const tried = db.prepare("UPDATE items SET attempts = ? WHERE seq = ?");
  const unbury = db.prepare("DELETE FROM items WHERE id = ? AND error IS NOT NULL RETURNING grp, payload");
  const forget = db.prepare("DELETE FROM seen WHERE at < ? AND id NOT IN (SELECT id FROM items)");
  const undate = db.prepare("DELETE FROM as_of WHERE id NOT IN (SELECT id FROM seen)");
  const takings = takingsOf(db);
  const bury = burialIn(db);
  return {
    insert({ id, group, payload, also = [], asOf = 0 }, now) {
      if (seen.get(alias(id)) !== undefined || see.run(id, now).changes === 0) return undefined;
      if (asOf !== 0) date.run(id, asOf);
      const known = also.some((name) => seenBy.get(name, asOf) !== undefined);
      for (const name of also) see.run(alias(name), now);
      if (known) return undefined;
      return Number(insert.run(id, group, payload).lastInsertRowid);
    },
    take(seq) {
      const found = item.get(seq) as StoredItem | undefined;
      return found && { item: found, crashes: takings.begin(seq) };
    },
    done(seq) {
      takings.end(seq);
      done.run(seq);
    },
    giveBack(seq, attempts) {
      takings.giveBack(seq);
      tried.run(attempts, seq);
    },
    bury(letter, mostBytes) {
      takings.end(letter.seq);
      return bury(letter, mostBytes);
    },
    revive(id) {
      const row = unbury.get(id) as { grp: string; payload: string } | undefined;
      if (!row) return undefined;
      return { seq: Number(insert.run(id, row.grp, row.payload).lastInsertRowid), group: row.grp };
    },
    forgetBefore(time) {
      forget.run(time);
      undate.run();
    },
  };
}

function burialIn(db: DatabaseSync): Tables["bury"] {
  const bury = db.prepare("UPDATE items SET attempts = ?, error = ?, failed_at = ? WHERE seq = ?");
  // The sum of the later ones and itself is what one may not exceed; the latest stays.
  const drop = db.prepare(
    `DELETE FROM items WHERE seq IN (
      SELECT seq FROM (
        SELECT seq, SUM(octet_length(payload)) OVER (ORDER BY failed_at DESC, seq DESC) AS bytes
        FROM items WHERE error IS NOT NULL
      ) WHERE bytes > ? AND seq <> ?)`,
  );
  const count = db.prepare("INSERT INTO dropped (letters) VALUES (?)");
  return ({ seq, attempts, error, failedAt }, mostBytes) => {
    bury.run(attempts, error, failedAt, seq);
    const dropped = Number(drop.run(mostBytes, seq).changes);
    if (dropped > 0) count.run(dropped);
    return dropped;
  };
}

/** Which items are worked on. What is when it is taken was taken by a process that has died. */
function takingsOf(db: DatabaseSync) {
  const died = db.prepare(
    "UPDATE taken SET crashes = crashes + 1, under_way = 0 WHERE seq = ? AND under_way = 1 RETURNING crashes",
  );
  const begin = db.prepare("INSERT INTO taken (seq) VALUES (?) ON CONFLICT DO UPDATE SET under_way = 1");
  const giveBack = db.prepare("UPDATE taken SET under_way = 0 WHERE seq = ?");
  const end = db.prepare("DELETE FROM taken WHERE seq = ?");
  return {
    /** Returns how many have died at it when the last one has; it is not begun then. */
    begin(seq: number): number {
      const found = died.get(seq) as { crashes: number } | undefined;
      if (!found) begin.run(seq);
      return found?.crashes ?? 0;
    },
    giveBack: (seq: number) => void giveBack.run(seq),
    end: (seq: number) => void end.run(seq),
  };
}

interface Pending {
  change: (tables: Tables) => unknown;
  durable: boolean;
  settle: (error?: unknown, value?: unknown) => void;
}

/** A commit blocks the event loop for one fsync; what arrived meanwhile shares the next one. */
function groupCommit(db: DatabaseSync, tables: Tables) {
  let pending: Pending[] = [];

  function flush(): void {
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    const durable = batch.some((one) => one.durable);
    try {
      if (!durable) db.exec("PRAGMA synchronous = NORMAL");
      db.exec("BEGIN IMMEDIATE");
      const values = batch.map(({ change }) => change(tables));
      db.exec("COMMIT");
      for (const [at, { settle }] of batch.entries()) settle(undefined, values[at]);
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      for (const { settle } of batch) settle(error);
    } finally {
      if (!durable) db.exec("PRAGMA synchronous = FULL");
    }
  }

  return {
    write: <T>(change: (tables: Tables) => T, durable: boolean): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const settle = (error?: unknown, value?: unknown) => (error ? reject(error) : resolve(value as T));
        pending.push({ change, durable, settle });
        if (pending.length === 1) setImmediate(flush);
      }),
    flushed: async () => flush(),
  };
}

// The emulator's memory: tables of JSON records in maps, each change written through to SQLite at once.
import { DatabaseSync } from "node:sqlite";
import type * as R from "./records.ts";

export interface TableOptions<T> {
  key(row: T): string;
  /** Rows are also found by this; it must not change during a row's life. */
  group?(row: T): string;
}

interface Disk {
  put(kind: string, key: string, row: unknown): void;
  remove(kind: string, key: string): void;
  load(kind: string): unknown[];
}

/** Rows in order of first insertion. `put` again after changing a row, so that it is kept. */
export class Table<T> {
  readonly #rows = new Map<string, T>();
  readonly #groups = new Map<string, Map<string, T>>();
  readonly #name: string;
  readonly #options: TableOptions<T>;
  readonly #disk: Disk;

  constructor(name: string, disk: Disk, options: TableOptions<T>) {
    this.#name = name;
    this.#disk = disk;
    this.#options = options;
    for (const row of disk.load(name)) this.#remember(row as T);
  }

  get(key: string): T | undefined {
    return this.#rows.get(key);
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  in(group: string): T[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }

  put(row: T): T {
    this.#remember(row);
    this.#disk.put(this.#name, this.#options.key(row), row);
    return row;
  }

  remove(row: T): void {
    const key = this.#options.key(row);
    this.#rows.delete(key);
    if (this.#options.group) this.#groups.get(this.#options.group(row))?.delete(key);
    this.#disk.remove(this.#name, key);
  }

  #remember(row: T): void {
    const key = this.#options.key(row);
    this.#rows.set(key, row);
    if (!this.#options.group) return;
    const group = this.#options.group(row);
    const rows = this.#groups.get(group) ?? new Map<string, T>();
    rows.set(key, row);
    this.#groups.set(group, rows);
  }
}

const byId = { key: (row: { id: number }) => String(row.id) };
const ofIssue = { ...byId, group: (row: { repo: number; issue: number }) => `${row.repo}#${row.issue}` };
const ofCommit = { ...byId, group: (row: { repo: number; sha: string }) => `${row.repo}@${row.sha}` };

function tables(disk: Disk) {
  return {
    accounts: new Table<R.Account>("accounts", disk, { key: (a) => a.login.toLowerCase() }),
    tokens: new Table<R.Token>("tokens", disk, { key: (t) => t.token }),
    teams: new Table<R.Team>("teams", disk, {
      key: (t) => `${t.org}/${t.slug}`.toLowerCase(),
      group: (t) => t.org.toLowerCase(),
    }),
    repos: new Table<R.Repo>("repos", disk, { ...byId, group: (r) => r.owner.toLowerCase() }),
    issues: new Table<R.Issue>("issues", disk, {
      key: (i) => `${i.repo}#${i.number}`,
      group: (i) => String(i.repo),
    }),
    comments: new Table<R.Comment>("comments", disk, ofIssue),
    reviews: new Table<R.Review>("reviews", disk, ofIssue),
    reviewComments: new Table<R.ReviewComment>("review_comments", disk, ofIssue),
    events: new Table<R.IssueEvent>("events", disk, ofIssue),
    statuses: new Table<R.Status>("statuses", disk, ofCommit),
    checkRuns: new Table<R.CheckRun>("check_runs", disk, ofCommit),
    activities: new Table<R.Activity>("activities", disk, {
      ...byId,
      group: (a) => `${a.repo} ${a.ref}`,
    }),
    workflowRuns: new Table<R.WorkflowRun>("workflow_runs", disk, { ...byId, group: (r) => String(r.repo) }),
    hooks: new Table<R.Hook>("hooks", disk, { ...byId, group: (h) => h.scope }),
    apps: new Table<R.App>("apps", disk, byId),
    installations: new Table<R.Installation>("installations", disk, byId),
  };
}

export type Store = ReturnType<typeof tables> & {
  /** Never the same number twice, also after a restart. */
  nextId(): number;
  readonly database: DatabaseSync;
  close(): void;
};

/** Ids are reserved in blocks, so that taking one costs no write. */
const BLOCK = 1000;

/** `file` is a path for SQLite, or ":memory:". */
export function openStore(file: string): Store {
  const database = new DatabaseSync(file);
  // A demo's state need survive a killed process, not a power cut: no fsync.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
  database.exec(
    "CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, kind TEXT, key TEXT, row TEXT, UNIQUE (kind, key))",
  );
  const put = database.prepare(
    "INSERT INTO rows (kind, key, row) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET row = excluded.row",
  );
  const remove = database.prepare("DELETE FROM rows WHERE kind = ? AND key = ?");
  const load = database.prepare("SELECT row FROM rows WHERE kind = ? ORDER BY n");
  const disk: Disk = {
    put: (kind, key, row) => put.run(kind, key, JSON.stringify(row)),
    remove: (kind, key) => remove.run(kind, key),
    load: (kind) => load.all(kind).map((found) => JSON.parse(String(found["row"]))),
  };
  let id = Number(disk.load("reserved")[0] ?? BLOCK);
  let reserved = id;
  const nextId = () => {
    if (id === reserved) {
      reserved += BLOCK;
      disk.put("reserved", "id", reserved);
    }
    id += 1;
    return id;
  };
  return { ...tables(disk), nextId, database, close: () => database.close() };
}

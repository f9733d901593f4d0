// Objects of every kind in one SQLite table of revisions (as etcd keeps them): the latest one of a key is the object,
// older ones serve watches that resume and pages of a consistent list, until they are compacted away.
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { ApiObject } from "./json.ts";

export interface Key {
  /** `pods` or `prowjobs.prow.k8s.io`. */
  resource: string;
  /** "" for what is not in a namespace. */
  namespace: string;
  name: string;
}

/** What selectors look at, kept beside the object so that selecting does not parse it. */
export interface Attributes {
  labels: Record<string, string>;
  fields: Record<string, string>;
}

export interface Row extends Key, Attributes {
  revision: number;
  deleted: boolean;
  created: boolean;
  /** The object as JSON. */
  body: string;
}

/** One write. `previous` is what selectors saw before it. */
export interface Change extends Row {
  previous: Attributes | undefined;
}

interface RawRow {
  resource: string;
  namespace: string;
  name: string;
  revision: number;
  deleted: number;
  created: number;
  body: string;
  attributes: string;
}

const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA journal_size_limit = 16777216;
CREATE TABLE IF NOT EXISTS revisions (
  revision INTEGER PRIMARY KEY, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  deleted INTEGER NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_key ON revisions (resource, namespace, name, revision);
CREATE TABLE IF NOT EXISTS latest (
  resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL,
  PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS owners (
  owner TEXT NOT NULL, resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (owner, resource, namespace, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS compaction (revision INTEGER NOT NULL);
`;

const COLUMNS = "r.resource, r.namespace, r.name, r.revision, r.deleted, r.created, r.body, r.attributes";

export interface Store {
  revision(): number;
  /** Changes up to and including this revision may be forgotten. */
  compacted(): number;
  get(key: Key): Row | undefined;
  /** In order of namespace and name, after `after`; `at` reads the past. `namespace` "" is all of them. */
  list(resource: string, namespace: string, options?: ListRange): Iterable<Row>;
  count(resource: string, namespace: string): number;
  /** Writes the object at the next revision, which it gets as its resourceVersion. */
  put(key: Key, object: ApiObject, attributes: Attributes): Change;
  remove(key: Key, object: ApiObject): Change;
  /** To be read at once, before the next write. */
  changesAfter(revision: number, resource: string, namespace: string): Iterable<Change>;
  /** Keys of the objects whose ownerReferences name this uid. */
  dependents(owner: string): Key[];
  /** Forgets changes but for the newest `keep`. */
  compact(keep: number): void;
  close(): void;
}

export interface ListRange {
  at?: number;
  after?: { namespace: string; name: string };
  limit?: number;
}

export function openStore(file: string): Store {
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  return new SqliteStore(database);
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #revision: number;
  #compacted: number;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const last = database.prepare("SELECT max(revision) AS r FROM revisions").get()?.["r"];
    // Clients take revision 0 and 1 for special, so counting starts above.
    this.#revision = Math.max(1, Number(last ?? 0));
    this.#compacted = Number(database.prepare("SELECT max(revision) AS r FROM compaction").get()?.["r"] ?? 0);
  }

  revision(): number {
    return this.#revision;
  }

  compacted(): number {
    return this.#compacted;
  }

  get(key: Key): Row | undefined {
    const row = this.#prepare(
      `SELECT ${COLUMNS} FROM latest l JOIN revisions r USING (revision) WHERE l.resource = ? AND l.namespace = ? AND l.name = ?`,
    ).get(key.resource, key.namespace, key.name);
    return row && rowOf(row as unknown as RawRow);
  }

  *list(resource: string, namespace: string, range: ListRange = {}): Iterable<Row> {
    const after = range.after ?? { namespace: "", name: "" };
    const where = namespace ? "AND l.namespace = ?" : "AND l.namespace >= ?";
    const past = range.at !== undefined && range.at < this.#revision;
    const latest = past
      ? `(SELECT resource, namespace, name, max(revision) AS revision FROM revisions l
          WHERE resource = ? ${where} AND revision <= ${Number(range.at)} GROUP BY resource, namespace, name)`
      : "latest";
    const sql = `SELECT ${COLUMNS} FROM ${latest} l JOIN revisions r USING (revision)
       WHERE l.resource = ? ${where} AND (l.namespace, l.name) > (?, ?) AND r.deleted = 0
       ORDER BY l.namespace, l.name LIMIT ?`;
    const scope = past ? [resource, namespace, resource, namespace] : [resource, namespace];
    const rows = this.#prepare(sql).all(...scope, after.namespace, after.name, range.limit ?? -1);
    for (const row of rows) yield rowOf(row as unknown as RawRow);
  }

  count(resource: string, namespace: string): number {
    const where = namespace ? "AND namespace = ?" : "AND namespace >= ?";
    const row = this.#prepare(`SELECT count(*) AS n FROM latest WHERE resource = ? ${where}`).get(
      resource,
      namespace,
    );
    return Number(row?.["n"] ?? 0);
  }

  put(key: Key, object: ApiObject, attributes: Attributes): Change {
    return this.#write(key, object, attributes, false);
  }

  remove(key: Key, object: ApiObject): Change {
    return this.#write(key, object, { labels: {}, fields: {} }, true);
  }

  #write(key: Key, object: ApiObject, attributes: Attributes, deleted: boolean): Change {
    const previous = this.get(key);
    const revision = this.#revision + 1;
    object.metadata.resourceVersion = String(revision);
    // A deleted object is told to those who selected it while it lived.
    const kept = deleted && previous ? { labels: previous.labels, fields: previous.fields } : attributes;
    const row: Row = {
      ...{ ...key, ...kept, revision, deleted, created: previous === undefined },
      body: serialize(object),
    };
    this.#transaction(() => {
      this.#prepare("INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(
        ...[revision, key.resource, key.namespace, key.name, Number(deleted), Number(row.created)],
        ...[row.body, JSON.stringify({ labels: kept.labels, fields: kept.fields })],
      );
      this.#index(key, object, deleted, revision);
    });
    this.#revision = revision;
    return { ...row, previous };
  }

  #index(key: Key, object: ApiObject, deleted: boolean, revision: number): void {
    const id = [key.resource, key.namespace, key.name] as const;
    if (deleted) {
      this.#prepare("DELETE FROM latest WHERE resource = ? AND namespace = ? AND name = ?").run(...id);
    } else {
      this.#prepare("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?)").run(...id, revision);
    }
    const owners = (deleted ? [] : (object.metadata["ownerReferences"] ?? [])) as { uid: string }[];
    if (owners.length === 0 && !deleted) return;
    this.#prepare("DELETE FROM owners WHERE resource = ? AND namespace = ? AND name = ?").run(...id);
    for (const owner of owners) {
      this.#prepare("INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?)").run(owner.uid, ...id);
    }
  }

  *changesAfter(revision: number, resource: string, namespace: string): Iterable<Change> {
    const where = namespace ? "AND r.namespace = ?" : "AND r.namespace >= ?";
    const rows = this.#prepare(
      `SELECT ${COLUMNS} FROM revisions r WHERE r.revision > ? AND r.resource = ? ${where} ORDER BY r.revision`,
    ).iterate(revision, resource, namespace);
    const before = this.#prepare(
      `SELECT ${COLUMNS} FROM revisions r WHERE resource = ? AND namespace = ? AND name = ? AND revision < ?
       ORDER BY revision DESC LIMIT 1`,
    );
    for (const raw of rows) {
      const row = rowOf(raw as unknown as RawRow);
      const old = before.get(row.resource, row.namespace, row.name, row.revision);
      const previous = old && !row.created ? rowOf(old as unknown as RawRow) : undefined;
      yield { ...row, previous };
    }
  }

  dependents(owner: string): Key[] {
    const rows = this.#prepare("SELECT resource, namespace, name FROM owners WHERE owner = ?").all(owner);
    return rows.map((row) => ({ ...row }) as unknown as Key);
  }

  compact(keep: number): void {
    const upTo = this.#revision - keep;
    if (upTo <= this.#compacted) return;
    this.#transaction(() => {
      this.#prepare(
        `DELETE FROM revisions WHERE revision <= ? AND (deleted = 1 OR EXISTS (
           SELECT 1 FROM revisions n WHERE n.resource = revisions.resource AND n.namespace = revisions.namespace
           AND n.name = revisions.name AND n.revision > revisions.revision AND n.revision <= ?))
         AND revision < (SELECT max(revision) FROM revisions)`,
      ).run(upTo, upTo);
      this.#database.exec("DELETE FROM compaction");
      this.#prepare("INSERT INTO compaction VALUES (?)").run(upTo);
    });
    this.#compacted = upTo;
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      // A list of the past carries its revision in the text; such statements are not worth keeping.
      if (this.#statements.size < 100) this.#statements.set(sql, statement);
    }
    return statement;
  }

  #transaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

function rowOf(raw: RawRow): Row {
  const { labels, fields } = JSON.parse(raw.attributes) as Attributes;
  const { resource, namespace, name, revision, body } = raw;
  return {
    ...{ resource, namespace, name, revision, body, labels, fields },
    deleted: raw.deleted === 1,
    created: raw.created === 1,
  };
}

/** Kind and version come first, so that a list can leave them out by cutting (Kubernetes' built-in lists do). */
function serialize(object: ApiObject): string {
  const { kind, apiVersion, metadata, ...rest } = object;
  return JSON.stringify({ kind, apiVersion, metadata, ...rest });
}

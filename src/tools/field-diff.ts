// Two values compared field by field; items of lists that have names are compared by name, options in JSON texts too.
import { isRecord } from "../lib/schema.ts";

export interface Change {
  /** E.g. `spec.pod_spec.containers[test].image`. */
  field: string;
  /** undefined where there is none. */
  before?: unknown;
  after?: unknown;
}

/** In the order of the fields' names. */
export function fieldChanges(before: unknown, after: unknown, field = ""): Change[] {
  if (before === after) return [];
  if (isRecord(before) && isRecord(after)) return recordChanges(before, after, field);
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, field);
  const [one, other] = [parsed(before), parsed(after)];
  if (one && other) return recordChanges(one, other, field);
  return [{ field, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function recordChanges(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  field: string,
): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => {
    const plain = /^[\w-]+$/.test(key);
    const path = plain ? (field ? `${field}.${key}` : key) : `${field}["${key}"]`;
    return fieldChanges(own(before, key), own(after, key), path);
  });
}

const own = (record: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function listChanges(before: unknown[], after: unknown[], field: string): Change[] {
  if (before.every(isRecord) && after.every(isRecord)) {
    const [one, other] = namedBoth(before, after) ?? [];
    if (one && other) {
      const names = new Set([...one.keys(), ...other.keys()]);
      return [...names].flatMap((name) => fieldChanges(one.get(name), other.get(name), `${field}[${name}]`));
    }
    if (before.length === after.length) {
      return before.flatMap((item, i) => fieldChanges(item, after[i], `${field}[${i}]`));
    }
  }
  const same = JSON.stringify(before) === JSON.stringify(after);
  return same ? [] : [{ field, before, after }];
}

type Item = Record<string, unknown>;

/** What tells items apart: the first of these that all of both lists have and no two of one share; else their place. */
const IDENTITIES: readonly ((item: Item) => unknown)[] = [
  (item) => item["name"],
  (item) => item["mountPath"] && `${item["name"]} at ${item["mountPath"]}`,
  (item) => item["org"] && `${item["org"]}/${item["repo"]}`,
  (item) =>
    (item["repo"] || item["cluster"]) && `repo ${item["repo"] ?? "*"}, cluster ${item["cluster"] ?? "*"}`,
];

function namedBoth(before: Item[], after: Item[]): [Map<string, Item>, Map<string, Item>] | undefined {
  for (const identity of IDENTITIES) {
    const [one, other] = [named(before, identity), named(after, identity)];
    if (one && other) return [one, other];
  }
  return undefined;
}

function named(items: Item[], identity: (item: Item) => unknown): Map<string, Item> | undefined {
  const keys = items.map(identity).filter((key) => typeof key === "string" && key !== "");
  if (new Set(keys).size !== items.length) return undefined;
  return new Map(items.map((item, i) => [String(keys[i]), item]));
}

function parsed(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "string" || !value.startsWith("{")) return undefined;
  try {
    const data: unknown = JSON.parse(value);
    return isRecord(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

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
  const [one, other] = [named(before), named(after)];
  if (one && other) {
    const names = new Set([...one.keys(), ...other.keys()]);
    return [...names].flatMap((name) => fieldChanges(one.get(name), other.get(name), `${field}[${name}]`));
  }
  const same = JSON.stringify(before) === JSON.stringify(after);
  return same ? [] : [{ field, before, after }];
}

/** What tells the items of a list apart: the first of these that all have and no two share. */
const IDENTITIES: readonly ((item: Record<string, unknown>) => unknown)[] = [
  (item) => item["name"],
  (item) => item["mountPath"] && `${item["name"]} at ${item["mountPath"]}`,
  (item) => item["org"] && `${item["org"]}/${item["repo"]}`,
  (item) =>
    (item["repo"] || item["cluster"]) && `repo ${item["repo"] ?? "*"}, cluster ${item["cluster"] ?? "*"}`,
];

function named(items: unknown[]): Map<string, unknown> | undefined {
  if (!items.every(isRecord)) return undefined;
  for (const identity of IDENTITIES) {
    const keys = items.map(identity);
    const whole = keys.every((key) => typeof key === "string");
    if (whole && new Set(keys).size === keys.length)
      return new Map(keys.map((key, i) => [String(key), items[i]]));
  }
  return undefined;
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

// Values seen through their type: which fields they set, how two differ, how one is merged into another.
import { emptySet, type FieldPath, type FieldSet, insert } from "./field-set.ts";
import { equal, isObject, type Json, type JsonObject } from "./json.ts";
import { anyNode, type TypeNode } from "./type-node.ts";

export interface Difference {
  added: FieldSet;
  /** Changed in value. */
  modified: FieldSet;
  removed: FieldSet;
}

/** How the items of a value are told apart; undefined for what is owned as a whole. */
function itemsOf(value: Json | undefined, type: TypeNode): Map<string, Item> | undefined {
  if (type.atomic && type.kind !== "scalar") return undefined;
  if (isObject(value) && type.kind !== "scalar") return fieldsOf(value, type);
  if (!Array.isArray(value) || type.kind !== "list") return undefined;
  const items = new Map<string, Item>();
  for (const item of value) items.set(elementOf(item, type), { value: item, type: type.element() });
  return items;
}

export interface Item {
  value: Json;
  type: TypeNode;
}

function fieldsOf(value: JsonObject, type: TypeNode): Map<string, Item> {
  const items = new Map<string, Item>();
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined) items.set(`f:${key}`, { value: field, type: type.child(key) ?? anyNode });
  }
  return items;
}

/** `k:{…}` or `v:…` of a list's item. */
function elementOf(item: Json, type: TypeNode): string {
  if (type.listType !== "map" || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const element = type.element();
  const keys: JsonObject = {};
  for (const key of [...type.keys].sort()) {
    const value = item[key] ?? (element.child(key)?.schema.default as Json | undefined);
    if (value !== undefined) keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** The fields that an applied configuration sets. */
export function fieldSetOf(value: Json, type: TypeNode): FieldSet {
  const set = emptySet();
  collect(value, type, [], set);
  return set;
}

function collect(value: Json, type: TypeNode, path: FieldPath, set: FieldSet): void {
  const items = itemsOf(value, type);
  if (!items || items.size === 0) {
    insert(set, path);
    return;
  }
  for (const [element, item] of items) {
    const below = [...path, element];
    // An item of a list or a key of a free map is owned itself, a struct's field only by what is in it.
    const inStruct = element.startsWith("f:") && type.fields.includes(element.slice(2));
    if (!inStruct) insert(set, below);
    collect(item.value, item.type, below, set);
  }
}

export function compare(before: Json | undefined, after: Json | undefined, type: TypeNode): Difference {
  const found = { added: emptySet(), modified: emptySet(), removed: emptySet() };
  compareAt(before, after, type, [], found);
  return found;
}

function compareAt(
  before: Json | undefined,
  after: Json | undefined,
  type: TypeNode,
  path: FieldPath,
  found: Difference,
): void {
  const old = itemsOf(before, type);
  const now = itemsOf(after, type);
  if (before === undefined || after === undefined) {
    if (path.length > 0) insert(before === undefined ? found.added : found.removed, path);
  } else if (!old || !now) {
    if (!equal(before, after)) insert(found.modified, path);
    return;
  }
  for (const element of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const a = old?.get(element);
    const b = now?.get(element);
    compareAt(a?.value, b?.value, (b ?? a)?.type ?? anyNode, [...path, element], found);
  }
}

/** `applied` over `live`: lists and maps merge by their type, anything else is replaced. */
export function merge(live: Json | undefined, applied: Json, type: TypeNode): Json {
  const old = itemsOf(live, type);
  const now = itemsOf(applied, type);
  if (!old || !now) return applied;
  if (isObject(applied)) {
    const result: JsonObject = { ...(live as JsonObject) };
    for (const [element, item] of now) {
      result[element.slice(2)] = merge(old.get(element)?.value, item.value, item.type);
    }
    return result;
  }
  return mergeList(old, now);
}

/** The live order is kept, new items go where the configuration has them after their neighbour, or to the end. */
function mergeList(old: Map<string, Item>, now: Map<string, Item>): Json[] {
  const order = [...old.keys()];
  let previous = -1;
  for (const element of now.keys()) {
    const index = order.indexOf(element);
    if (index >= 0) previous = index;
    else {
      previous = previous < 0 ? order.length : previous + 1;
      order.splice(previous, 0, element);
    }
  }
  return order.map((element) => {
    const mine = now.get(element);
    const theirs = old.get(element)?.value;
    return mine ? merge(theirs, mine.value, mine.type) : (theirs as Json);
  });
}

/** The value without the item at this path. */
export function removeAt(value: Json, path: FieldPath, type: TypeNode): Json {
  const [first, ...rest] = path;
  const items = itemsOf(value, type);
  const item = first === undefined ? undefined : items?.get(first);
  if (first === undefined || !items || !item) return value;
  const left = rest.length > 0 ? removeAt(item.value, rest, item.type) : undefined;
  if (isObject(value)) {
    const { [first.slice(2)]: _, ...others } = value;
    return left === undefined ? others : { ...others, [first.slice(2)]: left };
  }
  const entries = [...items].filter(([element]) => element !== first || left !== undefined);
  return entries.map(([element, entry]) => (element === first ? (left as Json) : entry.value));
}

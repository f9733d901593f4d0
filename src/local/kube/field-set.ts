// Sets of field paths, as managedFields keeps them (FieldsV1): who owns which part of an object.
import { isObject, type Json, type JsonObject } from "./json.ts";

/** A tree of path elements `f:name`, `k:{"name":"x"}`, `v:"value"`; a node may be in the set itself. */
export interface FieldSet {
  member: boolean;
  children: Map<string, FieldSet>;
}

export type FieldPath = readonly string[];

export const emptySet = (): FieldSet => ({ member: false, children: new Map() });

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

export function insert(set: FieldSet, path: FieldPath): void {
  let node = set;
  for (const element of path) {
    let next = node.children.get(element);
    if (!next) {
      next = emptySet();
      node.children.set(element, next);
    }
    node = next;
  }
  node.member = true;
}

export function lookup(set: FieldSet, path: FieldPath): FieldSet | undefined {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.children.get(element);
  return node;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const mine = children.get(element);
    children.set(element, mine ? union(mine, child) : child);
  }
  return { member: a.member || b.member, children };
}

/** What is in `a` and not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const rest = other ? difference(child, other) : child;
    if (!isEmpty(rest)) children.set(element, rest);
  }
  return { member: a.member && !b.member, children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    const both = other && intersection(child, other);
    if (both && !isEmpty(both)) children.set(element, both);
  }
  return { member: a.member && b.member, children };
}

/** `set` without these paths and everything below them. */
export function without(set: FieldSet, paths: readonly FieldPath[]): FieldSet {
  let result = set;
  for (const path of paths) result = cut(result, path);
  return result;
}

function cut(set: FieldSet, [first, ...rest]: FieldPath): FieldSet {
  const child = first === undefined ? undefined : set.children.get(first);
  if (first === undefined || !child) return set;
  const children = new Map(set.children);
  const left = rest.length === 0 ? emptySet() : cut(child, rest);
  if (isEmpty(left)) children.delete(first);
  else children.set(first, left);
  return { member: set.member, children };
}

export const sameSet = (a: FieldSet, b: FieldSet): boolean =>
  a.member === b.member &&
  a.children.size === b.children.size &&
  [...a.children].every(([element, child]) => {
    const other = b.children.get(element);
    return other !== undefined && sameSet(child, other);
  });

/** The members, deepest last. */
export function* members(set: FieldSet, path: FieldPath = []): Iterable<FieldPath> {
  if (set.member) yield path;
  for (const [element, child] of set.children) yield* members(child, [...path, element]);
}

export function toFieldsV1(set: FieldSet): JsonObject {
  const fields: JsonObject = {};
  const elements = [...set.children.keys()].sort();
  for (const element of elements) {
    const child = set.children.get(element) ?? emptySet();
    const below = toFieldsV1(child);
    const inner = child.children.size > 0 && child.member ? { ".": {}, ...below } : below;
    fields[element] = inner;
  }
  return fields;
}

export function fromFieldsV1(fields: Json | undefined): FieldSet {
  const set = emptySet();
  if (!isObject(fields)) return set;
  for (const [element, below] of Object.entries(fields)) {
    if (element === ".") continue;
    const child = fromFieldsV1(below);
    child.member = child.children.size === 0 || (isObject(below) && below["."] !== undefined);
    set.children.set(element, child);
  }
  return set;
}

/** `.spec.containers[name="x"].image`, as conflicts are told. */
export function printPath(path: FieldPath): string {
  const parts = path.map((element) => {
    const text = element.slice(2);
    if (element.startsWith("f:")) return `.${text}`;
    if (element.startsWith("v:")) return `[=${text}]`;
    const keys = JSON.parse(text) as JsonObject;
    const told = Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return `[${told.join(",")}]`;
  });
  return parts.join("");
}

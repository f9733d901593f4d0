// Brings a decoded object into the shape of its type: wrong types are refused, unknown fields dropped and told,
// nulls taken away, defaults of a custom resource filled in.
import { clone, isObject, type Json, type JsonObject } from "./json.ts";
import type { TypeNode } from "./type-node.ts";

/** Removes what the type does not know, in place; the paths that were removed, e.g. `spec.containers[0].imag`. */
export function prune(value: JsonObject, type: TypeNode): string[] {
  const unknown: string[] = [];
  pruneAt(value, type, "", unknown);
  return unknown;
}

function pruneAt(value: Json, type: TypeNode, path: string, unknown: string[]): void {
  if (type.kind === "any" || type.kind === "scalar") return;
  if (Array.isArray(value)) {
    if (type.kind !== "list") return;
    const element = type.element();
    for (const [index, item] of value.entries()) pruneAt(item, element, `${path}[${index}]`, unknown);
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const field = value[key];
    const child = type.child(key);
    const below = path ? `${path}.${key}` : key;
    if (!child) {
      unknown.push(below);
      delete value[key];
    } else if (field === null && !child.schema.nullable && child.kind !== "any") delete value[key];
    else if (field !== null && field !== undefined) pruneAt(field, child, below, unknown);
  }
}

/** Fills in the schema's defaults, in place: of absent fields, and of nulls that may not be null. */
export function applyDefaults(value: Json, type: TypeNode): void {
  if (Array.isArray(value)) {
    if (type.kind === "list") for (const item of value) applyDefaults(item, type.element());
    return;
  }
  if (!isObject(value)) return;
  for (const key of type.fields) {
    const child = type.child(key);
    const fallback = child?.schema.default as Json | undefined;
    const absent = value[key] === undefined || (value[key] === null && !child?.schema.nullable);
    if (fallback !== undefined && absent) value[key] = clone(fallback);
  }
  for (const [key, field] of Object.entries(value)) {
    const child = isObject(field) || Array.isArray(field) ? type.child(key) : undefined;
    if (child && field !== undefined) applyDefaults(field, child);
  }
}

/** Why Go could not decode a value into this built-in type, or undefined when it can. */
export function decodingFault(value: Json, type: TypeNode, path = "", owner = ""): string | undefined {
  if (value === null || type.kind === "any") return undefined;
  const found = goType(value);
  const wanted = wantedType(type);
  if (wanted && !wanted.includes(found)) {
    const field = path ? ` into Go struct field ${owner}.${path}` : "";
    return `json: cannot unmarshal ${found}${field} of type ${goName(type)}`;
  }
  if (Array.isArray(value)) {
    return firstFault(value.map((item) => decodingFault(item, type.element(), path, owner)));
  }
  if (!isObject(value)) return undefined;
  const struct = type.kind === "struct" ? type.name : owner;
  const faults = Object.entries(value).map(([key, field]) => {
    const child = field === undefined ? undefined : type.child(key);
    // Go names the path down to the struct's field; keys of a map are not part of it.
    const below = type.kind === "map" ? path : path ? `${path}.${key}` : key;
    return child && decodingFault(field as Json, child, below, struct);
  });
  return firstFault(faults);
}

const firstFault = (faults: (string | undefined)[]): string | undefined =>
  faults.find((fault) => fault !== undefined);

function goType(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

function wantedType(type: TypeNode): string[] | undefined {
  if (type.kind === "list") return ["array"];
  if (type.kind === "map" || type.kind === "struct") return ["object"];
  switch (type.schema.type) {
    case "string":
      return ["string"];
    case "integer":
    case "number":
      return ["number"];
    case "boolean":
      return ["bool"];
    default:
      return undefined;
  }
}

const goName = (type: TypeNode): string => {
  if (type.kind === "struct") return `v1.${type.name}`;
  if (type.kind === "list") return "[]" + goName(type.element());
  if (type.kind === "map") return `map[string]${goName(type.element())}`;
  const { type: name = "interface {}", format } = type.schema;
  return name === "boolean" ? "bool" : name === "integer" ? (format ?? "int64") : name;
};

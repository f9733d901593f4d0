// Kubernetes' types below a pod spec as schemas, from a table that was made of Go's types (k8s.io/api as Prow has it).
// A field's type: s text, b switch, i32 i64 f numbers, q quantity, x number or text, t time, r anything, []X list,
// {}X map, @X another type; * may be absent, ! is written even when it is empty.
import { quantity } from "../lib/quantity.ts";
import {
  any,
  boolean,
  flag,
  list,
  map,
  number,
  object,
  type Path,
  type Report,
  type Schema,
  string,
} from "../lib/schema.ts";
import { timeField } from "../lib/time-field.ts";
import table from "./pod-types.json" with { type: "json" };

const types = table as Readonly<Record<string, Readonly<Record<string, string>>>>;
const made = new Map<string, Schema<unknown>>();

/** The schema of a type, by its name in Go's package core/v1. */
export function podType(name: string): Schema<unknown> {
  let schema = made.get(name);
  if (!schema) {
    schema = structure(name);
    made.set(name, schema);
  }
  return schema;
}

function structure(name: string): Schema<unknown> {
  const fields: Record<string, Schema<unknown>> = {};
  const always: [string, unknown][] = [];
  // Known before its fields are made: types may hold themselves.
  const schema = object(fields);
  made.set(name, schema);
  for (const [field, type] of Object.entries(types[name]!)) {
    fields[field] = typed(type);
    const empty = type.endsWith("!") ? EMPTY[type.slice(0, -1)] : undefined;
    if (empty !== undefined) always.push([field, empty]);
  }
  if (!always.length) return schema;
  const withAlways = (decoded: Record<string, unknown> | undefined) =>
    decoded && { ...Object.fromEntries(always.filter(([field]) => !(field in decoded))), ...decoded };
  return {
    ...schema,
    zero: () => withAlways(schema.zero!() as Record<string, unknown>),
    decode: (value: unknown, path: Path, report: Report) =>
      withAlways(schema.decode(value, path, report) as Record<string, unknown> | undefined),
  };
}

/** What is written for a field that is always written. */
const EMPTY: Readonly<Record<string, unknown>> = { s: "", b: false, i32: 0, i64: 0, q: "0", x: 0 };

function typed(type: string): Schema<unknown> {
  // A 0 in a list is not left out: group 0 is root's.
  if (type.startsWith("[]i")) return list(typed(`${type.slice(2)}*`));
  if (type.startsWith("[]")) return list(typed(type.slice(2)));
  if (type.startsWith("{}")) return map(typed(type.slice(2)));
  const name = type.replace(/[*!]$/, "");
  if (name.startsWith("@")) return podType(name.slice(1));
  const pointer = name !== type;
  switch (name) {
    case "s":
      return string();
    case "b":
      return pointer ? boolean() : flag();
    case "i32":
      return whole(2 ** 31, pointer);
    case "i64":
      return whole(2 ** 63, pointer);
    case "f":
      return number();
    case "q":
      return quantity();
    case "x":
      return numberOrText;
    case "t":
      return timeField();
    default:
      return any();
  }
}

/** A whole number of so many bits; 0 is left out unless it may be told from nothing. */
const whole = (limit: number, kept: boolean): Schema<number> => ({
  kind: "integer",
  zero: () => 0,
  decode(value, path, report) {
    if (Number.isInteger(value) && (value as number) >= -limit && (value as number) < limit) {
      return (value as number) || (kept ? 0 : undefined);
    }
    return wrong("a whole number", value, path, report);
  },
});

/** Kubernetes' IntOrString: a port by its number or name. */
const numberOrText: Schema<number | string> = {
  kind: "any",
  decode(value, path, report) {
    if (typeof value === "string") return value;
    if (Number.isInteger(value) && Math.abs(value as number) < 2 ** 31) return value as number;
    return wrong("a whole number or a string", value, path, report);
  },
};

function wrong(want: string, value: unknown, path: Path, report: Report): undefined {
  const message = `expected ${want}, found ${JSON.stringify(value)}`;
  report({ level: "error", path: [...path], message });
  return undefined;
}

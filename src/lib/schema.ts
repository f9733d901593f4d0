// One description per shape: it decodes what Go's YAML/JSON loader would accept, names every fault by its path,
// and gives the TypeScript type. Fields are optional as in Go (a missing field is the zero value), unless `required`.
import { nearest } from "./nearest.ts";

export type Path = readonly (string | number)[];

export interface Problem {
  level: "error" | "warning";
  path: Path;
  message: string;
  /** What to do about it, e.g. `did you mean "always_run"?`. */
  hint?: string;
}

export interface Schema<T> {
  /** JSON Schema type name, or a name of ours: `duration`, `quantity`. */
  readonly kind: string;
  readonly doc?: string;
  readonly fields?: Readonly<Record<string, Schema<unknown>>>;
  readonly element?: Schema<unknown>;
  readonly values?: readonly string[];
  readonly mandatory?: true;
  /** Turns plain JSON data into T; faults go to `report`, and the value at fault becomes undefined. */
  decode(value: unknown, path: Path, report: (problem: Problem) => void): T | undefined;
}

export type Infer<S> = S extends Schema<infer T> ? T : never;

interface Mandatory {
  readonly mandatory: true;
}
type Fields = Readonly<Record<string, Schema<unknown>>>;
type MandatoryKeys<F extends Fields> = { [K in keyof F]: F[K] extends Mandatory ? K : never }[keyof F];
type Simplify<T> = { [K in keyof T]: T[K] } & {};
export type ObjectOf<F extends Fields> = Simplify<
  { [K in Exclude<keyof F, MandatoryKeys<F>>]?: Infer<F[K]> } & { [K in MandatoryKeys<F>]: Infer<F[K]> }
>;

const typeName = (value: unknown): string => {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "map" : typeof value;
};

function wrong(report: (problem: Problem) => void, path: Path, want: string, value: unknown): undefined {
  const shown = JSON.stringify(value) ?? "nothing";
  report({ level: "error", path, message: `expected ${want}, found ${typeName(value)} ${clip(shown)}` });
  return undefined;
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** A scalar is converted to a string as Go's YAML loader does (1 -> "1", true -> "true"). */
export const string = (doc?: string): Schema<string> => ({
  kind: "string",
  doc,
  decode(value, path, report) {
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return wrong(report, path, "a string", value);
  },
});

export const boolean = (doc?: string): Schema<boolean> => ({
  kind: "boolean",
  doc,
  decode: (value, path, report) =>
    typeof value === "boolean" ? value : wrong(report, path, "true or false", value),
});

export const integer = (doc?: string): Schema<number> => ({
  kind: "integer",
  doc,
  decode: (value, path, report) =>
    Number.isInteger(value) ? (value as number) : wrong(report, path, "a whole number", value),
});

export const number = (doc?: string): Schema<number> => ({
  kind: "number",
  doc,
  decode: (value, path, report) =>
    typeof value === "number" ? value : wrong(report, path, "a number", value),
});

/** One of a closed set of words. */
export const oneOf = <const W extends readonly string[]>(words: W, doc?: string): Schema<W[number]> => ({
  kind: "string",
  doc,
  values: words,
  decode(value, path, report) {
    if (typeof value === "string" && words.includes(value)) return value;
    wrong(report, path, `one of ${words.join(", ")}`, value);
    return undefined;
  },
});

/** Any JSON data, passed through as it is: for shapes that others own, such as a pod's affinity. */
export const any = <T = unknown>(doc?: string): Schema<T> => ({
  kind: "any",
  doc,
  decode: (value) => value as T,
});

export const list = <T>(element: Schema<T>, doc?: string): Schema<T[]> => ({
  kind: "array",
  doc,
  element,
  decode(value, path, report) {
    if (!Array.isArray(value)) return wrong(report, path, "a list", value);
    const items: T[] = [];
    for (const [index, entry] of value.entries()) {
      const item = element.decode(entry, [...path, index], report);
      if (item !== undefined) items.push(item);
    }
    return items;
  },
});

export const map = <T>(element: Schema<T>, doc?: string): Schema<Record<string, T>> => ({
  kind: "map",
  doc,
  element,
  decode(value, path, report) {
    if (!isRecord(value)) return wrong(report, path, "a map", value);
    const entries: [string, T][] = [];
    for (const [key, entry] of Object.entries(value)) {
      if (key === "__proto__") continue;
      const item = entry === null ? undefined : element.decode(entry, [...path, key], report);
      if (item !== undefined) entries.push([key, item]);
    }
    return Object.fromEntries(entries);
  },
});

export const object = <F extends Fields>(fields: F, doc?: string): Schema<ObjectOf<F>> & { fields: F } => ({
  kind: "object",
  doc,
  fields,
  decode(value, path, report) {
    if (!isRecord(value)) return wrong(report, path, "a map", value);
    const result: [string, unknown][] = [];
    for (const [key, entry] of Object.entries(value)) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (!field) report(unknownField(key, Object.keys(fields), path));
      else if (entry !== null && entry !== undefined) {
        const decoded = field.decode(entry, [...path, key], report);
        if (decoded !== undefined) result.push([key, decoded]);
      }
    }
    const decoded = Object.fromEntries(result);
    for (const [key, field] of Object.entries(fields)) {
      if (
        field.mandatory &&
        !Object.hasOwn(decoded, key) &&
        (value as Record<string, unknown>)[key] == null
      ) {
        report({ level: "error", path, message: `${key} is missing` });
      }
    }
    return decoded as ObjectOf<F>;
  },
});

/** The field must be there; its type is not optional. */
export const required = <T>(schema: Schema<T>): Schema<T> & Mandatory => ({ ...schema, mandatory: true });

function unknownField(key: string, known: string[], path: Path): Problem {
  const near = nearest(key, known);
  return {
    level: "warning",
    path: [...path, key],
    message: `unknown field ${JSON.stringify(key)}`,
    ...(near && { hint: `did you mean ${JSON.stringify(near)}?` }),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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

/** Takes the problems of one decoding. */
export interface Report {
  (problem: Problem): void;
  /** No scalar becomes a string by itself: as Go's JSON decoder has it. */
  strict?: boolean;
  /** Enough warnings were reported: no more need be thought of. */
  noWarnings?: boolean;
}

export interface Schema<T> {
  /** JSON Schema type name, or a name of ours: `duration`, `quantity`. */
  readonly kind: string;
  readonly doc?: string;
  readonly fields?: Readonly<Record<string, Schema<unknown>>>;
  readonly element?: Schema<unknown>;
  readonly values?: readonly string[];
  readonly mandatory?: true;
  /** In a map without the field it has its zero. */
  readonly filled?: true;
  /** Groups of the fields that Go's type takes in from other types. */
  readonly inlined?: readonly Fielded[];
  /** What Go makes of `null` in a list or map of these; without it the item is left out. */
  readonly zero?: () => T;
  /**
   * Turns plain JSON data into T; faults go to `report`, and the value at fault becomes undefined.
   * `path` is one growing and shrinking list for the whole walk: a problem takes a copy of it.
   */
  decode(value: unknown, path: Path, report: Report): T | undefined;
}

export interface Fielded {
  readonly fields: Readonly<Record<string, Schema<unknown>>>;
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

function wrong(report: Report, path: Path, want: string, value: unknown): undefined {
  const shown = JSON.stringify(value) ?? "nothing";
  const message = `expected ${want}, found ${typeName(value)} ${clip(shown)}`;
  const quote = want === "a string" && typeof value !== "object";
  report({ level: "error", path: [...path], message, ...(quote && { hint: "put it in quotes" }) });
  return undefined;
}

/** Decodes what stands under `key`, with the path longer by it for that time. */
function within<T>(
  schema: Schema<T>,
  key: string | number,
  value: unknown,
  path: Path,
  report: Report,
): T | undefined {
  const stack = path as (string | number)[];
  stack.push(key);
  const result = schema.decode(value, path, report);
  stack.pop();
  return result;
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** A scalar is converted to a string as Go's YAML loader does (1 -> "1", true -> "true"), unless decoding is strict. */
export const string = (doc?: string): Schema<string> => ({
  kind: "string",
  doc,
  zero: () => "",
  decode(value, path, report) {
    if (typeof value === "string") return value;
    if (!report.strict && (typeof value === "number" || typeof value === "boolean")) return String(value);
    return wrong(report, path, "a string", value);
  },
});

export const boolean = (doc?: string): Schema<boolean> => ({
  kind: "boolean",
  doc,
  decode: (value, path, report) =>
    typeof value === "boolean" ? value : wrong(report, path, "true or false", value),
});

/** A switch that is off unless said otherwise: `false` is the same as nothing, and is left out as Go leaves it out. */
export const flag = (doc?: string): Schema<boolean> => ({
  kind: "boolean",
  doc,
  decode: (value, path, report) =>
    typeof value === "boolean" ? value || undefined : wrong(report, path, "true or false", value),
});

/** A whole number of 64 bits. */
const isWhole = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) <= 2 ** 63;

/** A count of which 0 is the same as nothing, and is left out. */
export const count = (doc?: string): Schema<number> => ({
  kind: "integer",
  doc,
  zero: () => 0,
  decode: (value, path, report) =>
    isWhole(value) ? value || undefined : wrong(report, path, "a whole number", value),
});

export const integer = (doc?: string): Schema<number> => ({
  kind: "integer",
  doc,
  zero: () => 0,
  decode: (value, path, report) => (isWhole(value) ? value : wrong(report, path, "a whole number", value)),
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

/** One of some words as far as anybody knows; another one is taken too, with a warning. */
export const likelyOneOf = <const W extends readonly string[]>(
  words: W,
  doc?: string,
): Schema<W[number]> => ({
  kind: "string",
  doc,
  values: words,
  zero: () => "" as W[number],
  decode(value, path, report) {
    if (typeof value !== "string") return wrong(report, path, "a string", value);
    if (value !== "" && !words.includes(value)) {
      const near = nearest(value, words);
      const hint = near ? `did you mean ${JSON.stringify(near)}?` : undefined;
      const message = `expected one of ${words.join(", ")}, found ${JSON.stringify(clip(value))}`;
      report({ level: "warning", path: [...path], message, ...(hint && { hint }) });
    }
    return value as W[number];
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
  zero: () => [],
  decode(value, path, report) {
    if (!Array.isArray(value)) return wrong(report, path, "a list", value);
    const items: T[] = [];
    for (let index = 0; index < value.length; index++) {
      const entry: unknown = value[index];
      const item =
        entry === null && element.zero ? element.zero() : within(element, index, entry, path, report);
      if (item !== undefined) items.push(item);
    }
    return items;
  },
});

export const map = <T>(element: Schema<T>, doc?: string): Schema<Record<string, T>> => ({
  kind: "map",
  doc,
  element,
  zero: () => Object.create(null),
  decode(value, path, report) {
    if (!isRecord(value)) return wrong(report, path, "a map", value);
    // Without a prototype: asking for a name that is not there must not find what every object has.
    const result: Record<string, T> = Object.create(null);
    for (const key of Object.keys(value)) {
      const entry = value[key];
      if (key === "__proto__") {
        report({ level: "error", path: [...path, key], message: "__proto__ cannot be a name here" });
        continue;
      }
      if (entry === null && !element.zero) continue;
      const item = entry === null ? element.zero!() : within(element, key, entry, path, report);
      if (item !== undefined) result[key] = item;
    }
    return result;
  },
});

export function object<F extends Fields>(
  fields: F,
  doc?: string,
  inlined: readonly Fielded[] = [],
): Schema<ObjectOf<F>> & { fields: F } {
  const mandatory = Object.keys(fields).filter((key) => fields[key]?.mandatory);
  const decode = (value: unknown, path: Path, report: Report): ObjectOf<F> | undefined => {
    if (!isRecord(value)) return wrong(report, path, "a map", value);
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const name = Object.hasOwn(fields, key) ? key : otherCase(key, fields);
      const field = name === undefined ? undefined : fields[name];
      const entry = value[key];
      if (name !== key && !report.noWarnings) report(unknownField(key, Object.keys(fields), path));
      if (field && entry !== null && entry !== undefined) {
        const decoded = within(field, key, entry, path, report);
        if (decoded !== undefined) result[name!] = decoded;
      }
    }
    for (const key of mandatory) {
      if (Object.hasOwn(result, key) || value[key] != null) continue;
      if (fields[key]!.filled) result[key] = fields[key]!.zero?.();
      else {
        report({ level: "error", path: [...path], message: `${key} is missing` });
      }
    }
    return result as ObjectOf<F>;
  };
  // Go has no fields that must be there: one that is missing is empty.
  const zero = () => decode({}, [], () => undefined)!;
  return { kind: "object", doc, fields, decode, zero, ...(inlined.length > 0 && { inlined }) };
}

/** Go's JSON decoder takes a name in any case, so a field written so counts, with a warning. */
function otherCase(key: string, fields: Fields): string | undefined {
  const lower = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === lower);
}

/** Go's loader takes only strings for strings here, though it takes numbers for them elsewhere. */
export const strict = <T>(schema: Schema<T>): Schema<T> => ({
  ...schema,
  decode: (value, path, report) =>
    schema.decode(
      value,
      path,
      Object.assign((problem: Problem) => report(problem), { strict: true }),
    ),
});

/** The field must be there; its type is not optional. */
export const required = <T>(schema: Schema<T>): Schema<T> & Mandatory => ({ ...schema, mandatory: true });

/** The field is always there: as Go has it, empty when it was not written. */
export const present = <T>(schema: Schema<T>): Schema<T> & Mandatory => ({
  ...schema,
  mandatory: true,
  filled: true,
});

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

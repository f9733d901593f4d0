// The functions that every Go template may call.
import { TemplateError } from "./template-lex.ts";
import { GoStruct, printed, sprintf, truth } from "./value.ts";

export type TemplateFunction = (...args: unknown[]) => unknown;

const HTML: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
  "\0": "\uFFFD",
};
const JS: Record<string, string> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

const text = (args: unknown[]): string =>
  args.length === 1 && typeof args[0] === "string" ? args[0] : print(...args);

/** fmt.Sprint: a blank only between operands of which neither is a string. */
function print(...args: unknown[]): string {
  return args
    .map(
      (arg, i) =>
        (i > 0 && typeof arg !== "string" && typeof args[i - 1] !== "string" ? " " : "") + printed(arg),
    )
    .join("");
}

function same(left: unknown, right: unknown): boolean {
  const basic = (value: unknown) => value === null || value === undefined || typeof value !== "object";
  if (!basic(left) || !basic(right)) throw new TemplateError("non-comparable types for comparison");
  const mixed = left !== null && right !== null && left !== undefined && right !== undefined;
  if (mixed && typeof left !== typeof right) throw new TemplateError("incompatible types for comparison");
  return (left ?? null) === (right ?? null);
}

function less(left: unknown, right: unknown): boolean {
  if (typeof left === "number" && typeof right === "number") return left < right;
  if (typeof left === "string" && typeof right === "string")
    return Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
  throw new TemplateError("invalid type for comparison");
}

function index(value: unknown, ...keys: unknown[]): unknown {
  return keys.reduce((item: unknown, key) => {
    if (Array.isArray(item) || typeof item === "string") {
      const bounds = typeof key === "number" && Number.isInteger(key) && key >= 0 && key < item.length;
      if (!bounds) throw new TemplateError(`error calling index: index out of range: ${printed(key)}`);
      return typeof item === "string" ? Buffer.from(item)[key as number] : item[key as number];
    }
    if (item === null || item === undefined)
      throw new TemplateError("error calling index: index of untyped nil");
    if (item instanceof GoStruct || typeof item !== "object")
      throw new TemplateError("error calling index: can't index item");
    const entry = Object.hasOwn(item, String(key))
      ? (item as Record<string, unknown>)[String(key)]
      : undefined;
    return entry ?? zeroLike(item as Record<string, unknown>);
  }, value);
}

/** A key that a map has not gives the zero value of its elements. */
function zeroLike(map: Record<string, unknown>): unknown {
  const sample = Object.values(map)[0];
  return sample === undefined || typeof sample === "string" ? "" : typeof sample === "number" ? 0 : undefined;
}

function length(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value && typeof value === "object" && !(value instanceof GoStruct)) return Object.keys(value).length;
  throw new TemplateError("error calling len: len of nil pointer or of a type without length");
}

function slice(value: unknown, from = 0, to?: unknown): unknown {
  if (typeof value === "string")
    return Buffer.from(value)
      .subarray(Number(from), to as number | undefined)
      .toString();
  if (Array.isArray(value)) return value.slice(Number(from), to as number | undefined);
  throw new TemplateError("error calling slice: can't slice item");
}

export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  not: (value) => !truth(value),
  len: length,
  index,
  slice: (value, from, to) => slice(value, from as number | undefined, to),
  print,
  printf: (format, ...args) => sprintf(String(format), ...args),
  println: (...args) => `${args.map(printed).join(" ")}\n`,
  html: (...args) => text(args).replace(/[&<>"'\0]/g, (char) => HTML[char]!),
  js: (...args) =>
    text(args)
      .replace(/[\\'"<>&=]/g, (char) => JS[char]!)
      .replaceAll("\n", "\\u000A")
      .replaceAll("\r", "\\u000D"),
  urlquery: (...args) => new URLSearchParams([["", text(args)]]).toString().slice(1),
  call: (callee, ...args) => (callee as TemplateFunction)(...args),
  eq: (first, ...others) => others.some((other) => same(first, other)),
  ne: (left, right) => !same(left, right),
  lt: less,
  le: (left, right) => less(left, right) || same(left, right),
  gt: (left, right) => less(right, left),
  ge: (left, right) => !less(left, right),
};

/** Evaluated word by word, so that later words run only when they matter. */
export const LAZY = new Set(["and", "or"]);

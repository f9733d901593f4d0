// Command-line flags as Go's flag package reads them, since Prow's manifests are written for it:
// `--name=value`, `--name value`, `-name=value`, `--bool`, `--bool=false`, repeated flags, `--` ends the flags.
import { type Duration, formatDuration, parseDuration } from "./duration.ts";
import { nearest } from "./nearest.ts";

export interface Flag<T> {
  readonly kind: "string" | "bool" | "int" | "float" | "duration" | "strings";
  readonly initial: T;
  readonly doc: string;
  /** Returns undefined for text that is not of the kind. */
  read(text: string): T | undefined;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<T extends FlagTable> = { [K in keyof T]: T[K] extends Flag<infer V> ? V : never };

export const string = (initial: string, doc: string): Flag<string> => ({
  kind: "string",
  initial,
  doc,
  read: (text) => text,
});

const TRUE = ["1", "t", "T", "true", "TRUE", "True"];
const FALSE = ["0", "f", "F", "false", "FALSE", "False"];

export const bool = (initial: boolean, doc: string): Flag<boolean> => ({
  kind: "bool",
  initial,
  doc,
  read: (text) => (TRUE.includes(text) ? true : FALSE.includes(text) ? false : undefined),
});

export const int = (initial: number, doc: string): Flag<number> => ({
  kind: "int",
  initial,
  doc,
  read: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined),
});

export const float = (initial: number, doc: string): Flag<number> => ({
  kind: "float",
  initial,
  doc,
  read: (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined),
});

export const duration = (initial: Duration, doc: string): Flag<Duration> => ({
  kind: "duration",
  initial,
  doc,
  read(text) {
    const ns = parseDuration(text);
    return ns === undefined ? undefined : formatDuration(ns);
  },
});

/** May be given several times; the first one given replaces the initial list. */
export const strings = (initial: readonly string[], doc: string): Flag<readonly string[]> => ({
  kind: "strings",
  initial,
  doc,
  read: (text) => [text],
});

/** A command line that cannot be used; the message is for the person who typed it. */
export class UsageError extends Error {
  override name = "UsageError";
}

export interface Parsed<T extends FlagTable> {
  values: FlagValues<T>;
  /** What follows the flags. */
  args: string[];
  /** Names of the flags that were given. */
  given: ReadonlySet<string>;
}

/** Throws UsageError that names every unknown flag, missing value and value of the wrong kind. */
export function parseFlags<T extends FlagTable>(table: T, argv: readonly string[]): Parsed<T> {
  const values = new Map<string, unknown>(Object.entries(table).map(([name, flag]) => [name, flag.initial]));
  const given = new Set<string>();
  const args: string[] = [];
  const faults: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") {
      args.push(...argv.slice(i + 1));
      break;
    }
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    if (!match) {
      args.push(word);
      continue;
    }
    const name = match[1]!;
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!flag) {
      faults.push(unknownFlag(name, table));
      continue;
    }
    const read = readValue(name, flag, match[2] ?? (flag.kind === "bool" ? "true" : argv[++i]));
    if ("fault" in read) {
      faults.push(read.fault);
      continue;
    }
    const earlier = flag.kind === "strings" && given.has(name) ? (values.get(name) as string[]) : [];
    values.set(name, flag.kind === "strings" ? [...earlier, ...(read.value as string[])] : read.value);
    given.add(name);
  }
  // All at once: whoever brings a manifest along mends it in one go.
  if (faults.length > 0) throw new UsageError([...new Set(faults)].join("\n"));
  return { values: Object.fromEntries(values) as FlagValues<T>, args, given };
}

function readValue(
  name: string,
  flag: Flag<unknown>,
  text: string | undefined,
): { value: unknown } | { fault: string } {
  if (text === undefined) return { fault: `flag --${name} needs a value: ${flag.doc}` };
  const value = flag.read(text);
  return value === undefined
    ? { fault: `flag --${name} wants ${article(flag.kind)}, not ${JSON.stringify(text)}` }
    : { value };
}

const article = (kind: string): string => (kind === "int" ? "a whole number" : `a ${kind}`);

function unknownFlag(name: string, table: FlagTable): string {
  const near = nearest(name, Object.keys(table));
  return `unknown flag --${name}${near ? `; did you mean --${near}?` : ""}`;
}

/** One line a flag, for `--help`. */
export function describeFlags(table: FlagTable): string {
  const rows = Object.entries(table).map(([name, flag]) => {
    const initial = Array.isArray(flag.initial) ? flag.initial.join(",") : String(flag.initial);
    return { left: `  --${name}`, right: `${flag.doc}${initial === "" ? "" : ` (${initial})`}` };
  });
  const width = Math.max(0, ...rows.map((row) => row.left.length));
  return rows.map((row) => `${row.left.padEnd(width)}  ${row.right}`).join("\n");
}

// Regular expressions from configuration: Go's RE2 syntax and linear time, compiled once for each pattern.
import { type Matcher, RE2JS } from "re2js";
import { errorText } from "./error-text.ts";
import { isPlainPattern, nativePattern } from "./re2-plain.ts";

export interface Regex {
  readonly source: string;
  /** Steps of its program: each character of a text may cost so many. */
  size(): number;
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The first match and its groups (a group that took no part is undefined), or null. */
  exec(text: string): (string | undefined)[] | null;
  /** Every match (or the first `most`) and its groups, from left to right, none overlapping. */
  matchAll(text: string, most?: number): (string | undefined)[][];
}

/** A pattern that RE2 refuses; the message is what Go would say of it. */
export class RegexError extends SyntaxError {
  override readonly name = "RegexError";
}

const compiled = new Map<string, Regex | RegexError>();
/** More distinct patterns than any one configuration has; beyond it the store starts afresh. */
const MOST_COMPILED = 50_000;

/** Compiles a pattern, or finds it compiled. Throws RegexError. */
export function regex(pattern: string): Regex {
  let known = compiled.get(pattern);
  if (!known) {
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    known = compile(pattern);
    compiled.set(pattern, known);
  }
  if (known instanceof RegexError) throw known;
  return known;
}

/** Go lets two groups have one name; names are of no use here, so such a pattern goes without. */
function programOf(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!String(error).includes("duplicate capture group name")) throw error;
    return RE2JS.compile(pattern.replace(/(?<!\\)\(\?P?<\w+>/g, "("));
  }
}

/** A plain pattern is known to be good, and compiled when it is first used: a check of a configuration uses few. */
function compile(pattern: string): Regex | RegexError {
  const native = nativePattern(pattern);
  if (native) return lazily(pattern, { native });
  if (isPlainPattern(pattern)) return lazily(pattern);
  try {
    return lazily(pattern, { program: programOf(pattern) });
  } catch (error) {
    return new RegexError(errorText(error));
  }
}

function lazily(
  pattern: string,
  { native, program: known }: { native?: RegExp; program?: RE2JS } = {},
): Regex {
  let made = known;
  const program = (): RE2JS => {
    made ??= RE2JS.compile(pattern);
    return made;
  };
  const matcher = (text: string): Matcher => program().matcher(text);
  return {
    source: pattern,
    size: () => program().programSize(),
    test: (text) => (native ?? program()).test(text),
    exec(text) {
      const found = matcher(text);
      return found.find() ? groups(found) : null;
    },
    matchAll(text, most = Number.POSITIVE_INFINITY) {
      const found: (string | undefined)[][] = [];
      for (const each = matcher(text); found.length < most && each.find(); ) found.push(groups(each));
      return found;
    },
  };
}

const groups = (matcher: Matcher): (string | undefined)[] =>
  Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);

/** The pattern that matches the text itself (Go's regexp.QuoteMeta). */
export const quoteMeta = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");

// Regular expressions from configuration: Go's RE2 syntax and linear time, compiled once for each pattern.
import { type Matcher, RE2JS } from "re2js";
import { errorText } from "./error-text.ts";

export interface Regex {
  readonly source: string;
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** The first match and its groups (a group that took no part is undefined), or null. */
  exec(text: string): (string | undefined)[] | null;
  /** Every match and its groups, from left to right, none overlapping. */
  matchAll(text: string): (string | undefined)[][];
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

function compile(pattern: string): Regex | RegexError {
  try {
    const program = RE2JS.compile(pattern);
    return {
      source: pattern,
      test: (text) => program.test(text),
      exec(text) {
        const matcher = program.matcher(text);
        return matcher.find() ? groups(matcher) : null;
      },
      matchAll(text) {
        const matcher = program.matcher(text);
        const found: (string | undefined)[][] = [];
        while (matcher.find()) found.push(groups(matcher));
        return found;
      },
    };
  } catch (error) {
    return new RegexError(errorText(error));
  }
}

const groups = (matcher: Matcher): (string | undefined)[] =>
  Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);

/** The pattern that matches the text itself (Go's regexp.QuoteMeta). */
export const quoteMeta = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");

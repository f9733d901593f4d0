// An entry made safe to keep: what others wrote is cut to size, cannot steer a terminal, and shows no token by accident.
import { cutText } from "../lib/cut-text.ts";
import { regex } from "../lib/re2.ts";
import type { Entry } from "./port.ts";

const LONGEST_TEXT = 500;
const LONGEST_NAME = 260;
const MOST_SENTENCES = 12;
const MOST_SUBJECTS = 32;

/** Tokens of GitHub, Slack and others, web tokens, and passwords in an address: an error may quote what it was sent. */
const TOKENS = regex(
  String.raw`\b(gh[a-z]_[A-Za-z0-9_]{16,}|github_pat_[A-Za-z0-9_]{16,}|xox[a-z]-[A-Za-z0-9-]{8,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)|(://)[^/@\s]+@`,
);
const MARKS = ["gh", "xox", "eyJ", "://"];

/** C0, C1, and what turns the direction of writing around. */
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

function boundedText(text: string, longest = LONGEST_TEXT): string {
  const plain = text
    .slice(0, 2 * longest)
    .replace(UNPRINTABLE, " ")
    .trim();
  const clean = MARKS.some((mark) => plain.includes(mark)) ? withoutTokens(plain) : plain;
  return cutText(clean, longest);
}

const withoutTokens = (text: string): string =>
  TOKENS.matchAll(text).reduce(
    (left, [found = ""]) => left.replaceAll(found, found.startsWith("://") ? "://[redacted]@" : "[redacted]"),
    text,
  );

/** Fields without a value are left out. */
export function boundedEntry(entry: Entry): Entry {
  const bounded: { [key: string]: unknown } = {};
  for (const [key, value] of Object.entries(entry)) {
    if (value === undefined) continue;
    if (typeof value === "string")
      bounded[key] = boundedText(value, key === "what" || key === "error" ? LONGEST_TEXT : LONGEST_NAME);
    else if (key === "because") {
      const sentences = value as readonly string[];
      if (sentences.length > 0)
        bounded[key] = sentences.slice(0, MOST_SENTENCES).map((text) => boundedText(text));
    } else if (key === "shas" || key === "pulls") {
      const all = value as readonly unknown[];
      const clean = (each: unknown) => (typeof each === "string" ? boundedText(each, LONGEST_NAME) : each);
      if (all.length > 0) bounded[key] = all.slice(0, MOST_SUBJECTS).map(clean);
    } else bounded[key] = value;
  }
  return bounded as unknown as Entry;
}

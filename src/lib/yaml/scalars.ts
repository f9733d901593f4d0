// What a word of YAML means that stands there without quotes, as Go's loader has it: `on` is true, 0644 is octal.
import { boolYaml11Tag, defineScalarTag, NOT_RESOLVED, nullCoreTag } from "js-yaml";

const INTEGER = /^[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

function goInteger(source: string): number | typeof NOT_RESOLVED {
  const text = source.replaceAll("_", "");
  if (!INTEGER.test(text)) return NOT_RESOLVED;
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "");
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return sign * Number(octal);
}

const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

function goFloat(source: string): number | typeof NOT_RESOLVED {
  if (INFINITE.test(source)) return source.endsWith("f") || source.endsWith("F") ? Infinity : NaN;
  const text = source.replaceAll("_", "");
  return FLOAT.test(text) ? Number(text) : NOT_RESOLVED;
}

const NUMERIC_START = ["-", "+", ..."0123456789"];
const intTag = defineScalarTag("tag:yaml.org,2002:int", {
  implicit: true,
  implicitFirstChars: NUMERIC_START,
  resolve: goInteger,
  identify: Number.isInteger,
});
const floatTag = defineScalarTag("tag:yaml.org,2002:float", {
  implicit: true,
  implicitFirstChars: [...NUMERIC_START, "."],
  resolve: goFloat,
  identify: (value) => typeof value === "number",
});

/** Those that need no tag written out. */
export const scalarTags = [nullCoreTag, boolYaml11Tag, intTag, floatTag];

/** A word, or the beginning of a number: everything else is text. */
const WORD = /^(?:[~nytfo][a-z]{0,4}$|\d|[-+.][._]*\d|[-+]?\.[in])/i;

/** The value of an unquoted scalar; `<<` is not one. */
export function plainScalar(text: string): unknown {
  if (!WORD.test(text)) return text;
  for (const tag of scalarTags) {
    const value = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return text;
}

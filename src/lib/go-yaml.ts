// YAML as Go's sigs.k8s.io/yaml reads it: `on` is true, 0644 is octal, dates stay text, only the first document counts.
import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  dump,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  YAMLException,
} from "js-yaml";
import { isBomb } from "./yaml-bomb.ts";

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

function goFloat(source: string): number | typeof NOT_RESOLVED {
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

const schema = CORE_SCHEMA.withTags(boolYaml11Tag, intTag, floatTag, mergeTag);

/** What is wrong with the syntax of a YAML text; line and column count from 1. */
export class YAMLError extends Error {
  override readonly name = "YAMLError";
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/**
 * The first document as plain data, null for an empty text. Of a key written twice the last one counts, and
 * `onDuplicate` is told that there is one. Throws YAMLError.
 */
export function loadYAML(text: string, onDuplicate?: () => void): unknown {
  try {
    const value = firstDocument(text, onDuplicate);
    if (isBomb(text, value)) throw new YAMLError("document contains excessive aliasing", 1, 1);
    return value;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new YAMLError(error.reason, (error.mark?.line ?? 0) + 1, (error.mark?.column ?? 0) + 1);
  }
}

function firstDocument(text: string, onDuplicate?: () => void): unknown {
  if (onDuplicate) {
    try {
      return loadAll(text, { schema })[0] ?? null;
    } catch (error) {
      if (!(error instanceof YAMLException) || error.reason !== "duplicated mapping key") throw error;
      onDuplicate();
    }
  }
  return loadAll(text, { schema, json: true })[0] ?? null;
}

/** One document, keys in order of names as Go writes them, quoted wherever Go would read something else than the text. */
export const dumpYAML = (value: unknown): string =>
  dump(value, { schema, sortKeys: true, noRefs: true, skipInvalid: true, lineWidth: -1, seqNoIndent: true });

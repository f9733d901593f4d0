// YAML as Go's sigs.k8s.io/yaml reads it: `on` is true, 0644 is octal, dates stay text, only the first document counts.
import {
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  dump,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  seqTag,
  YAMLException,
} from "js-yaml";
import { aliasFault } from "./bomb.ts";
import { everydayYAML } from "./everyday.ts";
import { withIndentedContinuations, yamlFault } from "./fault.ts";
import { scalarTags } from "./scalars.ts";

/** Maps become JSON's: a key of null or of a list is none. */
const goMapTag = defineMappingTag<Record<string, unknown>>("tag:yaml.org,2002:map", {
  ...mapTag,
  addPair(map, key, value) {
    if (key === null) return "unsupported map key: null";
    if (typeof value === "number" && !Number.isFinite(value)) return `unsupported value: ${value}`;
    return mapTag.addPair(map, key, value);
  },
});
const goSeqTag = defineSequenceTag<unknown[]>("tag:yaml.org,2002:seq", {
  ...seqTag,
  addItem(list, value, index) {
    if (typeof value === "number" && !Number.isFinite(value)) return `unsupported value: ${value}`;
    return seqTag.addItem(list, value, index);
  },
});
/** A tag of one's own says nothing to Go: the text stays text. */
const ownTag = defineScalarTag("!", {
  matchByTagPrefix: true,
  resolve: (source) => source,
  identify: () => false,
});
const binaryTag = defineScalarTag("tag:yaml.org,2002:binary", {
  resolve: (source) =>
    /^[A-Za-z0-9+/=\s]*$/.test(source) ? Buffer.from(source, "base64").toString("utf8") : NOT_RESOLVED,
  identify: () => false,
});

const schema = CORE_SCHEMA.withTags(goMapTag, goSeqTag, ...scalarTags, mergeTag, ownTag, binaryTag);

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

/** What is not wrong, but hardly meant. */
export interface YAMLNotes {
  /** A key is there twice; the last one counts. */
  duplicate?(): void;
  /** The document ends before the text does, and what follows is not read. From 1. */
  rest?(line: number, column: number): void;
}

/** The first document as plain data, null for an empty text. Throws YAMLError. */
export function loadYAML(text: string, notes: YAMLNotes = {}): unknown {
  const everyday = everydayYAML(text);
  return everyday ? everyday.value : loadAnyYAML(text, notes);
}

/** Characters that Go's loader takes nowhere, not even in a comment; nor a plain text with `?` in a flow list or map. */
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** This reader takes them. To find out costs more than to load, so only what looks like it is looked at. */
function refuseWhatGoRefuses(text: string): void {
  const control = text.search(CONTROL);
  const at = control >= 0 ? control : questionInFlow(text);
  if (at < 0) return;
  const fault = yamlFault(text);
  if (fault === undefined) return;
  const isMeant =
    control >= 0 ||
    (/did not find expected (',' or '[\]}]'|node content)/.test(fault) &&
      // What is wrong without any question mark stands elsewhere.
      yamlFault(text.replaceAll("?", "x")) === undefined);
  if (!isMeant) return;
  const before = text.slice(0, at).split("\n");
  throw new YAMLError(fault.replace(/^line \d+: /, ""), before.length, before.at(-1)!.length + 1);
}

/** Where a list or map in brackets begins that a `?` follows on the same line; -1 without one. Each line is looked at once. */
function questionInFlow(text: string): number {
  for (let at = text.indexOf("?"); at >= 0; ) {
    const start = text.lastIndexOf("\n", at) + 1;
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const flow = text.slice(start, text.lastIndexOf("?", end)).search(/[:-] [[{]/);
    if (flow >= 0) return start + flow + 2;
    at = text.indexOf("?", end);
  }
  return -1;
}

/** The same for any text, whatever there is in it. */
export function loadAnyYAML(text: string, notes: YAMLNotes = {}): unknown {
  refuseDirectives(text);
  refuseWhatGoRefuses(text);
  const first = firstDocumentOf(text);
  try {
    return indulgent(first, notes);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const shorter = withoutRest(first, error);
    const [line, column] = [(error.mark?.line ?? 0) + 1, (error.mark?.column ?? 0) + 1];
    if (shorter === undefined) throw new YAMLError(wordsFor(error, text), line, column);
    notes.rest?.(line, column);
    return loadAnyYAML(shorter, notes);
  }
}

/** What this reader says of a bracket or a quote that has not ended where lines are indented less again. */
const UNCLOSED = "deficient indentation";

function wordsFor({ reason }: YAMLException, text: string): string {
  if (reason !== UNCLOSED) return reason;
  const fault = yamlFault(text)?.replace(/^line \d+: /, "") ?? reason;
  return `${fault} (is a bracket or a quote before it not closed?)`;
}

/** This reader wants what goes on over several lines indented more than what it is part of; Go's loader does not care. */
function indulgent(text: string, notes: YAMLNotes): unknown {
  try {
    return documentOf(text, notes);
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== UNCLOSED) throw error;
    const indented = withIndentedContinuations(text);
    if (indented === undefined) throw error;
    return documentOf(indented, notes);
  }
}

/**
 * The text up to where this reader came to an end that it did not expect. Go's loader stops there too and takes what it
 * has, if that has ended: a map or list by a line that is indented less, anything else by itself.
 */
export function withoutRest(text: string, { reason, mark }: YAMLException): string | undefined {
  if (reason !== "end of the stream or a document separator is expected" || !mark) return undefined;
  const [, indent = "", first = ""] = ROOT.exec(text) ?? [];
  const before = text.slice(text.lastIndexOf("\n", mark.position - 1) + 1, mark.position);
  const ended = /[[{"']/.test(first) || (before.length < indent.length && !before.includes("\t"));
  return ended && mark.position > 0 ? text.slice(0, mark.position) : undefined;
}

/** The first line with content: its indentation, its first character. */
const ROOT = /^( *)(?!---|\.\.\.)([^\s#%])/m;

/** What follows the first document is not even looked at. */
export function firstDocumentOf(text: string): string {
  MARKER.lastIndex = 0;
  for (let begun = false, marker = MARKER.exec(text); marker; marker = MARKER.exec(text)) {
    begun ||= CONTENT.test(text.slice(0, marker.index));
    // Two markers with nothing between them are an empty document.
    if (begun) return text.slice(0, marker.index);
    if (marker[0] === "...") return text;
    begun = true;
  }
  return text;
}

const MARKER = /^(?:---|\.\.\.)(?=\s|$)/gm;
/** A line that is neither empty nor a comment nor a directive. */
const CONTENT = /^[^\S\n]*[^\s#%]/m;

/** Go's loader reads YAML 1.1 only, and knows no other directives than %YAML and %TAG. */
function refuseDirectives(text: string): void {
  if (!/^\uFEFF?(?:[#\s][^\n]*\n)*%/.test(text)) return;
  for (const [i, line] of text.split("\n").entries()) {
    if (line.startsWith("---")) return;
    const [, name, value = ""] = /^%(\S*)\s*(\S*)/.exec(line) ?? [];
    if (name === undefined || name === "TAG") continue;
    if (name !== "YAML") throw new YAMLError("found unknown directive name", i + 1, 1);
    if (value !== "1.1") throw new YAMLError("found incompatible YAML document", i + 1, 1);
  }
}

/** No configuration is nested so deeply. */
const DEEPEST = 64;
/** Merged keys that any text may have; a longer one has more. */
const MERGED_KEYS = 10_000;

function documentOf(text: string, { duplicate }: YAMLNotes): unknown {
  const value = parsed(text, duplicate);
  const fault = aliasFault(text, value);
  if (fault) throw new YAMLError(fault, 1, 1);
  return value;
}

function parsed(text: string, onDuplicate?: () => void): unknown {
  const options = { schema, maxDepth: DEEPEST, maxTotalMergeKeys: Math.max(MERGED_KEYS, text.length) };
  if (onDuplicate) {
    try {
      return loadAll(text, options)[0] ?? null;
    } catch (error) {
      if (!(error instanceof YAMLException) || error.reason !== "duplicated mapping key") throw error;
      onDuplicate();
    }
  }
  return loadAll(text, { ...options, json: true })[0] ?? null;
}

/** One document, keys in order of names as Go writes them, quoted wherever Go would read something else than the text. */
export const dumpYAML = (value: unknown): string =>
  dump(value, { schema, sortKeys: true, noRefs: true, skipInvalid: true, lineWidth: -1, seqNoIndent: true });

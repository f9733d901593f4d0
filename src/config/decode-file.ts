// One configuration file decoded, once for as long as it stays the same; what is wrong in it is told by path.
import { madeOnce } from "../lib/kept/made-once.ts";
import type { Problem, Report, Schema } from "../lib/schema.ts";
import { loadYAML, YAMLError } from "../lib/yaml/load.ts";
import type { YAMLEntry, YAMLNode } from "../lib/yaml/nodes.ts";
import { withTexts } from "../lib/yaml/text-hints.ts";
import type { DecodeCache, Slot } from "./decode-cache.ts";
import type { Fault } from "./fault.ts";
import { type LocatedProblem, Places, type SourceFile } from "./source.ts";

export interface Decoded<T> {
  data?: T;
  /** There is nothing in it but comments. */
  empty?: boolean;
  faults: Fault[];
  /** What has a place, but no path: syntax, keys written twice. */
  placed: LocatedProblem[];
}

/** A file that has not changed is not read again: the same SourceFile object stands for the same content. */
const known = new WeakMap<SourceFile, Decoded<unknown>>();

/** In the cache is what the same text decoded to in an earlier process; `kind` stands for the schema there. */
export function decodeFile<T>(
  file: SourceFile,
  schema: Schema<T>,
  cache?: DecodeCache,
  kind = "",
): Decoded<T> {
  const before = known.get(file) as Decoded<T> | undefined;
  if (before) return before;
  const slot = cache?.slot(kind, file.text);
  const decoded =
    fromSlot<T>(file, slot) ??
    decodeAfresh(file, (value, report) =>
      schema.decode(withTexts(value, schema) ?? {}, [], Object.assign(report, { strict: true })),
    );
  known.set(file, decoded);
  const { data, empty, faults, placed } = decoded;
  if (slot && !slot.answer && data && !empty && !placed.length) slot.keep({ data, faults });
  return decoded;
}

/** The text is known by itself; the file that it stands in is this one now. */
function fromSlot<T>(file: SourceFile, slot: Slot | undefined): Decoded<T> | undefined {
  const answer = slot?.answer as Pick<Decoded<T>, "data" | "faults"> | undefined;
  return (
    answer && { ...answer, faults: answer.faults.map((fault) => ({ ...fault, file: file.path })), placed: [] }
  );
}

/** The plain data of a text, whether a key is in it twice, and where it ends before the text does. */
interface Read {
  value: unknown;
  twice: boolean;
  rest?: [line: number, column: number];
}

function readYAML(text: string): Read {
  const read: Read = { value: undefined, twice: false };
  read.value = loadYAML(text, {
    duplicate() {
      read.twice = true;
    },
    rest(...place) {
      read.rest = place;
    },
  });
  return read;
}

/**
 * Reads the file and hands its data to `decode`, which reports what is wrong with them. `slot` holds the data of the
 * same text from an earlier process, or takes them.
 */
export function decodeAfresh<T>(
  file: SourceFile,
  decode: (value: unknown, report: Report) => T | undefined,
  slot?: Slot,
): Decoded<T> {
  const faults: Fault[] = [];
  const report = limited((problem: Problem) => void faults.push({ ...problem, file: file.path }));
  try {
    const read = (slot?.answer as Read | undefined) ?? readYAML(file.text);
    if (slot && !slot.answer) slot.keep(read);
    const placed = read.rest ? [placesOf(file).at(REST, ...read.rest)] : [];
    if (read.twice) placed.push(...duplicateKeys(file));
    return { data: decode(read.value, report), empty: read.value === null, faults, placed };
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    const problem: Problem = { level: "error", path: [], message: error.message };
    return { faults, placed: [placesOf(file).at(problem, error.line, error.column)] };
  }
}

const REST: Problem = {
  level: "warning",
  path: [],
  message: "the document ends here; what follows is not read",
  hint: "indent it as the lines before",
};

/** As many problems of one file, and of either level, as anybody will read. */
const MOST_PROBLEMS = 1000;

/** What is full is told nothing more, so that a file of nothing but faults does not take long. */
function limited(take: (problem: Problem) => void): Report {
  const left = { error: MOST_PROBLEMS, warning: MOST_PROBLEMS };
  const report: Report = (problem) => {
    if (left[problem.level]-- > 0) take(problem);
    if (left.warning <= 0) report.noWarnings = true;
  };
  return report;
}

/** The keys that their map has already. Asked for only when there are some. */
function duplicateKeys(file: SourceFile): LocatedProblem[] {
  const places = placesOf(file);
  const root = places.root();
  return (root ? repeated(root) : []).slice(0, MOST_PROBLEMS).map(({ key, start }) =>
    places.atOffset(
      {
        level: "warning",
        path: [],
        message: `duplicated key ${JSON.stringify(key)}`,
        hint: "only the last one counts",
      },
      start,
    ),
  );
}

function repeated({ items, entries = [] }: YAMLNode): YAMLEntry[] {
  const seen = new Set<string>();
  const here = entries.filter(({ key }) => key !== "<<" && (seen.has(key) || !seen.add(key)));
  return [...here, ...(items ?? entries.map(({ value }) => value)).flatMap(repeated)];
}

/** Finds places in the file. */
export const placesOf = madeOnce((file: SourceFile) => new Places(file));

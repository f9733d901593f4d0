// Line and column of a finding, found by the keys that lead to it: a search in the text, for parsing with positions is slow.
import type { SourceFile } from "../config/source.ts";
import { madeOnce } from "../lib/kept/made-once.ts";
import type { Place } from "./warning.ts";

export interface Position {
  file: string;
  line: number;
  column: number;
}

export interface Sources {
  config: SourceFile;
  jobs: readonly SourceFile[];
  plugins?: SourceFile;
}

/** Where a place is; of one that is not found as far as the way to it leads. */
export function positionOf(place: Place, sources: Sources): Position | undefined {
  if ("file" in place) return place;
  if ("job" in place) return jobPosition(place, sources);
  const file = sources[place.in];
  return file && positionIn(file, way(file.text, place.keys).offset);
}

/** Names as values of `name`, which jobs have and many other things too. */
const NAME = /(?:^[ \t]*(?:- +)?|[{,][ \t]*)["']?name["']?:[ \t]*["']?([\w.-]+)/gm;

/** Where each name stands, by file; built on the first question of one configuration. */
const namesIn = madeOnce((sources: Sources) => {
  const index = new Map<string, Map<SourceFile, number[]>>();
  for (const file of [sources.config, ...sources.jobs]) {
    for (const match of file.text.matchAll(NAME)) {
      const name = match[1]!;
      const files = index.get(name) ?? new Map<SourceFile, number[]>();
      files.set(file, [...(files.get(file) ?? []), match.index + match[0].lastIndexOf(name)]);
      index.set(name, files);
    }
  }
  return index;
});

/** Below the keys of its kind and repository where there are such, else wherever a thing has the name. */
function jobPosition({ job, kind, repo }: Extract<Place, { job: string }>, sources: Sources) {
  const keys = [`${kind}s`, ...(repo === undefined ? [] : [repo])];
  const found = [...(namesIn(sources).get(job) ?? [])];
  for (const [file, offsets] of found) {
    const { offset, complete } = way(file.text, keys);
    const below = complete ? offsets.find((one) => one > offset) : undefined;
    if (below !== undefined) return positionIn(file, below);
  }
  return found[0] && positionIn(found[0][0], found[0][1][0]!);
}

/** Follows keys, each one below (or in the list of) the one before. */
function way(text: string, keys: readonly string[]): { offset: number; complete: boolean } {
  let offset = 0;
  let from = 0;
  for (const key of keys) {
    const escaped = RegExp.escape(key);
    const wanted = new RegExp(
      `(?:^[ \\t]*(?:- +)?|[{,[][ \\t]*)["']?${escaped}["']?[ \\t]*(?:[:,\\]]|(?:#.*)?\\r?$)`,
      "gm",
    );
    wanted.lastIndex = from;
    const match = wanted.exec(text);
    if (!match) return { offset, complete: false };
    offset = match.index + match[0].indexOf(key);
    from = match.index + match[0].length;
  }
  return { offset, complete: true };
}

function positionIn({ path, text }: SourceFile, offset: number): Position {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { file: path, line: before.split("\n").length, column: offset - start + 1 };
}

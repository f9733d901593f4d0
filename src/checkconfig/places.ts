// Line and column of a finding, found by the keys that lead to it: a search in the text, for parsing with positions is slow.
import type { SourceFile } from "../config/source.ts";
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

function jobPosition({ job, kind, repo }: Extract<Place, { job: string }>, { config, jobs }: Sources) {
  const keys = [`${kind}s`, ...(repo === undefined ? [] : [repo])];
  const name = new RegExp(
    `^[ \\t]*(?:- )?[ \\t]*name: *["']?(${RegExp.escape(job)})["']?[ \\t]*(?:#.*)?\\r?$`,
    "gm",
  );
  let loose: Position | undefined;
  for (const file of [config, ...jobs]) {
    if (!file.text.includes(job)) continue;
    const { offset, complete } = way(file.text, keys);
    name.lastIndex = complete ? offset : 0;
    const match = name.exec(file.text);
    if (!match) continue;
    const found = positionIn(file, match.index + match[0].indexOf(job));
    if (complete) return found;
    loose ??= found;
  }
  return loose;
}

/** Follows keys, each one below (or in the list of) the one before. */
function way(text: string, keys: readonly string[]): { offset: number; complete: boolean } {
  let offset = 0;
  let from = 0;
  for (const key of keys) {
    const escaped = RegExp.escape(key);
    const wanted = new RegExp(`^[ \\t]*(?:- *)?["']?(${escaped})["']?[ \\t]*(?::|(?:#.*)?\\r?$)`, "gm");
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

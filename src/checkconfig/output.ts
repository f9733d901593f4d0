// What checkconfig prints: lines for people, annotations for GitHub's checks, or JSON.
import type { LocatedProblem } from "../config/source.ts";
import { type Position, positionOf, type Sources } from "./places.ts";
import type { NamedFinding } from "./warnings.ts";

export const FORMATS = ["text", "github", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface Entry {
  level: "error" | "warning";
  /** Name of the warning; errors of loading have none. */
  warning?: string;
  message: string;
  hint?: string;
  /** Where it is, as far as that can be told; at most MOST of them. */
  places: Position[];
  /** The line at fault, with a mark below the column. */
  excerpt?: string;
  /** Does not make --strict fail. */
  remark?: true;
}

/** GitHub shows ten annotations of a step; a finding of four hundred jobs need not look all of them up. */
const MOST = 10;

export const problemEntry = ({
  level,
  message,
  hint,
  excerpt,
  file,
  line,
  column,
}: LocatedProblem): Entry => ({
  level,
  message,
  ...(hint && { hint }),
  places: [{ file, line, column }],
  excerpt,
});

export function findingEntry(
  { warning, message, hint, places = [], remark }: NamedFinding,
  sources: Sources,
): Entry {
  const found = places.slice(0, MOST).flatMap((place) => positionOf(place, sources) ?? []);
  return {
    level: "warning",
    warning,
    message,
    ...(hint && { hint }),
    places: found,
    ...(remark && { remark }),
  };
}

/** Lines without line ends. GitHub finds a file by its path from the checkout's root, where its steps run: `cwd`. */
export function printed(entries: readonly Entry[], format: Format, cwd: string): string[] {
  if (format === "json") return [JSON.stringify(entries, undefined, 2)];
  return entries.flatMap(format === "github" ? (entry) => annotations(entry, `${cwd}/`) : lines);
}

const at = ({ file, line, column }: Position): string => `${file}:${line}:${column}`;
const withHint = ({ message, hint }: Entry): string => (hint ? `${message} (${hint})` : message);

function lines(entry: Entry): string[] {
  const { level, warning, places, excerpt } = entry;
  const name = warning ? ` [${warning}]` : "";
  const first = places[0] ? `${at(places[0])}: ` : "";
  const shown = excerpt?.trim() ? excerpt.split("\n").map((line) => `    ${line}`) : [];
  return [`${first}${level}: ${withHint(entry)}${name}`, ...shown];
}

/** In an annotation's message a line end ends it; in a property colon and comma too have a meaning. */
const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

function annotations(entry: Entry, root: string): string[] {
  const title = entry.warning ? `,title=${property(entry.warning)}` : "";
  if (!entry.places.length) {
    return [`::${entry.level}${title.replace(",", " ")}::${data(withHint(entry))}`];
  }
  return entry.places.map(
    ({ file, line, column }) =>
      `::${entry.level} file=${property(file.startsWith(root) ? file.slice(root.length) : file)},line=${line},col=${column}${title}::${data(withHint(entry))}`,
  );
}

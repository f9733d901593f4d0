// Files in gitignore's syntax (`.prowignore`): which paths of a tree they leave out, as the library that Prow uses has it.
import { quoteMeta, type Regex, regex } from "./re2.ts";

/** One line of the file. */
interface Rule {
  /** A line that begins with `!` takes back in what an earlier one left out. */
  ignores: boolean;
  directoriesOnly: boolean;
  matches(path: string): boolean;
}

export interface IgnoreFile {
  /** Whether the path (relative to the file's own directory) is left out; undefined when no line speaks of it. */
  decide(path: string, directory: boolean): boolean | undefined;
}

/** Lines that are not patterns are passed over. Of several lines that match the last one counts. */
export function parseIgnoreFile(text: string): IgnoreFile {
  const rules = text
    .split(/\r?\n/)
    .flatMap((line) => rule(line) ?? [])
    .reverse();
  return {
    decide: (path, directory) =>
      rules.find((one) => (directory || !one.directoriesOnly) && one.matches(path))?.ignores,
  };
}

function rule(line: string): Rule | undefined {
  if (line.startsWith("#")) return undefined;
  const negated = line.startsWith("!");
  const pattern = negated ? line.slice(1) : withoutBlanks(line);
  const directoriesOnly = /[^/]\/$/.test(pattern);
  const anchored = pattern.startsWith("/");
  const body = pattern.slice(anchored ? 1 : 0, directoriesOnly ? -1 : undefined);
  const matches = body === "" || body.endsWith("/") ? undefined : matcher(body, anchored);
  return matches && { ignores: !negated, directoriesOnly, matches };
}

/** At the end; one that a backslash precedes stays. The file is anybody's, and a regex would not keep linear time. */
function withoutBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && " \t".includes(line.charAt(end - 1))) end--;
  return line.slice(0, line.charAt(end - 1) === "\\" ? end + 1 : end);
}

function matcher(body: string, anchored: boolean): Rule["matches"] | undefined {
  const parts = body.split("/");
  if (parts.includes("**")) {
    const compiled = parts.filter(Boolean).map((part) => (part === "**" ? "**" : glob(part, "[^/]")));
    return (path) => along(path.split("/"), compiled);
  }
  // Two stars beside anything else are no pattern at all.
  if (/(?<!\\)\*\*/.test(body)) return undefined;
  if (parts.length > 1) {
    const whole = glob(body, "[^/]");
    return (path) => test(whole, path);
  }
  const name = glob(body, ".");
  return (path) => test(name, anchored ? path : path.slice(path.lastIndexOf("/") + 1));
}

/** `**` stands for any number of directories, also for none. */
function along(path: readonly string[], parts: readonly (Regex | undefined | "**")[]): boolean {
  let places = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const place of places) {
      if (part === "**") for (let i = place; i <= path.length; i++) next.add(i);
      else if (place < path.length && test(part, path[place]!)) next.add(place + 1);
    }
    places = next;
  }
  return places.has(path.length);
}

const test = (compiled: Regex | undefined, text: string): boolean => compiled?.test(text) ?? false;

/** `any`: what a star and a question mark may stand for. Undefined for a pattern that can match nothing. */
function glob(pattern: string, any: string): Regex | undefined {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "*") source += `${any}*`;
    else if (char === "?") source += any;
    else if (char === "[") {
      const found = bracket(pattern, i + 1);
      if (!found) return undefined;
      source += found.source;
      i = found.end;
    } else if (char === "\\" && i + 1 < pattern.length) source += quoteMeta(pattern[++i]!);
    else source += quoteMeta(char);
  }
  return regex(`^(?s:${source})$`);
}

function bracket(pattern: string, start: number): { source: string; end: number } | undefined {
  const negated = pattern[start] === "!" || pattern[start] === "^";
  let members = "";
  for (let i = negated ? start + 1 : start; i < pattern.length; i++) {
    if (pattern[i] === "]")
      return members ? { source: `[${negated ? "^" : ""}${members}]`, end: i } : undefined;
    if (pattern[i] === "\\") i++;
    const [first, last] = [pattern[i] ?? "", pattern[i + 2] ?? ""];
    if (pattern[i + 1] === "-" && last !== "]" && first <= last) {
      members += `${escaped(first)}-${escaped(last)}`;
      i += 2;
    } else members += escaped(first);
  }
  return undefined;
}

const escaped = (char: string): string =>
  /[\w]/.test(char) ? char : quoteMeta(char).replace(/^[-&~]$/, "\\$&");

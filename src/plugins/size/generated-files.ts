// Which files of a repository are generated, so that they do not count: `.generated_files` and `.gitattributes`.
import { fileMatch } from "../../lib/file-match.ts";

export type IsGenerated = (path: string) => boolean;

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Lines without surrounding space, without empty ones and comments. */
const statements = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));

export interface GeneratedFiles {
  isGenerated: IsGenerated;
  /** Files of the repository that list more paths. */
  lists: string[];
}

/** Throws, naming the line, when the file says something unknown. */
export function parseGeneratedFiles(text: string): GeneratedFiles {
  const names = new Set<string>();
  const pathPrefixes: string[] = [];
  const filePrefixes: string[] = [];
  const lists: string[] = [];
  for (const line of statements(text)) {
    const [key, value, ...rest] = line.split(/\s+/);
    if (value === undefined || rest.length > 0) throw invalid(line);
    if (key === "prefix" || key === "path-prefix") pathPrefixes.push(value);
    else if (key === "file-prefix") filePrefixes.push(value);
    // As in Prow, `path` is taken for the name of a file, too.
    else if (key === "file-name" || key === "path") names.add(value);
    else if (key === "paths-from-repo") lists.push(value);
    else throw invalid(line);
  }
  return {
    lists,
    isGenerated: (path) =>
      pathPrefixes.some((prefix) => path.startsWith(prefix)) ||
      names.has(baseName(path)) ||
      filePrefixes.some((prefix) => baseName(path).startsWith(prefix)),
  };
}

const invalid = (line: string): Error => new Error(`invalid config line: ${JSON.stringify(line)}`);

/** The paths in a file that `paths-from-repo` names. */
export const parsePathList = (text: string): Set<string> => new Set(statements(text));

/** Files marked `linguist-generated=true`. Patterns that gitattributes forbids are left out. */
export function parseGitattributes(text: string): IsGenerated {
  const patterns = statements(text)
    .map((line) => line.split(/\s+/))
    .filter(([, ...attributes]) => attributes.includes("linguist-generated=true"))
    .map(([pattern = ""]) => pattern)
    .filter((pattern) => !pattern.startsWith("!") && !pattern.endsWith("/"))
    .map((pattern) => pattern.split("/"));
  return (path) => {
    const elements = path.split("/");
    return patterns.some((pattern) =>
      pattern.length === 1
        ? elements.some((element) => fileMatch(pattern[0]!, element))
        : matchesPath(pattern, elements),
    );
  };
}

/** A pattern with slashes is anchored at the root; `**` stands for any number of directories. */
function matchesPath(pattern: readonly string[], elements: readonly string[]): boolean {
  let rest = [...elements];
  let matched = false;
  let anywhere = false;
  for (const [index, part] of pattern.entries()) {
    if (part === "") anywhere = false;
    else if (part === "**") {
      if (index === pattern.length - 1) break;
      anywhere = true;
    } else {
      if (part.includes("**") || rest.length === 0) return false;
      const limit = anywhere ? rest.length : 1;
      const at = rest.slice(0, limit).findIndex((element) => fileMatch(part, element));
      if (at === -1) return false;
      matched = true;
      anywhere = false;
      rest = rest.slice(at + 1);
    }
  }
  return matched;
}

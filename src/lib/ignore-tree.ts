// A tree with ignore files in any of its directories: which of its paths they leave out.
import type { IgnoreFile } from "./ignore-file.ts";

/**
 * Asks the ignore file of a path's own directory first, then those above it; what lies in an ignored directory is
 * ignored too. `ignoreFile` is asked once for each directory; the root is "".
 */
export function ignoredBy(
  ignoreFile: (directory: string) => IgnoreFile | undefined,
): (path: string) => boolean {
  const files = new Map<string, IgnoreFile | undefined>();
  const decided = new Map<string, boolean>();
  const fileOf = (directory: string): IgnoreFile | undefined => {
    if (!files.has(directory)) files.set(directory, ignoreFile(directory));
    return files.get(directory);
  };
  const ignored = (path: string, directory: boolean): boolean => {
    const known = decided.get(path);
    if (known !== undefined) return known;
    const parts = path.split("/");
    let answer = parts.length > 1 && ignored(parts.slice(0, -1).join("/"), true);
    for (let depth = parts.length - 1; !answer && depth >= 0; depth--) {
      const says = fileOf(parts.slice(0, depth).join("/"))?.decide(parts.slice(depth).join("/"), directory);
      if (says === undefined) continue;
      answer = says;
      break;
    }
    decided.set(path, answer);
    return answer;
  };
  return (path) => ignored(path, false);
}

// A tree with ignore files in any of its directories: which of its paths they leave out.
import type { IgnoreFile } from "./ignore-file.ts";

/** An ignore file, and the next one on the way to the root. */
interface Link {
  file: IgnoreFile;
  /** Characters of a path that come before what is relative to the file's directory. */
  skip: number;
  above: Link | undefined;
}

interface Directory {
  ignored: boolean;
  nearest: Link | undefined;
}

/**
 * Asks the ignore file of a path's own directory first, then those above it; what lies in an ignored directory is
 * ignored too. `ignoreFile` is asked once for each directory; the root is "". Each directory is looked at once, and
 * those without an ignore file are not looked at again for what lies below: anybody's tree may be 2,000 deep.
 */
export function ignoredBy(
  ignoreFile: (directory: string) => IgnoreFile | undefined,
): (path: string) => boolean {
  const known = new Map<string, Directory>();
  const look = (path: string): Directory => {
    const before = known.get(path);
    if (before) return before;
    const within = path === "" ? undefined : look(directoryOf(path));
    const ignored = within !== undefined && isIgnored(within, path, true);
    const file = ignored ? undefined : ignoreFile(path);
    const above = within?.nearest;
    const nearest = file ? { file, skip: path === "" ? 0 : path.length + 1, above } : above;
    const found = { ignored, nearest };
    known.set(path, found);
    return found;
  };
  return (path) => isIgnored(look(directoryOf(path)), path, false);
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

function isIgnored(within: Directory, path: string, directory: boolean): boolean {
  if (within.ignored) return true;
  for (let link = within.nearest; link; link = link.above) {
    const says = link.file.decide(path.slice(link.skip), directory);
    if (says !== undefined) return says;
  }
  return false;
}

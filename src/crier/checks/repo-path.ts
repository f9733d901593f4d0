// Paths as tests and compilers print them, as paths of the repository: what cannot be one is none.
import { regex } from "../../lib/re2.ts";
import { clonePath, type Refs } from "../../model/refs.ts";

const LONGEST = 500;

/** undefined for a file that is not the repository's, as far as its path tells. */
export function repoPath(printed: string, refs: Refs): string | undefined {
  let path = printed
    .trim()
    .replace(/^file:\/\//, "")
    .replaceAll("\\", "/");
  for (const root of [clonePath(refs), `github.com/${refs.org}/${refs.repo}`]) {
    const at = path.lastIndexOf(`${root}/`);
    // Where a job's code is cloned, or the name of a Go package.
    if (at === 0 || (at > 0 && path[at - 1] === "/")) path = path.slice(at + root.length + 1);
  }
  path = path.replace(/^(\.\/)+/, "");
  const outside = path.startsWith("/") || /^[A-Za-z]:/.test(path) || path.includes("://");
  const parts = path.split("/");
  if (
    outside ||
    path === "" ||
    path.length > LONGEST ||
    parts.some((part) => part === "" || part === ".." || part === ".")
  )
    return undefined;
  return parts.includes("node_modules") ? undefined : path;
}

const PLACE = regex(String.raw`([\w.@+/\\-]+\.[A-Za-z]\w{0,9}):(\d{1,7})`);
const MOST_PLACES = 50;

export interface Place {
  path: string;
  line: number;
}

/** Places that a text names as `path:line`, in order; a bare file name is taken to be in `directory`. */
export function placesIn(text: string, refs: Refs, directory: string | undefined): Place[] {
  return PLACE.matchAll(text)
    .slice(0, MOST_PLACES)
    .flatMap(([, printed = "", number]) => {
      const bare = !/[\\/]/.test(printed);
      if (bare && directory === undefined) return [];
      const path = repoPath(bare && directory ? `${directory}/${printed}` : printed, refs);
      const line = Number(number);
      return path === undefined || line === 0 ? [] : [{ path, line }];
    });
}

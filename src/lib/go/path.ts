// Slash-separated paths joined as Go's path.Join does it: clean, and without a slash at the end.
import { posix } from "node:path";

/** Empty parts are left out; "" when all are. */
export function joinPath(...parts: (string | undefined)[]): string {
  const given = parts.filter((part): part is string => Boolean(part));
  if (!given.length) return "";
  const joined = posix.join(...given);
  return joined.length > 1 ? joined.replace(/\/$/, "") : joined;
}

/** The path with nothing in it that leads upwards or stands still: of a part `.` or `..` each dot becomes `_`. */
export const withoutDots = (path: string): string =>
  path
    .split("/")
    .map((part) => (part === "." || part === ".." ? part.replaceAll(".", "_") : part))
    .join("/");

// Globs over whole paths as mattn/go-zglob v0.0.2 matches them: `*` within a directory, `**/` over any, `{a,b}` beside a `*`.
import { joinPath } from "./go/path.ts";
import { regex } from "./re2.ts";

/** A pattern without `*` is the path itself, whatever else is in it. */
export function zglobMatch(pattern: string, path: string): boolean {
  const segments = pattern.split("/");
  const wild = segments.findIndex((segment) => segment.includes("*"));
  if (wild === -1) return pattern === path;
  const root = cleaned(segments.slice(0, wild)) || ".";
  // As there, counted in bytes: what is no longer than the directory where the wildcards begin is not below it.
  if (path === "." || Buffer.byteLength(path) <= Buffer.byteLength(root)) return false;
  return regex(`^${source([...cleaned(segments)])}$`).test(path);
}

const cleaned = (segments: readonly string[]): string =>
  segments[0] === "" ? joinPath("/", ...segments) : joinPath(...segments);

function source(chars: readonly string[]): string {
  let written = "";
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === "*") {
      const anyDirectory = i < chars.length - 2 && chars[i + 1] === "*" && chars[i + 2] === "/";
      written += anyDirectory ? "(.*/)?" : "[^/]*";
      if (anyDirectory) i += 2;
    } else if (char === "{") {
      const end = chars.indexOf("}", i);
      // One that is never closed counts, and so does what follows it.
      const inside = chars.slice(i + 1, end === -1 ? undefined : end);
      if (end !== -1) i = end;
      // Nothing between them is the second one alone.
      if (inside.length === 0) written += literal(chars[i]!);
      else written += `(${inside.map((each) => (each === "," ? "|" : literal(each))).join("")})`;
    } else written += literal(char);
  }
  return written;
}

function literal(char: string): string {
  const code = char.codePointAt(0)!;
  if (/[A-Za-z0-9/]/.test(char) || code > 255) return char;
  return `[\\x${code.toString(16).toUpperCase().padStart(2, "0")}]`;
}

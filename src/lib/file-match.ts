// Go's filepath.Match: `*`, `?`, `[a-z]`, `[^x]` and backslash within one path element.
import { quoteMeta, type Regex, regex } from "./re2.ts";

/** Whether the whole name matches; undefined when the pattern is malformed. */
export function fileMatch(pattern: string, name: string): boolean | undefined {
  return compile(pattern)?.test(name);
}

function compile(pattern: string): Regex | undefined {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const end = classEnd(pattern, i);
      if (end === -1) return undefined;
      source += `[${pattern.slice(i + 1, end)}]`;
      i = end;
    } else if (char === "\\") {
      i++;
      if (i === pattern.length) return undefined;
      source += quoteMeta(pattern[i]!);
    } else source += quoteMeta(char);
  }
  try {
    return regex(`^(?s:${source})$`);
  } catch {
    return undefined;
  }
}

/** Index of the bracket that closes a class with at least one member, or -1. */
function classEnd(pattern: string, start: number): number {
  const first = pattern[start + 1] === "^" ? start + 2 : start + 1;
  for (let i = first; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "]") return i > first ? i : -1;
  }
  return -1;
}

// Where the lines that a change adds stand in its patch: there a review can comment on them.
import { regex } from "../lib/re2.ts";

const HUNK = regex("^@@ -(\\d+),?(\\d+)? \\+(\\d+),?(\\d+)? @@.*");
const NO_NEWLINE = "\\ No newline at end of file";

/** Position in the patch by line of the file, both from 1; empty for what is no patch of one file. */
export function addedLines(patch: string): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  if (patch === "") return positions;
  const lines = patch.split("\n");
  for (let i = 0; i < lines.length; ) {
    if (lines[i] === NO_NEWLINE) {
      i++;
      continue;
    }
    const [, , before = "1", start = "", after = "1"] = HUNK.exec(lines[i]!) ?? [];
    if (start === "") return new Map();
    let [old, line] = [Number(before), Number(start)];
    const end = line + Number(after);
    for (i++; old > 0 || line < end; i++) {
      const mark = lines[i]?.[0];
      if (mark !== " " && mark !== "-" && mark !== "+") return new Map();
      if (mark === "+") positions.set(line, i);
      if (mark !== "-") line++;
      if (mark !== "+") old--;
    }
  }
  return positions;
}

// Configuration files as text, what is wrong in them, and where: line and column are looked up only for a fault.
import { LineCounter, type Node, parseDocument } from "yaml";
import type { Path, Problem } from "../lib/schema.ts";

export interface SourceFile {
  path: string;
  text: string;
}

/** A problem with its place; line and column count from 1, `excerpt` is that line with a mark below the column. */
export interface LocatedProblem extends Problem {
  file: string;
  line: number;
  column: number;
  excerpt: string;
}

/** Finds places in one file; parses it (slowly, with positions) on the first question. */
export class Places {
  readonly #file: SourceFile;
  #parsed?: { root: Node | null; lines: LineCounter };

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** The problem with the place of the deepest part of its path that the file has. */
  locate(problem: Problem): LocatedProblem {
    const { root, lines } = this.#parse();
    const at = lines.linePos(offsetOf(root, problem.path));
    return this.at(problem, at.line || 1, at.col || 1);
  }

  at(problem: Problem, line: number, column: number): LocatedProblem {
    const text = this.#file.text.split(/\r?\n/)[line - 1] ?? "";
    const excerpt = `${text.slice(0, 200)}\n${" ".repeat(Math.min(column - 1, 200))}^`;
    return { ...problem, file: this.#file.path, line, column, excerpt };
  }

  #parse() {
    if (!this.#parsed) {
      const lines = new LineCounter();
      const options = { lineCounter: lines, uniqueKeys: false, merge: true, version: "1.1" } as const;
      try {
        this.#parsed = { root: parseDocument(this.#file.text, options).contents as Node | null, lines };
      } catch (error) {
        // Nested too deeply for this parser: the problem is told without its line.
        if (!(error instanceof RangeError)) throw error;
        this.#parsed = { root: null, lines };
      }
    }
    return this.#parsed;
  }
}

interface Pair {
  key: { value?: unknown; range?: [number, number, number] };
  value: Node | null;
}
type Shaped = { items?: unknown[]; range?: [number, number, number] | null; source?: string };

/** Where the path leads, as far as it leads: of a map's entry the key, of a list's the item. */
function offsetOf(root: Node | null, path: Path): number {
  let node = root as Shaped | null;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    const items = node?.items;
    if (!items) break;
    if (typeof step === "number") {
      node = (items[step] ?? null) as Shaped | null;
    } else {
      const pair = (items as Pair[]).findLast((entry) => String(entry.key?.value) === step);
      if (!pair) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value as Shaped | null;
      continue;
    }
    offset = node?.range?.[0] ?? offset;
  }
  return offset;
}

/** `file:line:column: message (hint)`, as compilers and editors have it. */
export function problemText({ file, line, column, level, message, hint }: LocatedProblem): string {
  return `${file}:${line}:${column}: ${level}: ${message}${hint ? ` (${hint})` : ""}`;
}

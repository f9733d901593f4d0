// Configuration files as text, what is wrong in them, and where: line and column are looked up only for a fault.
import { madeOnce } from "../lib/kept/made-once.ts";
import type { Path, Problem } from "../lib/schema.ts";
import { type YAMLEntry, type YAMLNode, yamlNodes } from "../lib/yaml/nodes.ts";

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

/** Finds places in one file; reads it once more, with positions, on the first question (and the first after `forget`). */
export class Places {
  readonly #file: SourceFile;
  #root: { node: YAMLNode | undefined } | undefined;
  #starts: number[] | undefined;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** The problem with the place of the deepest part of its path that the file has. */
  locate(problem: Problem): LocatedProblem {
    const root = this.root();
    return this.atOffset(problem, root ? offsetOf(root, problem.path) : 0);
  }

  atOffset(problem: Problem, offset: number): LocatedProblem {
    const starts = this.#lineStarts();
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return this.at(problem, low + 1, offset - starts[low]! + 1);
  }

  at(problem: Problem, line: number, column: number): LocatedProblem {
    const starts = this.#lineStarts();
    const start = starts[line - 1] ?? this.#file.text.length;
    const text = this.#file.text.slice(start, Math.min((starts[line] ?? Infinity) - 1, start + 200));
    const excerpt = `${text.replace(/\r$/, "")}\n${" ".repeat(Math.min(column - 1, 200))}^`;
    return { ...problem, file: this.#file.path, line, column, excerpt };
  }

  /** Offset of the beginning of each line. */
  #lineStarts(): number[] {
    if (!this.#starts) {
      this.#starts = [0];
      const { text } = this.#file;
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
    }
    return this.#starts;
  }

  /** Positions take ten times the room of the text. */
  forget(): void {
    this.#root = undefined;
    this.#starts = undefined;
  }

  /** Undefined where there is nothing that can be read. */
  root(): YAMLNode | undefined {
    this.#root ??= { node: yamlNodes(this.#file.text) };
    return this.#root.node;
  }
}

/** Where the path leads, as far as it leads: of a map's entry the key, of a list's the item. */
function offsetOf(root: YAMLNode, path: Path): number {
  let node = root;
  let offset = node.start;
  for (const step of path) {
    const entry = entryOf(node, String(step));
    const item = typeof step === "number" ? node.items?.[step] : undefined;
    if (!entry && !item) break;
    offset = entry?.start ?? item!.start;
    node = entry?.value ?? item!;
  }
  return offset;
}

/** A longer map than any that people write gets an index. */
const LONG = 64;
const indexOf = madeOnce(
  (entries: readonly YAMLEntry[]) => new Map(entries.map((entry) => [entry.key, entry])),
);

/** The entry that counts: the last one of that key. */
const entryOf = ({ entries = [] }: YAMLNode, key: string): YAMLEntry | undefined =>
  entries.length < LONG ? entries.findLast((one) => one.key === key) : indexOf(entries).get(key);

/** `file:line:column: message (hint)`, as compilers and editors have it. */
export function problemText({ file, line, column, level, message, hint }: LocatedProblem): string {
  return `${file}:${line}:${column}: ${level}: ${message}${hint ? ` (${hint})` : ""}`;
}

// Configuration files as text, what is wrong in them, and where: line and column are looked up only for a fault.
import type { Path, Problem } from "../lib/schema.ts";
import { type YAMLNode, yamlNodes } from "../lib/yaml-nodes.ts";

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

/** Finds places in one file; reads it once more, with positions, on the first question. */
export class Places {
  readonly #file: SourceFile;
  #root?: { node: YAMLNode | undefined };

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** The problem with the place of the deepest part of its path that the file has. */
  locate(problem: Problem): LocatedProblem {
    const root = this.root();
    return this.atOffset(problem, root ? offsetOf(root, problem.path) : 0);
  }

  atOffset(problem: Problem, offset: number): LocatedProblem {
    const before = this.#file.text.slice(0, offset).split("\n");
    return this.at(problem, before.length, before.at(-1)!.length + 1);
  }

  at(problem: Problem, line: number, column: number): LocatedProblem {
    const text = this.#file.text.split(/\r?\n/, line)[line - 1] ?? "";
    const excerpt = `${text.slice(0, 200)}\n${" ".repeat(Math.min(column - 1, 200))}^`;
    return { ...problem, file: this.#file.path, line, column, excerpt };
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
    const entry = node.entries?.findLast(({ key }) => key === String(step));
    const item = typeof step === "number" ? node.items?.[step] : undefined;
    if (!entry && !item) break;
    offset = entry?.start ?? item!.start;
    node = entry?.value ?? item!;
  }
  return offset;
}

/** `file:line:column: message (hint)`, as compilers and editors have it. */
export function problemText({ file, line, column, level, message, hint }: LocatedProblem): string {
  return `${file}:${line}:${column}: ${level}: ${message}${hint ? ` (${hint})` : ""}`;
}

// Go's text/template, third part: running a tree over data. Reads no more than the data it is given.
import { FUNCTIONS, LAZY, type TemplateFunction } from "./template-functions.ts";
import { TemplateError } from "./template-lex.ts";
import {
  type Command,
  type Node,
  type Operand,
  type Pipe,
  parse,
  type Term,
  type Tree,
} from "./template-parse.ts";
import { GoStruct, printed, truth } from "./value.ts";

export { TemplateError } from "./template-lex.ts";

export interface Template {
  /** Throws TemplateError, e.g. for a field of nil or one that a GoStruct has not. */
  execute(data: unknown, output?: Output): string;
}

/** Takes what a run writes, part by part, and gives the whole. */
export interface Output {
  /** What the template says itself. */
  text(text: string): void;
  /** What an action prints. */
  value(text: string): void;
  end(): string;
}

/** Everything as it is. */
function plain(): Output {
  let out = "";
  const add = (text: string): void => {
    out += text;
    if (out.length > LONGEST_OUTPUT) throw new TemplateError("the output is too long");
  };
  return { text: add, value: add, end: () => out };
}

/** Deeper calls of templates than any sane one makes. */
const DEEPEST = 1000;
/** Of one run: a template may be anybody's (a job's own message to Slack), and a loop in it as long as they like. */
const MOST_STEPS = 200_000;
/** Characters of what one call gives. */
const LONGEST = 200_000;
/** Of all that is written. */
const LONGEST_OUTPUT = 2_000_000;

const cached = new Map<string, Template>();

/** Parses a template (once for each text, unless it has functions of its own). Throws TemplateError. */
export function parseTemplate(
  source: string,
  functions?: Readonly<Record<string, TemplateFunction>>,
): Template {
  const known = functions ? undefined : cached.get(source);
  if (known) return known;
  const all = { ...FUNCTIONS, ...functions };
  const tree = parse(source, new Set([...Object.keys(all), ...LAZY]));
  const template: Template = { execute: (data, output = plain()) => new Run(tree, all, data, output).run() };
  if (!functions && cached.size < 10_000) cached.set(source, template);
  return template;
}

type Signal = "break" | "continue" | undefined;

class Run {
  readonly #tree: Tree;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;
  readonly #data: unknown;
  readonly #output: Output;
  #variables: { name: string; value: unknown }[] = [];
  #depth = 0;
  #steps = 0;

  constructor(
    tree: Tree,
    functions: Readonly<Record<string, TemplateFunction>>,
    data: unknown,
    output: Output,
  ) {
    this.#tree = tree;
    this.#functions = functions;
    this.#data = data;
    this.#output = output;
  }

  run(): string {
    this.#template(this.#tree.nodes, this.#data);
    return this.#output.end();
  }

  #template(nodes: Node[], data: unknown): void {
    if (++this.#depth > DEEPEST) throw new TemplateError("exceeded maximum template depth");
    const outer = this.#variables;
    this.#variables = [{ name: "$", value: data }];
    this.#list(nodes, data);
    this.#variables = outer;
    this.#depth--;
  }

  #list(nodes: Node[], dot: unknown): Signal {
    for (const node of nodes) {
      const signal = this.#node(node, dot);
      if (signal) return signal;
    }
    return undefined;
  }

  #step(): void {
    if (++this.#steps > MOST_STEPS) throw new TemplateError("it takes too many steps");
  }

  #node(node: Node, dot: unknown): Signal {
    this.#step();
    switch (node.do) {
      case "text":
        this.#output.text(node.text);
        return undefined;
      case "print": {
        const value = this.#pipe(node.pipe, dot);
        if (!node.pipe.variables.length) this.#output.value(printed(value));
        return undefined;
      }
      case "template": {
        const body = this.#tree.templates.get(node.name);
        if (!body) throw new TemplateError(`template ${JSON.stringify(node.name)} not defined`);
        this.#template(body, node.pipe ? this.#pipe(node.pipe, dot) : undefined);
        return undefined;
      }
      case "break":
      case "continue":
        return node.do;
      case "if":
      case "with":
        return this.#scope(() => {
          const value = this.#pipe(node.pipe, dot);
          if (!truth(value)) return this.#list(node.otherwise, dot);
          return this.#list(node.body, node.do === "with" ? value : dot);
        });
      case "range":
        this.#scope(() => this.#range(node, dot));
        return undefined;
    }
  }

  /** What is declared inside ends with it. */
  #scope<T>(inside: () => T): T {
    const depth = this.#variables.length;
    const result = inside();
    this.#variables.length = depth;
    return result;
  }

  #range(node: Extract<Node, { pipe: Pipe; body: Node[] }>, dot: unknown): void {
    const over = this.#pipe({ ...node.pipe, variables: [] }, dot);
    const names = node.pipe.variables;
    let isEmpty = true;
    for (const [key, value] of entriesOf(over)) {
      isEmpty = false;
      this.#step();
      const signal = this.#scope(() => {
        const values = names.length === 2 ? [key, value] : [value];
        for (const [i, name] of names.entries()) this.#set(name, values[i], node.pipe.assign);
        return this.#list(node.body, value);
      });
      if (signal === "break") break;
    }
    if (isEmpty) this.#list(node.otherwise, dot);
  }

  #set(name: string, value: unknown, assign: boolean): void {
    const known = assign ? this.#variables.findLast((variable) => variable.name === name) : undefined;
    if (known) known.value = value;
    else if (assign) throw new TemplateError(`undefined variable ${name}`);
    else this.#variables.push({ name, value });
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    let value: unknown;
    try {
      for (const [i, command] of pipe.commands.entries()) {
        value = this.#command(command, dot, i > 0 ? [value] : []);
      }
    } catch (error) {
      if (error instanceof TemplateError && !/^line \d+/.test(error.message)) {
        throw new TemplateError(`line ${pipe.line}: ${error.message}`);
      }
      throw error;
    }
    for (const name of pipe.variables) this.#set(name, value, pipe.assign);
    return value;
  }

  #command([head, ...rest]: Command, dot: unknown, final: unknown[]): unknown {
    const { operand, fields } = head!;
    if (operand.is === "function" && LAZY.has(operand.name))
      return this.#lazy(operand.name, rest, dot, final);
    const args = () => [...rest.map((term) => this.#term(term, dot)), ...final];
    if (operand.is === "function") {
      return this.#fields(short(this.#functions[operand.name]!(...args())), fields);
    }
    const value = this.#fields(this.#operand(operand, dot), fields);
    if (typeof value === "function") return (value as TemplateFunction)(...args());
    if (rest.length || final.length) throw new TemplateError("can't give argument to non-function");
    return value;
  }

  #lazy(name: string, rest: Term[], dot: unknown, final: unknown[]): unknown {
    let value: unknown;
    for (const next of [
      ...rest.map((term) => () => this.#term(term, dot)),
      ...final.map((known) => () => known),
    ]) {
      value = next();
      if (truth(value) === (name === "or")) return value;
    }
    return value;
  }

  #term({ operand, fields }: Term, dot: unknown): unknown {
    const start = operand.is === "function" ? this.#functions[operand.name]!() : this.#operand(operand, dot);
    const value = this.#fields(start, fields);
    return typeof value === "function" ? (value as TemplateFunction)() : value;
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.is) {
      case "dot":
        return dot;
      case "constant":
        return operand.value;
      case "pipe":
        return this.#pipe(operand.pipe, dot);
      case "variable": {
        const variable = this.#variables.findLast(({ name }) => name === operand.name);
        if (!variable) throw new TemplateError(`undefined variable ${operand.name}`);
        return variable.value;
      }
      default:
        return null;
    }
  }

  #fields(start: unknown, names: string[]): unknown {
    return names.reduce((value, name) => fieldOf(value, name), start);
  }
}

function short(value: unknown): unknown {
  if (typeof value === "string" && value.length > LONGEST) throw new TemplateError("a text is too long");
  return value;
}

function fieldOf(value: unknown, name: string): unknown {
  if (value instanceof GoStruct) {
    if (!value.fields.has(name)) throw new TemplateError(`can't evaluate field ${name}`);
    return value.fields.get(name);
  }
  if (value === null || value === undefined) throw new TemplateError(`nil pointer evaluating .${name}`);
  if (typeof value !== "object" || Array.isArray(value))
    throw new TemplateError(`can't evaluate field ${name} in a ${typeof value}`);
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** Lists in their order, maps by sorted key, whole numbers as 0…n-1. */
function* entriesOf(over: unknown): Generator<[unknown, unknown]> {
  if (over === null || over === undefined) return;
  if (Array.isArray(over)) return yield* over.entries();
  if (typeof over === "number") {
    for (let i = 0; i < over; i++) yield [i, i];
    return;
  }
  if (typeof over !== "object" || over instanceof GoStruct)
    throw new TemplateError("range can't iterate over this value");
  const map = over as Record<string, unknown>;
  for (const key of Object.keys(map).sort()) yield [key, map[key]];
}

// Go's text/template, second part: tokens to a tree.
import { lex, TemplateError, type Token, type TokenKind } from "./template-lex.ts";

export type Operand =
  | { is: "dot" }
  | { is: "nil" }
  | { is: "constant"; value: string | number | boolean }
  | { is: "variable"; name: string }
  | { is: "function"; name: string }
  | { is: "pipe"; pipe: Pipe };

/** An operand with the fields taken from it, `$x.a.b`; a chain from dot has `{ is: "dot" }`. */
export interface Term {
  operand: Operand;
  fields: string[];
}

export type Command = Term[];

export interface Pipe {
  /** Names declared (`:=`) or assigned (`=`), for range up to two. */
  variables: string[];
  assign: boolean;
  commands: Command[];
  line: number;
}

export type Node =
  | { do: "text"; text: string }
  | { do: "print"; pipe: Pipe }
  | { do: "if" | "with" | "range"; pipe: Pipe; body: Node[]; otherwise: Node[] }
  | { do: "template"; name: string; pipe?: Pipe }
  | { do: "break" | "continue" };

export interface Tree {
  nodes: Node[];
  /** By name, from `define` and `block`. */
  templates: Map<string, Node[]>;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Parses a template. `functions` are the names that may be called. Throws TemplateError. */
export const parse = (source: string, functions: ReadonlySet<string>): Tree =>
  new Parser(source, functions).tree();

class Parser {
  readonly #tokens: Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #templates = new Map<string, Node[]>();
  #at = 0;

  constructor(source: string, functions: ReadonlySet<string>) {
    this.#tokens = lex(source);
    this.#functions = functions;
  }

  tree(): Tree {
    const { nodes, end } = this.#list();
    if (end) throw this.#fail(`unexpected {{${end}}}`);
    return { nodes, templates: this.#templates };
  }

  #fail(message: string): TemplateError {
    return new TemplateError(
      `line ${this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]?.line ?? 1}: ${message}`,
    );
  }
  #peek(kind: TokenKind, text?: string): Token | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === kind && (text === undefined || token.text === text) ? token : undefined;
  }
  #take(kind: TokenKind, text?: string): Token | undefined {
    const token = this.#peek(kind, text);
    if (token) this.#at++;
    return token;
  }
  #expect(kind: TokenKind, text?: string): Token {
    const token = this.#take(kind, text);
    if (!token)
      throw this.#fail(`expected ${text ?? kind}, found ${this.#tokens[this.#at]?.text ?? "the end"}`);
    return token;
  }
  #close(): void {
    this.#take("space");
    this.#expect("close");
  }

  /** Nodes up to `end` or `else`, which is returned and stands unread after its word. */
  #list(): { nodes: Node[]; end?: "end" | "else" } {
    const found: Node[] = [];
    while (this.#at < this.#tokens.length) {
      const text = this.#take("text");
      if (text) {
        if (text.text) found.push({ do: "text", text: text.text });
        continue;
      }
      if (this.#take("close")) continue; // a comment
      this.#expect("open");
      this.#take("space");
      const word = this.#peek("identifier")?.text;
      if (word === "end" || word === "else") {
        this.#at++;
        return { nodes: found, end: word };
      }
      const node = this.#action(word);
      if (node) found.push(node);
    }
    return { nodes: found };
  }

  #action(word?: string): Node | undefined {
    if (word === "if" || word === "with" || word === "range") {
      this.#at++;
      return this.#control(word);
    }
    if (word === "break" || word === "continue") {
      this.#at++;
      this.#close();
      return { do: word };
    }
    if (word === "template") return this.#template();
    if (word === "define" || word === "block") return this.#definition(word);
    const printed = this.#pipe();
    this.#close();
    return { do: "print", pipe: printed };
  }

  #control(word: "if" | "with" | "range"): Node {
    const condition = this.#pipe();
    this.#close();
    const body = this.#list();
    const otherwise = body.end === "else" ? this.#alternative(word) : this.#endOf(body.end, []);
    return { do: word, pipe: condition, body: body.nodes, otherwise };
  }

  /** After `else`: a further condition, which shares the `end`, or a plain list. */
  #alternative(word: "if" | "with" | "range"): Node[] {
    this.#take("space");
    if (word !== "range" && this.#take("identifier", word)) return [this.#control(word)];
    this.#close();
    const { nodes: rest, end: last } = this.#list();
    return this.#endOf(last, rest);
  }

  #endOf(word: string | undefined, found: Node[]): Node[] {
    if (word !== "end")
      throw this.#fail(word ? `unexpected {{${word}}}` : "unexpected EOF: {{end}} is missing");
    this.#close();
    return found;
  }

  #template(): Node {
    this.#at++;
    this.#take("space");
    const name = unquote(this.#expect("string").text);
    this.#take("space");
    const data = this.#peek("close") ? undefined : this.#pipe();
    this.#close();
    return { do: "template", name, pipe: data };
  }

  #definition(word: "define" | "block"): Node | undefined {
    this.#at++;
    this.#take("space");
    const name = unquote(this.#expect("string").text);
    const data = word === "block" ? this.#pipe() : undefined;
    this.#close();
    const body = this.#list();
    this.#templates.set(name, this.#endOf(body.end, body.nodes));
    return data && { do: "template", name, pipe: data };
  }

  #pipe(): Pipe {
    this.#take("space");
    const line = this.#tokens[this.#at]?.line ?? 0;
    const { variables, assign } = this.#declaration();
    const commands: Command[] = [];
    do {
      commands.push(this.#command());
      this.#take("space");
    } while (this.#take("punctuation", "|"));
    return { variables, assign, commands, line };
  }

  #declaration(): { variables: string[]; assign: boolean } {
    const start = this.#at;
    const variables: string[] = [];
    do {
      this.#take("space");
      const name = this.#take("variable");
      if (name) variables.push(name.text);
      this.#take("space");
    } while (this.#take("punctuation", ","));
    const assign = Boolean(this.#peek("punctuation", "="));
    if (variables.length && (this.#take("punctuation", ":=") || this.#take("punctuation", "=")))
      return { variables, assign };
    this.#at = start;
    return { variables: [], assign: false };
  }

  #command(): Command {
    const terms: Command = [];
    for (;;) {
      this.#take("space");
      if (
        this.#peek("close") ||
        this.#peek("punctuation", "|") ||
        this.#peek("punctuation", ")") ||
        this.#at >= this.#tokens.length
      )
        break;
      terms.push(this.#term());
    }
    if (!terms.length) throw this.#fail("missing value for command");
    return terms;
  }

  #term(): Term {
    const fields: string[] = [];
    const operand: Operand = this.#peek("field") ? { is: "dot" } : this.#operandOf(this.#tokens[this.#at]!);
    for (let field = this.#take("field"); field; field = this.#take("field"))
      fields.push(field.text.slice(1));
    return { operand, fields };
  }

  #operandOf(token: Token): Operand {
    this.#at++;
    if (token.kind === "dot") return { is: "dot" };
    if (token.kind === "variable") return { is: "variable", name: token.text };
    if (token.kind === "string") return { is: "constant", value: unquote(token.text) };
    if (token.kind === "char") return { is: "constant", value: unquote(token.text).codePointAt(0)! };
    if (token.kind === "number") return { is: "constant", value: Number(token.text.replaceAll("_", "")) };
    if (token.kind === "punctuation" && token.text === "(") {
      const inner = this.#pipe();
      this.#take("space");
      this.#expect("punctuation", ")");
      return { is: "pipe", pipe: inner };
    }
    if (token.kind !== "identifier") throw this.#fail(`unexpected ${JSON.stringify(token.text)} in operand`);
    if (token.text === "true" || token.text === "false")
      return { is: "constant", value: token.text === "true" };
    if (token.text === "nil") return { is: "nil" };
    if (!this.#functions.has(token.text))
      throw this.#fail(`function ${JSON.stringify(token.text)} not defined`);
    return { is: "function", name: token.text };
  }
}

function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith("`")) return inner;
  return inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
    (...groups) => {
      const [, x, u, U, octal, other] = groups as (string | undefined)[];
      const code = x ?? u ?? U;
      if (code) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal) return String.fromCodePoint(Number.parseInt(octal, 8));
      return ESCAPES[other!] ?? other!;
    },
  );
}

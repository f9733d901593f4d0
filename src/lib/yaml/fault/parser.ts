// The grammar of a YAML document over its tokens: nothing is made of it but the first fault.
import { Fault, type Mark, type Reader } from "./reader.ts";
import { Scanner, type Token } from "./scanner.ts";

type Kind = Token["kind"];

/** More than any file of people's; what is nested deeper is not looked through. */
const DEEPEST = 500;

export class TooDeep extends Error {
  override readonly name = "TooDeep";
}

export class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Set<string>();
  readonly #handles = new Map<string, string>();
  #depth = 0;

  constructor(reader: Reader) {
    this.#scanner = new Scanner(reader);
  }

  /** Goes through the first document. Throws Fault. */
  document(): void {
    const { kind } = this.#scanner.peek();
    if (kind === "end") return;
    this.#directives();
    if (kind !== "directive" && kind !== "document start") this.#node({ block: true });
    else {
      if (!this.#at("document start"))
        fail("did not find expected <document start>", this.#scanner.peek().mark);
      this.#scanner.next();
      if (!this.#at("directive", "document start", "document end", "end")) this.#node({ block: true });
    }
    this.#scanner.peek();
  }

  #at(...kinds: Kind[]): boolean {
    return kinds.includes(this.#scanner.peek().kind);
  }

  #takes(kind: Kind): boolean {
    const isNext = this.#at(kind);
    if (isNext) this.#scanner.next();
    return isNext;
  }

  #directives(): void {
    let hasVersion = false;
    for (let token = this.#scanner.peek(); token.kind === "directive"; token = this.#scanner.peek()) {
      const { directive, mark } = token;
      if (directive.name === "YAML") {
        if (hasVersion) fail("found duplicate %YAML directive", mark);
        if (directive.version !== "1.1") fail("found incompatible YAML document", mark);
        hasVersion = true;
      } else {
        if (this.#handles.has(directive.handle)) fail("found duplicate %TAG directive", mark);
        this.#handles.set(directive.handle, directive.prefix);
      }
      this.#scanner.next();
    }
    for (const [handle, prefix] of DEFAULT_HANDLES)
      if (!this.#handles.has(handle)) this.#handles.set(handle, prefix);
  }

  #node(where: { block: boolean; indentless?: boolean }): void {
    if (++this.#depth > DEEPEST) throw new TooDeep();
    const { kind, mark: start } = this.#scanner.peek();
    if (kind === "alias") this.#alias();
    else {
      const hasProperties = this.#properties(start);
      if (!this.#content(where) && !hasProperties)
        fail("did not find expected node content", this.#scanner.peek().mark, start);
    }
    this.#depth--;
  }

  #alias(): void {
    const token = this.#scanner.next();
    if (token.kind === "alias" && !this.#anchors.has(token.name))
      throw new Fault(`unknown anchor '${token.name}' referenced`);
  }

  /** An anchor and a tag, in any order; whether there was one of them. */
  #properties(start: Mark): boolean {
    let anchor: string | undefined;
    let tag: Extract<Token, { kind: "tag" }> | undefined;
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.kind === "anchor" && anchor === undefined) anchor = token.name;
      else if (token.kind === "tag" && !tag) tag = token;
      else break;
      this.#scanner.next();
    }
    if (tag && this.#isUnknown(tag)) fail("found undefined tag handle", tag.mark, start);
    if (anchor !== undefined) this.#anchors.add(anchor);
    return anchor !== undefined || tag !== undefined;
  }

  #isUnknown({ handle, suffix }: { handle: string; suffix: string }): boolean {
    const prefix = handle === "" ? "" : this.#handles.get(handle);
    return prefix === undefined || prefix + suffix === "";
  }

  /** Whether there was any. */
  #content({ block, indentless }: { block: boolean; indentless?: boolean }): boolean {
    const { kind } = this.#scanner.peek();
    if (indentless && kind === "block entry") this.#indentlessSequence();
    else if (kind === "scalar") this.#scanner.next();
    else if (kind === "flow sequence") this.#flowSequence();
    else if (kind === "flow mapping") this.#flowMapping();
    else if (block && kind === "block sequence") this.#blockSequence();
    else if (block && kind === "block mapping") this.#blockMapping();
    else return false;
    return true;
  }

  #blockSequence(): void {
    const { mark: start } = this.#scanner.next();
    while (this.#takes("block entry")) if (!this.#at("block entry", "block end")) this.#node({ block: true });
    if (!this.#takes("block end"))
      fail("did not find expected '-' indicator", this.#scanner.peek().mark, start);
  }

  #indentlessSequence(): void {
    while (this.#takes("block entry"))
      if (!this.#at("block entry", "key", "value", "block end")) this.#node({ block: true });
  }

  #blockMapping(): void {
    const { mark: start } = this.#scanner.next();
    const part = () => {
      if (!this.#at("key", "value", "block end")) this.#node({ block: true, indentless: true });
    };
    while (this.#takes("key")) {
      part();
      if (this.#takes("value")) part();
    }
    if (!this.#takes("block end")) fail("did not find expected key", this.#scanner.peek().mark, start);
  }

  #flowSequence(): void {
    const { mark: start } = this.#scanner.next();
    for (let first = true; !this.#at("flow sequence end"); first = false) {
      if (!first && !this.#takes("flow entry"))
        fail("did not find expected ',' or ']'", this.#scanner.peek().mark, start);
      if (this.#takes("key")) this.#pair();
      else if (!this.#at("flow sequence end")) this.#node({ block: false });
      else break;
    }
    this.#scanner.next();
  }

  /** One key and its value, without braces. */
  #pair(): void {
    if (!this.#at("value", "flow entry", "flow sequence end")) this.#node({ block: false });
    // Go's loader steps over what stands in place of the key.
    else this.#scanner.next();
    if (this.#takes("value") && !this.#at("flow entry", "flow sequence end")) this.#node({ block: false });
  }

  #flowMapping(): void {
    const { mark: start } = this.#scanner.next();
    for (let first = true; !this.#at("flow mapping end"); first = false) {
      if (!first && !this.#takes("flow entry"))
        fail("did not find expected ',' or '}'", this.#scanner.peek().mark, start);
      if (this.#takes("key")) {
        if (!this.#at("value", "flow entry", "flow mapping end")) this.#node({ block: false });
        if (this.#takes("value") && !this.#at("flow entry", "flow mapping end")) this.#node({ block: false });
      } else if (!this.#at("flow mapping end")) this.#node({ block: false });
      else break;
    }
    this.#scanner.next();
  }
}

const DEFAULT_HANDLES: ReadonlyMap<string, string> = new Map([
  ["!", "!"],
  ["!!", "tag:yaml.org,2002:"],
]);

/** A fault of the grammar is said to be on the line before. */
function fail(problem: string, { line }: Mark, context?: Mark): never {
  const at = line || (context?.line ?? 0);
  throw new Fault(at === 0 ? problem : `line ${at}: ${problem}`);
}

// A YAML text as tokens, as far ahead as Go's loader looks, so that the same fault is met first.
import { isBlankOrEnd, isBreak, type Mark, type Reader } from "./reader.ts";
import {
  anchorName,
  blockScalar,
  type Directive,
  directive,
  plainScalar,
  quotedScalar,
  tag,
} from "./scalars.ts";

type Kind =
  | ("end" | "document start" | "document end")
  | ("block sequence" | "block mapping" | "block end")
  | ("flow sequence" | "flow sequence end" | "flow mapping" | "flow mapping end")
  | ("block entry" | "flow entry" | "key" | "value" | "scalar");

export type Token = { mark: Mark } & (
  | { kind: Kind }
  | { kind: "alias" | "anchor"; name: string }
  | { kind: "tag"; handle: string; suffix: string }
  | { kind: "directive"; directive: Directive }
);

/** Something that is a key if a `:` follows on its line. */
interface SimpleKey {
  possible: boolean;
  /** Where it stands nothing but a key may. */
  required: boolean;
  /** Number of its token, from the start of the text. */
  token: number;
  mark: Mark;
}

const NO_KEY: SimpleKey = {
  possible: false,
  required: false,
  token: -1,
  mark: { index: 0, line: 0, column: 0 },
};
const LONGEST_KEY = 1024;
/** Characters that begin no plain scalar. */
const INDICATORS = "-?:,[]{}#&*!|>'\"%@`";
const FLOW_STARTS: Readonly<Record<string, Kind>> = { "[": "flow sequence", "{": "flow mapping" };
const FLOW_ENDS: Readonly<Record<string, Kind>> = { "]": "flow sequence end", "}": "flow mapping end" };

export class Scanner {
  readonly #reader: Reader;
  #tokens: Token[] = [];
  #taken = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  /** One for each flow collection that is open, and one for what is around them. */
  readonly #keys: SimpleKey[] = [NO_KEY];
  /** Where in `keys` the key of a token is, or once was: Go's loader does not look whether it still is. */
  readonly #placeOfKey = new Map<number, number>();
  #keyAllowed = true;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  peek(): Token {
    while (this.#needsMore()) this.#fetch();
    return this.#tokens[0]!;
  }

  next(): Token {
    const token = this.peek();
    this.#tokens.shift();
    this.#taken++;
    return token;
  }

  #needsMore(): boolean {
    if (this.#tokens.length === 0) return true;
    const place = this.#placeOfKey.get(this.#taken);
    const key = place === undefined ? undefined : this.#keys[place];
    return key !== undefined && this.#isValid(key);
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    const { index, line } = this.#reader;
    if (key.mark.line >= line && key.mark.index + LONGEST_KEY >= index) return true;
    if (key.required) this.#reader.fail("could not find expected ':'");
    key.possible = false;
    return false;
  }

  get #inFlow(): boolean {
    return this.#keys.length > 1;
  }

  #fetch(): void {
    const reader = this.#reader;
    reader.inside = this.#inFlow;
    this.#skipToToken();
    this.#unroll(reader.column);
    const isDocumentMark = reader.atDocumentMark();
    const char = reader.peek();
    if (char === "") this.#fetchEnd();
    else if (reader.column === 0 && char === "%") this.#fetchDirective();
    else if (isDocumentMark) this.#fetchDocumentMark();
    else if (FLOW_STARTS[char]) this.#fetchFlowStart(FLOW_STARTS[char]);
    else if (FLOW_ENDS[char]) this.#fetchFlowEnd(FLOW_ENDS[char]);
    else if (char === ",") this.#fetchFlowEntry();
    else if (char === "-" && isBlankOrEnd(reader.peek(1))) this.#fetchBlockEntry();
    else if (char === "?" && (this.#inFlow || isBlankOrEnd(reader.peek(1)))) this.#fetchKey();
    else if (char === ":" && (this.#inFlow || isBlankOrEnd(reader.peek(1)))) this.#fetchValue();
    else this.#fetchContent(char);
  }

  #fetchContent(char: string): void {
    const reader = this.#reader;
    const { mark } = reader;
    const content = (token: () => Token): void => {
      this.#saveKey();
      this.#keyAllowed = false;
      this.#tokens.push(token());
    };
    if (char === "*") content(() => ({ mark, kind: "alias", name: anchorName(reader) }));
    else if (char === "&") content(() => ({ mark, kind: "anchor", name: anchorName(reader) }));
    else if (char === "!") content(() => ({ mark, kind: "tag", ...tag(reader) }));
    else if ((char === "|" || char === ">") && !this.#inFlow) this.#fetchBlockScalar();
    else if (char === "'" || char === '"') {
      content(() => {
        reader.inside = true;
        quotedScalar(reader, char);
        return { mark, kind: "scalar" };
      });
    } else {
      if (!this.#beginsPlain(char)) reader.fail("found character that cannot start any token");
      content(() => {
        const options = { flow: this.#inFlow, indent: this.#indent + 1 };
        if (plainScalar(reader, options)) this.#keyAllowed = true;
        return { mark, kind: "scalar" };
      });
    }
  }

  #beginsPlain(char: string): boolean {
    const next = this.#reader.peek(1);
    if (!isBlankOrEnd(char) && !INDICATORS.includes(char)) return true;
    if (char === "-") return next !== " " && next !== "\t";
    return !this.#inFlow && (char === "?" || char === ":") && !isBlankOrEnd(next);
  }

  #skipToToken(): void {
    const reader = this.#reader;
    for (;;) {
      const tabs = this.#inFlow || !this.#keyAllowed;
      reader.skipWhile((char) => char === " " || (tabs && char === "\t"));
      reader.skipComment();
      if (!isBreak(reader.peek())) return;
      reader.skipBreak();
      if (!this.#inFlow) this.#keyAllowed = true;
    }
  }

  #push(kind: Kind, length: number): void {
    this.#tokens.push({ kind, mark: this.#reader.mark });
    this.#reader.skip(length);
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const { column, mark } = this.#reader;
    const token = this.#taken + this.#tokens.length;
    const required = !this.#inFlow && this.#indent === column;
    this.#dropKey();
    this.#keys[this.#keys.length - 1] = { possible: true, required, token, mark };
    this.#placeOfKey.set(token, this.#keys.length - 1);
  }

  #dropKey(): void {
    const key = this.#keys.at(-1)!;
    if (!key.possible) return;
    if (key.required) this.#reader.fail("could not find expected ':'");
    key.possible = false;
    this.#placeOfKey.delete(key.token);
  }

  /** A block that is indented more begins; its token stands before that number, or last. */
  #roll(kind: "block sequence" | "block mapping", mark: Mark, before?: number): void {
    if (this.#inFlow || this.#indent >= mark.column) return;
    this.#indents.push(this.#indent);
    this.#indent = mark.column;
    this.#reader.deepest = Math.max(this.#reader.deepest, mark.column);
    const at = before === undefined ? this.#tokens.length : before - this.#taken;
    this.#tokens.splice(at, 0, { kind, mark });
  }

  #unroll(column: number): void {
    if (this.#inFlow) return;
    for (; this.#indent > column; this.#indent = this.#indents.pop()!)
      this.#tokens.push({ kind: "block end", mark: this.#reader.mark });
  }

  #fetchEnd(): void {
    this.#reader.endLine();
    this.#leaveBlocks();
    this.#push("end", 0);
  }

  #leaveBlocks(): void {
    this.#unroll(-1);
    this.#dropKey();
    this.#keyAllowed = false;
  }

  #fetchDirective(): void {
    this.#leaveBlocks();
    const { mark } = this.#reader;
    this.#tokens.push({ kind: "directive", mark, directive: directive(this.#reader) });
  }

  #fetchDocumentMark(): void {
    this.#leaveBlocks();
    this.#push(this.#reader.peek() === "-" ? "document start" : "document end", 3);
  }

  #fetchFlowStart(kind: Kind): void {
    this.#saveKey();
    // Go's loader gives it the number of the bracket, and with an empty collection forgets that one's key.
    this.#keys.push({ ...NO_KEY, token: this.#taken + this.#tokens.length });
    this.#keyAllowed = true;
    this.#push(kind, 1);
  }

  #fetchFlowEnd(kind: Kind): void {
    this.#dropKey();
    if (this.#inFlow) this.#placeOfKey.delete(this.#keys.pop()!.token);
    this.#keyAllowed = false;
    this.#push(kind, 1);
  }

  #fetchFlowEntry(): void {
    this.#dropKey();
    this.#keyAllowed = true;
    this.#push("flow entry", 1);
  }

  #fetchBlockEntry(): void {
    if (!this.#inFlow) {
      if (!this.#keyAllowed) this.#reader.fail("block sequence entries are not allowed in this context");
      this.#roll("block sequence", this.#reader.mark);
    }
    this.#dropKey();
    this.#keyAllowed = true;
    this.#push("block entry", 1);
  }

  #fetchKey(): void {
    if (!this.#inFlow) {
      if (!this.#keyAllowed) this.#reader.fail("mapping keys are not allowed in this context");
      this.#roll("block mapping", this.#reader.mark);
    }
    this.#dropKey();
    this.#keyAllowed = !this.#inFlow;
    this.#push("key", 1);
  }

  #fetchValue(): void {
    const key = this.#keys.at(-1)!;
    if (this.#isValid(key)) {
      this.#tokens.splice(key.token - this.#taken, 0, { kind: "key", mark: key.mark });
      this.#roll("block mapping", key.mark, key.token);
      key.possible = false;
      this.#placeOfKey.delete(key.token);
      this.#keyAllowed = false;
    } else {
      if (!this.#inFlow) {
        if (!this.#keyAllowed) this.#reader.fail("mapping values are not allowed in this context");
        this.#roll("block mapping", this.#reader.mark);
      }
      this.#keyAllowed = !this.#inFlow;
    }
    this.#push("value", 1);
  }

  #fetchBlockScalar(): void {
    this.#dropKey();
    this.#keyAllowed = true;
    const { mark } = this.#reader;
    blockScalar(this.#reader, this.#indent);
    this.#tokens.push({ kind: "scalar", mark });
  }
}

// The text that is looked for faults, character by character, with Go's notion of what is a line.

/** Lines and columns from 0. */
export interface Mark {
  index: number;
  line: number;
  column: number;
}

/** What is wrong, in the words of Go's loader. */
export class Fault extends Error {
  override readonly name = "Fault";
}

export const isBreak = (char: string): boolean => /^[\n\r\x85\u2028\u2029]$/.test(char);
export const isBlank = (char: string): boolean => char === " " || char === "\t";
/** The text ends with "". */
export const isBlankOrEnd = (char: string): boolean => char === "" || isBlank(char) || isBreak(char);
export const isWord = (char: string): boolean => /^[\w-]$/.test(char);

const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Go's loader looks through so many bytes at a time for characters that it does not take at all. */
const CHUNK_BYTES = 512;

const MOST_ADDED = 4_000_000;

export class Reader {
  readonly #chars: string[];
  /** From here on nothing can be read. */
  readonly #readable: number;
  /** Where lines begin that go on with a flow collection or a quoted text. */
  readonly #continuations: number[] = [];
  /** Such a one is open. */
  inside = false;
  /** Column of the block that is indented most. */
  deepest = 0;
  #index = 0;
  #line = 0;
  #column = 0;

  constructor(text: string) {
    const whole = text.replace(/^\uFEFF/, "");
    this.#chars = [...whole];
    this.#readable = readable(whole, this.#chars);
  }

  get mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#column };
  }

  get line(): number {
    return this.#line;
  }

  get column(): number {
    return this.#column;
  }

  get index(): number {
    return this.#index;
  }

  /** The character that is `ahead` of the next one; "" after the end. */
  peek(ahead = 0): string {
    const at = this.#index + ahead;
    if (at >= this.#readable) throw new Fault("control characters are not allowed");
    return this.#chars[at] ?? "";
  }

  /** Whether the text goes on with these characters. */
  has(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    return true;
  }

  skip(count = 1): void {
    this.#index += count;
    this.#column += count;
  }

  skipBreak(): void {
    this.#index += this.peek() === "\r" && this.peek(1) === "\n" ? 2 : 1;
    this.#column = 0;
    this.#line++;
    if (this.inside) this.#continuations.push(this.#index);
  }

  skipWhile(is: (char: string) => boolean): string {
    let skipped = "";
    for (let char = this.peek(); char !== "" && is(char); char = this.peek()) {
      skipped += char;
      this.skip();
    }
    return skipped;
  }

  /** The rest of the line, if it is a comment. */
  skipComment(): void {
    if (this.peek() === "#") this.skipWhile((char) => !isBreak(char));
  }

  /** `---` or `...` at the start of a line. Wherever that may be, Go's loader looks so far ahead. */
  atDocumentMark(): boolean {
    const isAlone = isBlankOrEnd(this.peek(3));
    return isAlone && this.#column === 0 && (this.has("---") || this.has("..."));
  }

  /** The text with those lines indented more than anything is; undefined when that would be very much more text. */
  withIndentedContinuations(): string | undefined {
    const more = this.deepest + 1;
    if (more * this.#continuations.length > MOST_ADDED) return undefined;
    const starts = [0, ...this.#continuations];
    const lines = starts.map((start, i) => this.#chars.slice(start, starts[i + 1]).join(""));
    return lines.join(" ".repeat(more));
  }

  /** The end of the text counts as the end of a line. */
  endLine(): void {
    if (this.#column === 0) return;
    this.#column = 0;
    this.#line++;
  }

  /** A fault of the text itself: its line is the one that has been reached, unless that is the first. */
  fail(problem: string): never {
    throw new Fault(this.#line === 0 ? problem : `line ${this.#line + 1}: ${problem}`);
  }
}

function readable(text: string, chars: readonly string[]): number {
  const found = FORBIDDEN.exec(text);
  if (!found) return Number.POSITIVE_INFINITY;
  const bytes = Buffer.byteLength(text.slice(0, found.index));
  const before = bytes - (bytes % CHUNK_BYTES);
  let index = 0;
  for (let read = 0; read < before; index++) read += Buffer.byteLength(chars[index]!);
  return index;
}

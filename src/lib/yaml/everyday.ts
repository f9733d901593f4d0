// YAML as people mostly write it, read several times as fast as all of YAML: maps and lists by their indentation, scalars
// of one line, blocks of text, short lists in brackets and maps in braces. A text with anything else in it is left to the full reader.
import { plainScalar } from "./scalars.ts";

/** What the full reader makes of the text, or undefined for a text that only that one should read. */
export function everydayYAML(text: string): { value: unknown } | undefined {
  if (!text.endsWith("\n") || UNCOMMON.test(text)) return undefined;
  try {
    return { value: new Reader(text).document() };
  } catch (error) {
    // JavaScript's engine runs out of stack over a quoted text of millions of characters.
    if (error === unusual || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Control characters but tabs, other ends of line, halves of characters, marks of byte order. */
const UNCOMMON = /[^\t\n\x20-\x7E\xA0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFEF]/;
const DEEPEST = 30;

const unusual = new Error("not everyday YAML");
function bail(): never {
  throw unusual;
}

/** JSON has no other numbers. */
const finite = (value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? bail() : value;

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const HASH = 35;
const PLUS = 43;
const DASH = 45;
const COLON = 58;
const GREATER = 62;
const BAR = 124;

const DOUBLE_QUOTED = /"(?:[^"\\\t\n]|\\["\\/bfnrt])*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;
const PLAIN_KEY = /[\w./][\w./-]*(?=:[ \n])/y;
/** In brackets or braces. */
const PLAIN_WORD = /-{0,2}[\w./^][\w./^$()*+-]*(?= *[,\]}])/y;
/** What the text of a plain scalar may not begin with, if it is one at all. */
const INDICATOR = new Set([..."\t,[]{}#&*!|>'\"%@`?"].map((one) => one.charCodeAt(0)));

class Reader {
  readonly #text: string;
  #at = 0;
  #lineStart = 0;
  /** Of the line where the reader is; -1 at the end of the text. */
  #indent = -1;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    this.#nextLine(0);
    if (this.#indent === 0 && this.#text.startsWith("---\n", this.#at)) this.#nextLine(this.#at + 4);
    if (this.#indent < 0) bail();
    const value = this.#block();
    return this.#indent < 0 ? value : bail();
  }

  /** To the content of the first line that has some, from `start` of a line on. */
  #nextLine(start: number): void {
    const text = this.#text;
    for (let line = start; ; ) {
      let at = line;
      while (text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line = at + 1;
      else if (code === HASH) line = text.indexOf("\n", at) + 1;
      else {
        this.#at = at;
        this.#lineStart = line;
        this.#indent = at < text.length ? at - line : -1;
        return;
      }
    }
  }

  /** To the next line; only a comment may stand before that one. */
  #endLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === SPACE) at++;
    if (text.charCodeAt(at) === HASH && text.charCodeAt(at - 1) === SPACE) at = text.indexOf("\n", at);
    if (text.charCodeAt(at) !== NEWLINE) bail();
    this.#nextLine(at + 1);
  }

  /** Whether the item of a list begins here. */
  #atDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    return next === SPACE || next === NEWLINE;
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
  }

  /** The map or list that begins here. */
  #block(): unknown {
    const column = this.#at - this.#lineStart;
    return this.#atDash() ? this.#list(column) : this.#map(column, this.#key() ?? bail());
  }

  #map(column: number, firstKey: string): Record<string, unknown> {
    if (++this.#depth > DEEPEST) bail();
    const map: Record<string, unknown> = {};
    for (let key = firstKey; ; key = this.#key() ?? bail()) {
      // There already, or in every object.
      if (key in map) bail();
      map[key] = this.#value(column, true);
      if (this.#indent !== column) break;
    }
    this.#depth--;
    return this.#indent < column ? map : bail();
  }

  #list(column: number): unknown[] {
    if (++this.#depth > DEEPEST) bail();
    const list: unknown[] = [];
    do {
      this.#at++;
      list.push(this.#item(column));
    } while (this.#indent === column && this.#atDash());
    this.#depth--;
    return this.#indent <= column ? list : bail();
  }

  #item(column: number): unknown {
    this.#skipSpaces();
    const inner = this.#at - this.#lineStart;
    if (this.#atDash()) return this.#list(inner);
    const key = this.#key();
    return key === undefined ? this.#value(column, false) : this.#map(inner, key);
  }

  /** The key that stands here; reading goes on behind its colon. */
  #key(): string | undefined {
    const start = this.#at;
    const plain = this.#match(PLAIN_KEY);
    const key = plain ?? this.#quoted();
    if (key !== undefined && this.#text.charCodeAt(this.#at) === COLON) {
      const next = this.#text.charCodeAt(++this.#at);
      if (next !== SPACE && next !== NEWLINE) bail();
      if (plain !== undefined && plainScalar(plain) !== plain) bail();
      return key;
    }
    this.#at = start;
    return undefined;
  }

  /** Of a key or an item; `parent` is the column of the map or list. */
  #value(parent: number, inMap: boolean): unknown {
    this.#skipSpaces();
    const code = this.#text.charCodeAt(this.#at);
    if (code === NEWLINE || code === HASH) return this.#below(parent, inMap);
    if (code === BAR || code === GREATER) return this.#textBlock(parent);
    const value = this.#quoted() ?? this.#bracketed() ?? this.#braced();
    if (value === undefined) return this.#plain();
    this.#endLine();
    return value;
  }

  /** A value that begins on a line of its own, or is none. */
  #below(parent: number, inMap: boolean): unknown {
    this.#endLine();
    if (this.#indent > parent) return this.#block();
    return inMap && this.#indent === parent && this.#atDash() ? this.#list(parent) : null;
  }

  #plain(): unknown {
    const text = this.#text;
    const start = this.#at;
    if (INDICATOR.has(text.charCodeAt(start)) || this.#atDash()) bail();
    let at = start;
    let end = start;
    for (let code = text.charCodeAt(at); code !== NEWLINE; code = text.charCodeAt(++at)) {
      if (code === SPACE) continue;
      if (code === TAB || (code === COLON && text.charCodeAt(at + 1) <= SPACE)) bail();
      if (code === HASH && text.charCodeAt(at - 1) === SPACE) break;
      end = at + 1;
    }
    this.#at = end;
    this.#endLine();
    return finite(plainScalar(text.slice(start, end)));
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return undefined;
    const found = this.#text.slice(this.#at, pattern.lastIndex);
    this.#at = pattern.lastIndex;
    return found;
  }

  #quoted(): string | undefined {
    switch (this.#text[this.#at]) {
      case '"': {
        const found = this.#match(DOUBLE_QUOTED) ?? bail();
        return found.includes("\\") ? (JSON.parse(found) as string) : found.slice(1, -1);
      }
      case "'": {
        const found = this.#match(SINGLE_QUOTED) ?? bail();
        return found.slice(1, -1).replaceAll("''", "'");
      }
      default:
        return undefined;
    }
  }

  #bracketed(): unknown[] | undefined {
    if (this.#text[this.#at] !== "[") return undefined;
    const list: unknown[] = [];
    this.#within("]", () => void list.push(this.#word()));
    return list;
  }

  #braced(): Record<string, unknown> | undefined {
    if (this.#text[this.#at] !== "{") return undefined;
    const map: Record<string, unknown> = {};
    this.#within("}", () => {
      const key = this.#key() ?? bail();
      if (key in map) bail();
      this.#skipSpaces();
      map[key] = this.#word();
    });
    return map;
  }

  /** The parts of a list or map on one line, with a comma between two. */
  #within(close: string, part: () => void): void {
    this.#at++;
    this.#skipSpaces();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return;
    }
    for (;;) {
      part();
      this.#skipSpaces();
      const next = this.#text[this.#at++];
      if (next === close) return;
      if (next !== ",") bail();
      this.#skipSpaces();
    }
  }

  #word(): unknown {
    return this.#quoted() ?? finite(plainScalar(this.#match(PLAIN_WORD) ?? bail()));
  }

  /** Below `|` or `>`: every line that is indented as the first one. */
  #textBlock(parent: number): string {
    const text = this.#text;
    const folded = text.charCodeAt(this.#at) === GREATER;
    const chomping = text.charCodeAt(++this.#at);
    if (chomping === DASH || chomping === PLUS) this.#at++;
    if (text.charCodeAt(this.#at) !== NEWLINE) bail();
    const { lines, filled } = this.#blockLines(this.#at + 1, parent);
    // Lines that are empty or begin with a space are not folded.
    if (folded && (chomping === PLUS || lines.slice(0, filled).some((line) => !/^[^ \t]/.test(line)))) bail();
    if (chomping === PLUS) return `${lines.join("\n")}\n`;
    const content = lines.slice(0, filled).join(folded ? " " : "\n");
    return chomping === DASH ? content : `${content}\n`;
  }

  /** How many there are up to the last one that is not blank is `filled`. */
  #blockLines(first: number, parent: number): { lines: string[]; filled: number } {
    const text = this.#text;
    const indent = this.#spacesAt(first);
    if (indent <= parent || text.charCodeAt(first + indent) === NEWLINE) bail();
    const lines: string[] = [];
    let [line, filled] = [first, 0];
    while (line < text.length) {
      const spaces = this.#spacesAt(line);
      const end = text.indexOf("\n", line);
      const blank = line + spaces === end;
      // Spaces that are content.
      if (blank && spaces > indent) bail();
      if (!blank && spaces < indent) break;
      lines.push(blank ? "" : text.slice(line + indent, end));
      if (!blank) filled = lines.length;
      line = end + 1;
    }
    this.#nextLine(line);
    return this.#indent > parent ? bail() : { lines, filled };
  }

  #spacesAt(start: number): number {
    let at = start;
    while (this.#text.charCodeAt(at) === SPACE) at++;
    return at - start;
  }
}

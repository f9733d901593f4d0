// Steps over what is written out in a YAML text (scalars, names of anchors, tags, directives), or says what is wrong in it.
import { isBlank, isBlankOrEnd, isBreak, isWord, type Reader } from "./reader.ts";

const isDigit = (char: string): boolean => /^\d$/.test(char);
const isHex = (char: string): boolean => /^[0-9a-fA-F]$/.test(char);

/** The name after `&` or `*`. */
export function anchorName(reader: Reader): string {
  reader.skip();
  const name = reader.skipWhile(isWord);
  const next = reader.peek();
  if (name === "" || !(isBlankOrEnd(next) || "?:,]}%@`".includes(next)))
    reader.fail("did not find expected alphabetic or numeric character");
  return name;
}

/** Handle and suffix; the handle is "" for a tag that is written out. */
export function tag(reader: Reader): { handle: string; suffix: string } {
  const found = reader.peek(1) === "<" ? verbatimTag(reader) : shortTag(reader);
  if (!isBlankOrEnd(reader.peek())) reader.fail("did not find expected whitespace or line break");
  return found;
}

function verbatimTag(reader: Reader) {
  reader.skip(2);
  const suffix = tagAddress(reader, "");
  if (reader.peek() !== ">") reader.fail("did not find the expected '>'");
  reader.skip();
  return { handle: "", suffix };
}

function shortTag(reader: Reader) {
  const handle = tagHandle(reader, { directive: false });
  if (handle.length > 1 && handle.endsWith("!")) return { handle, suffix: tagAddress(reader, "") };
  const suffix = tagAddress(reader, handle);
  return suffix === "" ? { handle: "", suffix: "!" } : { handle: "!", suffix };
}

function tagHandle(reader: Reader, { directive }: { directive: boolean }): string {
  if (reader.peek() !== "!") reader.fail("did not find expected '!'");
  reader.skip();
  const name = `!${reader.skipWhile(isWord)}`;
  if (reader.peek() === "!") {
    reader.skip();
    return `${name}!`;
  }
  if (directive && name !== "!") reader.fail("did not find expected '!'");
  return name;
}

const isTagCharacter = (char: string): boolean => isWord(char) || ";/?:@&=+$,.!~*'()[]".includes(char);

/** `head` is what has been read of it already, with its `!`. */
function tagAddress(reader: Reader, head: string): string {
  let address = head.slice(1);
  let found = head !== "";
  for (;;) {
    const part = reader.skipWhile(isTagCharacter);
    const escaped = reader.peek() === "%" ? escapedCharacter(reader) : "";
    if (part + escaped === "") break;
    address += part + escaped;
    found = true;
  }
  if (!found) reader.fail("did not find expected tag URI");
  return address;
}

/** Go's loader takes the first octet for the number of those that follow. */
function escapedCharacter(reader: Reader): string {
  let octets = 0;
  for (let left = 1; left > 0; left--, octets++) {
    if (reader.peek() !== "%" || !isHex(reader.peek(1)) || !isHex(reader.peek(2)))
      reader.fail("did not find URI escaped octet");
    const octet = Number.parseInt(reader.peek(1) + reader.peek(2), 16);
    if (octets === 0) left = widthOf(octet) || reader.fail("found an incorrect leading UTF-8 octet");
    else if ((octet & 0xc0) !== 0x80) reader.fail("found an incorrect trailing UTF-8 octet");
    reader.skip(3);
  }
  return "%".repeat(octets);
}

function widthOf(octet: number): number {
  if (octet < 0x80) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  return (octet & 0xf8) === 0xf0 ? 4 : 0;
}

export type Directive = { name: "YAML"; version: string } | { name: "TAG"; handle: string; prefix: string };

export function directive(reader: Reader): Directive {
  reader.skip();
  const name = reader.skipWhile(isWord);
  if (name === "") reader.fail("could not find expected directive name");
  if (!isBlankOrEnd(reader.peek())) reader.fail("found unexpected non-alphabetical character");
  if (name !== "YAML" && name !== "TAG") reader.fail("found unknown directive name");
  reader.skipWhile(isBlank);
  const found = name === "YAML" ? version(reader) : tagDirective(reader);
  reader.skipWhile(isBlank);
  endOfLine(reader);
  return found;
}

function version(reader: Reader): Directive {
  const major = versionNumber(reader);
  if (reader.peek() !== ".") reader.fail("did not find expected digit or '.' character");
  reader.skip();
  return { name: "YAML", version: `${major}.${versionNumber(reader)}` };
}

function versionNumber(reader: Reader): number {
  let digits = "";
  for (; isDigit(reader.peek()); reader.skip()) {
    digits += reader.peek();
    if (digits.length > 2) reader.fail("found extremely long version number");
  }
  if (digits === "") reader.fail("did not find expected version number");
  return Number(digits);
}

function tagDirective(reader: Reader): Directive {
  const handle = tagHandle(reader, { directive: true });
  if (!isBlank(reader.peek())) reader.fail("did not find expected whitespace");
  reader.skipWhile(isBlank);
  const prefix = tagAddress(reader, "");
  if (!isBlankOrEnd(reader.peek())) reader.fail("did not find expected whitespace or line break");
  return { name: "TAG", handle, prefix };
}

function endOfLine(reader: Reader): void {
  reader.skipComment();
  const next = reader.peek();
  if (next !== "" && !isBreak(next)) reader.fail("did not find expected comment or line break");
  if (next !== "") reader.skipBreak();
}

/** After `|` or `>`; `indent` is that of the block around it. */
export function blockScalar(reader: Reader, indent: number): void {
  reader.skip();
  const increment = blockHeader(reader);
  reader.skipWhile(isBlank);
  endOfLine(reader);
  const own = blockBreaks(reader, increment > 0 ? Math.max(indent, 0) + increment : 0, indent);
  while (reader.column === own && reader.peek() !== "") {
    reader.skipWhile((char) => !isBreak(char));
    if (reader.peek() !== "") reader.skipBreak();
    blockBreaks(reader, own, indent);
  }
}

function blockHeader(reader: Reader): number {
  const sign = () => {
    if (reader.peek() === "+" || reader.peek() === "-") reader.skip();
  };
  sign();
  const digit = reader.peek();
  if (!isDigit(digit)) return 0;
  if (digit === "0") reader.fail("found an indentation indicator equal to 0");
  reader.skip();
  sign();
  return Number(digit);
}

/** Empty lines and indentation; `own` is 0 until it is known, and is known then. */
function blockBreaks(reader: Reader, own: number, outer: number): number {
  let deepest = 0;
  for (;;) {
    const isLess = () => own === 0 || reader.column < own;
    while (isLess() && reader.peek() === " ") reader.skip();
    deepest = Math.max(deepest, reader.column);
    if (isLess() && reader.peek() === "\t")
      reader.fail("found a tab character where an indentation space is expected");
    if (!isBreak(reader.peek())) break;
    reader.skipBreak();
  }
  return own === 0 ? Math.max(deepest, outer + 1, 1) : own;
}

export function quotedScalar(reader: Reader, quote: string): void {
  reader.skip();
  for (;;) {
    if (reader.atDocumentMark()) reader.fail("found unexpected document indicator");
    if (reader.peek() === "") reader.fail("found unexpected end of stream");
    while (!isBlankOrEnd(reader.peek())) {
      if (quote === "'" && reader.has("''")) reader.skip(2);
      else if (reader.peek() === quote) break;
      else if (quote === '"' && reader.peek() === "\\") {
        if (!isBreak(reader.peek(1))) skipEscape(reader);
        else {
          reader.skip();
          reader.skipBreak();
          break;
        }
      } else reader.skip();
    }
    if (reader.peek() === quote) break;
    skipBlanksAndBreaks(reader);
  }
  reader.skip();
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function skipEscape(reader: Reader): void {
  const letter = reader.peek(1);
  if (letter === "" || !"0abt\tnvfre \"'\\N_LPxuU".includes(letter))
    reader.fail("found unknown escape character");
  reader.skip(2);
  const length = HEX_DIGITS[letter] ?? 0;
  let digits = "";
  for (let i = 0; i < length; i++) digits += reader.peek(i);
  if (digits.length < length || ![...digits].every(isHex))
    reader.fail("did not find expected hexdecimal number");
  const value = Number.parseInt(digits || "0", 16);
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
    reader.fail("found invalid Unicode character escape code");
  reader.skip(length);
}

function skipBlanksAndBreaks(reader: Reader): void {
  for (;;) {
    if (isBlank(reader.peek())) reader.skip();
    else if (isBreak(reader.peek())) reader.skipBreak();
    else return;
  }
}

/** Whether it ended at the start of a line, where a key may stand. */
export function plainScalar(reader: Reader, { flow, indent }: { flow: boolean; indent: number }): boolean {
  let brokeLine = false;
  for (;;) {
    if (reader.atDocumentMark() || reader.peek() === "#") return brokeLine;
    while (!isBlankOrEnd(reader.peek()) && !endsPlain(reader, flow)) {
      brokeLine = false;
      reader.skip();
    }
    if (!isBlank(reader.peek()) && !isBreak(reader.peek())) return brokeLine;
    while (isBlank(reader.peek()) || isBreak(reader.peek())) {
      if (isBreak(reader.peek())) {
        brokeLine = true;
        reader.skipBreak();
      } else {
        if (brokeLine && reader.column < indent && reader.peek() === "\t")
          reader.fail("found a tab character that violates indentation");
        reader.skip();
      }
    }
    if (!flow && reader.column < indent) return brokeLine;
  }
}

function endsPlain(reader: Reader, flow: boolean): boolean {
  const char = reader.peek();
  return (char === ":" && isBlankOrEnd(reader.peek(1))) || (flow && ",?[]{}".includes(char));
}

// Go's text/template, first part: text and actions to tokens.

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "field"
  | "variable"
  | "identifier"
  | "string"
  | "number"
  | "char"
  | "dot"
  | "punctuation"
  | "space";

export interface Token {
  kind: TokenKind;
  text: string;
  line: number;
}

export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

const PATTERNS: [TokenKind, RegExp][] = [
  ["space", /[ \t\r\n]+/y],
  ["string", /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ["char", /'(?:[^'\\\n]|\\.)+'/y],
  [
    "number",
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y,
  ],
  ["field", /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ["variable", /\$[\p{L}\p{N}_]*/uy],
  ["identifier", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["dot", /\./y],
  ["punctuation", /:=|[|(),=]/y],
];

/** Tokens of a template; blanks inside actions are tokens too, since `.a .b` is not `.a.b`. Throws TemplateError. */
export function lex(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const push = (kind: TokenKind, text: string, length = text.length) => {
    tokens.push({ kind, text, line });
    line += source.slice(at, at + length).split("\n").length - 1;
    at += length;
  };
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    const text = source.slice(at, open < 0 ? undefined : open);
    const trimAfter = open >= 0 && /^\{\{-[ \t\r\n]/.test(source.slice(open, open + 4));
    const trimmedBefore = tokens.at(-1)?.text === "-}}";
    let kept = trimmedBefore ? text.replace(/^[ \t\r\n]+/, "") : text;
    if (trimAfter) kept = kept.replace(/[ \t\r\n]+$/, "");
    push("text", kept, text.length);
    if (open < 0) break;
    if (skipComment()) continue;
    push("open", "{{", trimAfter ? 3 : 2);
    action();
  }
  return tokens;

  function skipComment(): boolean {
    const comment = /^\{\{(?:-[ \t\r\n]+)?\/\*[\s\S]*?\*\/(?:[ \t\r\n]+-)?\}\}/.exec(source.slice(at));
    if (comment) push("close", comment[0].endsWith("-}}") ? "-}}" : "}}", comment[0].length);
    return Boolean(comment);
  }

  function action(): void {
    for (;;) {
      const close = /^(?:[ \t\r\n]+-\}\}|\}\})/.exec(source.slice(at));
      if (close) {
        push("close", close[0].endsWith("-}}") ? "-}}" : "}}", close[0].length);
        return;
      }
      const token = next();
      if (!token) {
        const what = at >= source.length ? "unclosed action" : `unexpected ${JSON.stringify(source[at])}`;
        throw new TemplateError(`line ${line}: ${what}`);
      }
      push(...token);
    }
  }

  function next(): [TokenKind, string] | undefined {
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = at;
      const match = pattern.exec(source);
      if (match) return [kind, match[0]];
    }
    return undefined;
  }
}

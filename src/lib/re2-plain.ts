// Patterns so plain that RE2 is certain to take them, told without compiling: most of a configuration's are.

const LITERAL = `[A-Za-z0-9_ /:@,="'%&~#!;<>-]`;
const ESCAPE = String.raw`\\[dDsSwW./\\+*?()|[\]{}^$-]`;
/** Ranges other than these might run backwards. */
const CLASS = String.raw`\[\^?(?:[0-9]-9|[a-z]-z|[A-Z]-Z|[A-Za-z0-9_./ ](?!-)|\\[dsw./-])+-?\]`;
const REPEAT = String.raw`(?:[*+?]\??)?`;
const TOKEN = new RegExp(
  String.raw`(?:(?<open>\((?:\?:)?)|(?<close>\)${REPEAT})|[|^$]|(?:\.|${LITERAL}|${ESCAPE}|${CLASS})${REPEAT})`,
  "y",
);
const MOST_CHARACTERS = 100_000;
/** JavaScript's engine takes quadratic time to compile some. */
const MOST_NATIVE_CHARACTERS = 2_000;
const DEEPEST = 50;

/** False says nothing: ask RE2 itself. */
export function isPlainPattern(pattern: string): boolean {
  if (pattern.length > MOST_CHARACTERS) return false;
  let depth = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const token = TOKEN.exec(pattern)?.groups;
    if (!token) return false;
    if (token["open"] !== undefined) depth++;
    if (token["close"] !== undefined) depth--;
    if (depth < 0 || depth > DEEPEST) return false;
  }
  return depth === 0;
}

/** Alternatives without repetition and groups. */
const ALTERNATIVES = /^(?:[A-Za-z0-9_ /:@,="'%&~#!;<>.|^$-]|\\[./])*$/;

/** For a pattern that JavaScript's own engine understands in the same way, and matches in linear time: most lists of branches. */
export function nativePattern(pattern: string): RegExp | undefined {
  if (pattern.length > MOST_NATIVE_CHARACTERS || !ALTERNATIVES.test(pattern)) return undefined;
  return new RegExp(
    pattern.replace(/\\?\./g, (dot) => (dot === "." ? "[^\\n]" : dot)),
    "u",
  );
}

// Kubernetes' label selectors as text (`app=x,tier in (a, b),!old`): what is wrong with one.
import { isLabelValue, isQualifiedName } from "./kube-names.ts";

const TOKEN = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y;
const SYMBOL = /^(?:==|!=|[=!(),<>])$/;

/** What Kubernetes refuses in it, or undefined. */
export function labelSelectorFault(text: string): string | undefined {
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at++) {
    const found = requirement(tokens, at);
    if (typeof found === "string") return found;
    const next = tokens[found];
    if (next === undefined) return undefined;
    if (next !== ",") return `found '${next}', expected: ',' or 'end of string'`;
    at = found;
    const after = tokens[at + 1];
    if (after !== "!" && !isWord(after)) return `found '${after ?? ""}', expected: identifier after ','`;
  }
  return undefined;
}

function tokensOf(text: string): string[] {
  const trimmed = text.trimEnd();
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) tokens.push(TOKEN.exec(trimmed)![1]!);
  return tokens;
}

const isWord = (token: string | undefined): token is string => token !== undefined && !SYMBOL.test(token);

/** Index of the token behind the requirement that begins at `at`, or what is wrong with it. */
function requirement(tokens: readonly string[], at: number): number | string {
  const negated = tokens[at] === "!";
  const start = negated ? at + 1 : at;
  const key = tokens[start];
  if (!isWord(key)) return `found '${key ?? ""}', expected: !, identifier, or 'end of string'`;
  if (!isQualifiedName(key)) return `'${key}' is no label key`;
  const operator = tokens[start + 1];
  if (negated || operator === undefined || operator === ",") return start + 1;
  if (operator === "in" || operator === "notin") return set(tokens, start + 2);
  if (!/^(?:==?|!=|[<>])$/.test(operator)) {
    return `found '${operator}', expected: in, notin, =, ==, !=, gt, lt`;
  }
  const value = tokens[start + 2];
  const none = value === undefined || value === ",";
  if (!none && !isWord(value)) return `found '${value}', expected: identifier`;
  if (/[<>]/.test(operator) && !/^[+-]?\d+$/.test(none ? "" : value)) {
    return "for 'Gt', 'Lt' operators, the value must be an integer";
  }
  if (!none && !isLabelValue(value)) return `'${value}' is no label value`;
  return none ? start + 2 : start + 3;
}

function set(tokens: readonly string[], at: number): number | string {
  if (tokens[at] !== "(") return `found '${tokens[at] ?? ""}' expected: '('`;
  let word = false;
  for (let i = at + 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token === ")") return i + 1;
    if (token !== "," && (word || !isWord(token))) return `found '${token}', expected: ',' or ')'`;
    if (token !== "," && !isLabelValue(token)) return `'${token}' is no label value`;
    word = token !== ",";
  }
  return "found '', expected: ',' or ')'";
}

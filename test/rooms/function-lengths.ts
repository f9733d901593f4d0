// Finds functions in TypeScript text by their indentation: the formatter makes that reliable, so no parser is needed.

/** `line` is where the function starts (from 1), `lines` its length with signature and closing brace. */
export function functionLengths(text: string): { line: number; lines: number }[] {
  const rows = codeRows(text);
  return rows.flatMap((row, opener) => {
    const start = row === undefined ? -1 : signatureStart(rows, opener);
    if (start < 0 || !isFunction(row!, rows[start]!)) return [];
    const end = blockEnd(rows, opener);
    return end === opener ? [] : [{ line: start + 1, lines: end - start + 1 }];
  });
}

/** Strings, regexes and comments at the end of a line: what may hold a backtick that begins no template. */
const NO_CODE =
  /"[^"]*"|'[^']*'|(?<=^\s*|[(,=:[!&|?;] ?)\/(?:\[[^\]]*\]|[^/\s*])(?:\[[^\]]*\]|[^/])*\/|\s\/\/.*$/g;

/** Lines of code; undefined for those that begin inside a template literal, blank ones and comments. */
function codeRows(text: string): (string | undefined)[] {
  let inTemplate = false;
  return text.split("\n").map((row) => {
    const comment = !inTemplate && /^\s*(?:\/\/|\/\*|\*(?:[ /]|$))/.test(row);
    const code = inTemplate || comment || row.trim() === "" ? undefined : row;
    const bare = row.replace(/\\./g, "").replace(inTemplate ? /$^/ : NO_CODE, "");
    if (!comment && bare.split("`").length % 2 === 0) inTemplate = !inTemplate;
    return code;
  });
}

const indent = (row: string): number => row.search(/\S/);

/** A signature over several lines ends in a line that closes its brackets: it began at the same indentation. */
function signatureStart(rows: (string | undefined)[], opener: number): number {
  const row = rows[opener]!;
  if (!/^\s*[)}\]]/.test(row)) return opener;
  return rows.findLastIndex(
    (other, at) => at < opener && other && indent(other) === indent(row) && !/^\s*[)}\]>]/.test(other),
  );
}

const CONTROL = /^\s*(?:\} )?(?:if|else|for|while|switch|catch|try|finally|do|case)\b/;

/** A block after parentheses (and a type) that no statement owns, or anything that an arrow opens. */
const isFunction = (opener: string, start: string): boolean =>
  !CONTROL.test(opener) &&
  !CONTROL.test(start) &&
  (/(?:\)(?:: .+)?|^\s*\}>*) \{$/.test(opener) || /=>/.test(opener));

/** The last line that belongs to what `opener` opens: deeper ones, and one that closes it. */
function blockEnd(rows: (string | undefined)[], opener: number): number {
  const depth = indent(rows[opener]!);
  const after = rows.findIndex((row, at) => at > opener && row !== undefined && indent(row) <= depth);
  if (after < 0) return rows.length - 1;
  if (/^\s*[)}\]]/.test(rows[after]!)) return after;
  return rows.findLastIndex((row, at) => at < after && row !== undefined);
}

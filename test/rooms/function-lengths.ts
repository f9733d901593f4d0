// Finds functions in TypeScript text by their indentation: the formatter makes that reliable, so no parser is needed.

const STARTS =
  /^(\s*)(?:export\s+)?(?:async\s+)?(?:function\b|(?:static\s+|override\s+|private\s+)*(?:async\s+)?\*?[\w#$]+\([^;]*\{$|(?:const|let)\s+[\w$]+[^=]*=\s*(?:async\s*)?(?:\([^;]*|[\w$]+)(?:=>\s*\{)$)/;

/** `line` is where the function starts (from 1), `lines` its length with signature and closing brace. */
export function functionLengths(text: string): { line: number; lines: number }[] {
  const rows = text.split("\n");
  const found: { line: number; lines: number }[] = [];
  for (const [index, row] of rows.entries()) {
    const start = STARTS.exec(row);
    if (!start || /^\s*(?:if|for|while|switch|catch|return)\b/.test(row)) continue;
    const closing = new RegExp(`^${start[1]}\\}`);
    for (let end = index + 1; end < rows.length; end++) {
      if (!closing.test(rows[end]!) || /^\s*\}\):?|^\s*\}: /.test(rows[end]!)) continue;
      found.push({ line: index + 1, lines: end - index + 1 });
      break;
    }
  }
  return found;
}

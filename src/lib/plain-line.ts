// What a terminal would show of one line: escape sequences do nothing, `\r` begins the line anew.

const LONGEST_LINE = 10_000;

export function plainLine(line: string): string {
  const text = line
    .slice(0, LONGEST_LINE)
    .replace(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, "");
  // Counted, since looking for `\r+$` takes quadratic time over a log that is made for it.
  let end = text.length;
  while (text[end - 1] === "\r") end--;
  const shown = text.slice(0, end);
  return shown.slice(shown.lastIndexOf("\r") + 1).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

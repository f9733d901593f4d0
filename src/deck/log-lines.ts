// A log as lines of HTML: text escaped, terminal codes dropped, overwritten parts gone, lines that look like errors marked.
import { html } from "hono/html";
import type { Html } from "./layout.ts";

/** As Prow's build log lens marks them. */
const ERROR_LINE = /timed out|ERROR:|(?:FAIL|Failure \[)\b|panic\b|^E\d{4} \d\d:\d\d:\d\d\.\d\d\d]/;
const LONGEST_LINE = 10_000;

/** What a terminal would show of one line: escape sequences do nothing, `\r` begins the line anew. */
export function plainLine(line: string): string {
  const text = line
    .slice(0, LONGEST_LINE)
    .replace(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, "")
    .replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1).replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

export const isErrorLine = (line: string): boolean => ERROR_LINE.test(line);

/** Lines numbered from `first`; each can be linked to as `#L<number>`. */
export function logLines(lines: string[], first = 1): Html[] {
  return lines.map((raw, index) => {
    const number = first + index;
    const text = plainLine(raw);
    return html`<li id="L${number}" ${isErrorLine(text) ? html`class="error"` : ""}><a href="#L${number}" aria-label="Line ${number}">${number}</a><code>${text}</code></li>`;
  });
}

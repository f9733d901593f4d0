// A log as lines of HTML: text escaped, terminal codes dropped, overwritten parts gone, lines that look like errors marked.
import { html } from "hono/html";
import { plainLine } from "../lib/plain-line.ts";
import type { Html } from "./layout.ts";

/** As Prow's build log lens marks them. */
const ERROR_LINE = /timed out|ERROR:|(?:FAIL|Failure \[)\b|panic\b|^E\d{4} \d\d:\d\d:\d\d\.\d\d\d]/;
export const isErrorLine = (line: string): boolean => ERROR_LINE.test(line);

/** Lines numbered from `first`; each can be linked to as `#L<number>`. */
export function logLines(lines: string[], first = 1): Html[] {
  return lines.map((raw, index) => {
    const number = first + index;
    const text = plainLine(raw);
    return html`<li id="L${number}" ${isErrorLine(text) ? html`class="error"` : ""}><a href="#L${number}" aria-label="Line ${number}">${number}</a><code>${text}</code></li>`;
  });
}

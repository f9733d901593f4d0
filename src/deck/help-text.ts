// Texts of plugin help carry a little HTML, by Prow's habit: line breaks and links are kept, everything else is text.
import { html } from "hono/html";
import { link } from "./format.ts";
import type { Html } from "./layout.ts";

const MARKUP = /<br ?\/?>|<a href="([^"]*)">(.*?)<\/a>/g;

export function helpText(text: string): Html {
  const parts: (Html | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKUP)) {
    parts.push(text.slice(from, match.index));
    parts.push(match[1] === undefined ? html`<br>` : link(match[1], match[2] ?? ""));
    from = match.index + match[0].length;
  }
  return html`${[...parts, text.slice(from)]}`;
}

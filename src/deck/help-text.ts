// Texts of plugin help carry a little HTML, by Prow's habit: line breaks, lists and links are kept, everything else is text.
import { html } from "hono/html";
import { link } from "./format.ts";
import type { Html } from "./layout.ts";

const MARKUP = /<br ?\/?>|<a href="([^"]*)">(.*?)<\/a>|<ul>(.*?)<\/ul>/gs;

export function helpText(text: string): Html {
  const parts: (Html | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKUP)) {
    const [whole, address, name = "", items] = match;
    parts.push(text.slice(from, match.index));
    if (items !== undefined) parts.push(list(items));
    else parts.push(address === undefined ? html`<br>` : link(address, name));
    from = match.index + whole.length;
  }
  return html`${[...parts, text.slice(from)]}`;
}

const list = (items: string): Html =>
  html`<ul>${items
    .split(/<\/?li>/)
    .filter((item) => item.trim() !== "")
    .map((item) => html`<li>${helpText(item.trim())}</li>`)}</ul>`;

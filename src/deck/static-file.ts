// Deck's own styles, script and icon, read once.
import { readFileSync } from "node:fs";

const TYPES: Record<string, string> = {
  "deck.css": "text/css; charset=utf-8",
  "deck.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

const contents = new Map<string, string>();

/** undefined for a name that is not one of ours. */
export function staticFile(name: string): Response | undefined {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (!type) return undefined;
  const text = contents.get(name) ?? readFileSync(new URL(`static/${name}`, import.meta.url), "utf8");
  contents.set(name, text);
  return new Response(text, { headers: { "content-type": type, "cache-control": "max-age=300" } });
}

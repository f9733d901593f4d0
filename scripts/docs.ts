// Writes the generated parts of the docs; with --check it only says whether they are stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { roomTable } from "../test/rooms/markdown.ts";
import { pluginPages } from "./plugin-pages.ts";

const docs = join(import.meta.dirname, "..", "docs");

function read(file: string): string | undefined {
  try {
    return readFileSync(join(docs, file), "utf8");
  } catch {
    return undefined;
  }
}

/** Text by file name, of every file that is generated or has a generated part. */
function docFiles(): Record<string, string> {
  const architecture = (read("architecture.md") ?? "").replace(
    /(<!-- rooms[^>]*-->\n)[\s\S]*?(<!-- \/rooms -->)/,
    (_all, open: string, close: string) => `${open}${roomTable()}${close}`,
  );
  return { "architecture.md": architecture, ...pluginPages() };
}

/** Pages of plugins that are no more. */
const orphans = (files: Record<string, string>): string[] =>
  (read("plugins.md") === undefined ? [] : readdirSync(join(docs, "plugins")))
    .map((name) => `plugins/${name}`)
    .filter((file) => !(file in files));

/** Names of the files that are not as they would be written. */
export function staleDocs(): string[] {
  const files = docFiles();
  return [
    ...Object.entries(files).flatMap(([file, text]) => (read(file) === text ? [] : [file])),
    ...orphans(files),
  ];
}

if (import.meta.main) {
  const stale = staleDocs();
  if (process.argv.includes("--check")) {
    for (const file of stale) console.error(`docs/${file} is stale: run npm run docs`);
    if (stale.length) process.exitCode = 1;
  } else {
    const files = docFiles();
    mkdirSync(join(docs, "plugins"), { recursive: true });
    for (const file of orphans(files)) rmSync(join(docs, file));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(docs, file), text);
  }
}

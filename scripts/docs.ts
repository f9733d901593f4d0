// Writes the generated parts of the docs; with --check it only says whether they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { roomTable } from "../test/rooms/markdown.ts";

const file = join(import.meta.dirname, "..", "docs", "architecture.md");
const before = readFileSync(file, "utf8");
const after = before.replace(
  /(<!-- rooms[^>]*-->\n)[\s\S]*?(<!-- \/rooms -->)/,
  (_all, open: string, close: string) => `${open}${roomTable()}${close}`,
);

if (process.argv.includes("--check")) {
  if (before !== after) {
    console.error("docs/architecture.md is stale: run npm run docs");
    process.exitCode = 1;
  }
} else writeFileSync(file, after);

// Puts the library into one file for a browser, under $ARTIFACTS (or dist/).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const target = process.env.ARTIFACTS ?? "dist";
const parts = ["speed", "beaufort"].map((name) => readFileSync(`src/${name}.js`, "utf8").trim());
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "knots.js"), `${parts.join("\n\n")}\n`);
console.log(`knots.js: ${parts.join("").length} characters`);

// Everything a contributor needs before a commit: types, lint and format, tests.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const STEPS = [
  ["types", "node_modules/typescript/bin/tsc", "--noEmit"],
  ["lint and format", "node_modules/@biomejs/biome/bin/biome", "check", "."],
  ["tests", "node_modules/vitest/vitest.mjs", "run", "--project", "fast"],
] as const;

for (const [name, script, ...args] of STEPS) {
  console.log(`• ${name}`);
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(`✗ ${name}${name.startsWith("lint") ? " (npm run format mends most of it)" : ""}`);
    process.exit(1);
  }
}
console.log("✓ all is well");

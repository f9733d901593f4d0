// The house linter: syntax, stray debugging, trailing space, long lines, unused imports.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const files = ["src", "test", "tools"].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".js"))
    .map((name) => `${directory}/${name}`),
);
const faults = [];

for (const file of files) {
  try {
    execFileSync(process.execPath, ["--check", file], { stdio: "pipe" });
  } catch (error) {
    faults.push(`${file}: ${error.stderr.toString().split("\n")[4] ?? "does not parse"}`);
  }
  const text = readFileSync(file, "utf8");
  for (const [index, line] of text.split("\n").entries()) {
    const at = `${file}:${index + 1}`;
    if (/\s$/.test(line)) faults.push(`${at}: trailing space`);
    if (line.length > 110) faults.push(`${at}: longer than 110 characters`);
    if (file.startsWith("src/") && /\bconsole\.log\(/.test(line))
      faults.push(`${at}: console.log left behind`);
  }
  for (const [, names] of text.matchAll(/^import \{([^}]+)\}/gm)) {
    for (const name of names.split(",").map((part) =>
      part
        .trim()
        .split(/\s+as\s+/)
        .at(-1),
    )) {
      if (text.match(new RegExp(`\\b${name}\\b`, "g")).length < 2)
        faults.push(`${file}: ${name} is imported but not used`);
    }
  }
}

for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;

// npm run new plugin NAME: what it makes is right as it is, in a copy of this house.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "cutwater-new-"));
  const settings = ["package.json", "tsconfig.json", "biome.json", "vitest.config.ts", ".gitignore"];
  for (const name of ["src", "scripts", "test", ...settings])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true }));

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: copy, encoding: "utf8" });
  return { status, said: stdout + stderr };
}
const make = (...argv: string[]) => run("scripts/new.ts", ...argv);
const names = ["all-hands-on-the-foredeck", "ahoy", "zulu"];

describe("npm run new plugin", () => {
  it.each(names)("makes %s", (name) => {
    expect(make("plugin", name)).toMatchObject({
      status: 0,
      said: expect.stringContaining(`${name}.test.ts`),
    });
  });

  it("makes what lint, format and types have nothing against", () => {
    const files = names.flatMap((name) => [`src/plugins/${name}.ts`, `test/plugins/${name}.test.ts`]);
    for (const file of ["src/plugins/index.ts", ...files]) {
      const input = readFileSync(join(copy, file), "utf8");
      const biome = [
        "node_modules/@biomejs/biome/bin/biome",
        "check",
        "--write",
        `--stdin-file-path=${file}`,
      ];
      const { status, stdout } = spawnSync(process.execPath, biome, { cwd: root, encoding: "utf8", input });
      expect([file, status, stdout]).toEqual([file, 0, input]);
    }
    const include = ["src/plugins/index.ts", ...files];
    writeFileSync(join(copy, "made.json"), JSON.stringify({ extends: "./tsconfig.json", include }));
    expect(run("node_modules/typescript/bin/tsc", "-p", "made.json")).toEqual({ status: 0, said: "" });
  });

  it("makes tests that pass", () => {
    const files = names.map((name) => `test/plugins/${name}.test.ts`);
    const { status, said } = run("node_modules/vitest/vitest.mjs", "run", "--project", "fast", ...files);
    expect(said).toContain("15 passed");
    expect(status).toBe(0);
  });

  it.each([
    [["plugin", "ahoy"], "src/plugins/ahoy.ts is there already"],
    [["plugin", "Hold Fast"], "is no name for a plugin"],
    [["plugin", "../x"], "is no name for a plugin"],
    [["plugin"], "npm run new plugin NAME"],
    [["command", "x"], "npm run new plugin NAME"],
  ])("refuses %j and writes nothing", (argv, words) => {
    const before = readFileSync(join(copy, "src/plugins/index.ts"), "utf8");
    const { status, said } = make(...argv);
    expect(status).not.toBe(0);
    expect(said).toContain(words);
    expect(readFileSync(join(copy, "src/plugins/index.ts"), "utf8")).toBe(before);
    expect(existsSync(join(copy, "src/x.ts"))).toBe(false);
  });
});

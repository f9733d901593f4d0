// The examples of docs/tools.md are what the tools print.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkconfig } from "../../src/cmd/checkconfig.ts";
import type { Command } from "../../src/cmd/command.ts";
import { mkpj } from "../../src/cmd/mkpj.ts";
import { owners } from "../../src/cmd/owners.ts";
import { play } from "../../src/cmd/play.ts";
import { render } from "../../src/cmd/render.ts";
import { whyRunCommand } from "../../src/cmd/why-run.ts";
import { run } from "./tool-run.ts";

const root = join(import.meta.dirname, "../..");
const tools: Record<string, Command> = { checkconfig, mkpj, owners, play, render, "why-run": whyRunCommand };
const examples = [
  ...readFileSync(join(root, "docs/tools.md"), "utf8").matchAll(
    /```console\n\$ cutwater (\S+) (.*)\n([\s\S]*?)\n```/g,
  ),
].map(([, name = "", argv = "", shown = ""]) => ({ name, argv, shown }));

const before = process.cwd();
beforeAll(() => process.chdir(join(root, "test/fixtures/tools")));
afterAll(() => process.chdir(before));

test("every tool has one", () => {
  expect(new Set(examples.map(({ name }) => name))).toEqual(new Set(Object.keys(tools)));
});

test.each(examples)("$name $argv", async ({ name, argv, shown }) => {
  const { out, err } = await run(tools[name]!, argv.split(" "));
  const printed = err + out;
  if (!shown.includes("…\n") && !shown.endsWith("\n…")) expect(printed).toBe(`${shown}\n`);
  let from = 0;
  // What is left out of an example is marked by a line with an ellipsis.
  for (const part of shown.split(/^…$/m)) {
    const at = printed.indexOf(part.trim(), from);
    expect(at, part).toBeGreaterThanOrEqual(0);
    from = at + part.trim().length;
  }
});

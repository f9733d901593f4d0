// Prints whether each recorded configuration loads, one JSON record a line, for comparison with Prow's verdicts:
//   node scripts/parity-verdicts.ts CASES.json > actual.jsonl; node ../shared/oracle/compare.mjs CASES.json actual.jsonl
import { readFileSync, writeSync } from "node:fs";
import { loadConfig } from "../src/config/load.ts";
import { problemText } from "../src/config/source.ts";
import { pluginSections } from "../src/plugins/index.ts";
import { fail } from "./parity-config.ts";

interface Case {
  name: string;
  config: string;
  jobs: Record<string, string>;
  plugins: string | null;
}

function verdictOf({ config, jobs, plugins }: Case): { verdict: "ok" | "error"; error: string } {
  const { problems } = loadConfig(
    {
      config: { path: "config.yaml", text: config },
      jobs: Object.entries(jobs).map(([file, text]) => ({ path: `jobs/${file}`, text })),
      ...(plugins !== null && { plugins: { path: "plugins.yaml", text: plugins } }),
    },
    pluginSections,
  );
  const errors = problems.filter(({ level }) => level === "error");
  return { verdict: errors.length ? "error" : "ok", error: errors.map(problemText).join("\n") };
}

function readCases(path: string | undefined): Case[] {
  if (!path) return fail("usage: parity:verdicts -- CASES.json");
  try {
    const cases: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(cases) ? cases : fail(`${path}: expected a list of cases`);
  } catch (error) {
    return fail(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

for (const one of readCases(process.argv[2])) {
  writeSync(1, `${JSON.stringify({ path: one.name, ...verdictOf(one) })}\n`);
}

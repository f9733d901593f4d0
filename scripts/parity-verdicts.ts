// Prints whether each recorded configuration loads, one JSON record a line, for comparison with Prow's verdicts:
//   node scripts/parity-verdicts.ts CASES.json > actual.jsonl; node ../shared/oracle/compare.mjs CASES.json actual.jsonl
import { readFileSync } from "node:fs";
import { loadConfig } from "../src/config/load.ts";
import type { Section } from "../src/config/plugins-config.ts";
import { problemText } from "../src/config/source.ts";

interface Case {
  name: string;
  config: string;
  jobs: Record<string, string>;
  plugins: string | null;
}

/** Prints the verdicts; `sections` are those of the plugins, without which their own faults go unseen. */
export function printVerdicts(path: string, sections: readonly Section<unknown>[]): void {
  for (const { name, config, jobs, plugins } of JSON.parse(readFileSync(path, "utf8")) as Case[]) {
    const loaded = loadConfig(
      {
        config: { path: "config.yaml", text: config },
        jobs: Object.entries(jobs).map(([file, text]) => ({ path: `jobs/${file}`, text })),
        ...(plugins !== null && { plugins: { path: "plugins.yaml", text: plugins } }),
      },
      sections,
    );
    const errors = loaded.problems.filter(({ level }) => level === "error");
    const verdict = errors.length ? "error" : "ok";
    process.stdout.write(
      `${JSON.stringify({ path: name, verdict, error: errors.map(problemText).join("\n") })}\n`,
    );
  }
}

const path = process.argv[2];
if (path) printVerdicts(path, []);

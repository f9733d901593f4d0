// Prints what a configuration's jobs come to, one JSON record a line, for comparison with recorded outcomes of Prow:
//   node scripts/parity-jobs.ts --config-path C --job-config-path J > actual.jsonl
//   node ../shared/oracle/compare.mjs EXPECTED actual.jsonl
import { writeSync } from "node:fs";
import { jobRecords } from "./job-records.ts";
import { configFlags, flagsOf, loadTimed, printErrors } from "./parity-config.ts";

const flags = flagsOf(configFlags, "config-path");
const loaded = loadTimed(
  { configPath: flags["config-path"], jobConfigPath: flags["job-config-path"] || undefined },
  [],
);
if (!loaded.config) printErrors(loaded);
for (const record of jobRecords(loaded.config)) writeSync(1, `${JSON.stringify(record)}\n`);

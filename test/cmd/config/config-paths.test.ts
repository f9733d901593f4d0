// Prow's flags for supplemental directories, from the command line to the configuration in force.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configPaths } from "../../../src/cmd/config/config-paths.ts";
import { configFlags, pluginFlags } from "../../../src/cmd/wiring/flag-groups.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { readConfigFiles } from "../../../src/config/read-files.ts";
import { parseFlags } from "../../../src/lib/flags.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cutwater-paths-"));
  mkdirSync(join(directory, "more"));
  write("config.yaml", "tide: {queries: [{repos: [org/a]}]}");
  write("plugins.yaml", "plugins: {org/a: {plugins: [lgtm]}}");
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = (name: string) => join(directory, name);
const write = (name: string, text: string) => writeFileSync(path(name), text);

function loaded(argv: string[]) {
  const named = [`--config-path=${path("config.yaml")}`, `--plugin-config=${path("plugins.yaml")}`, ...argv];
  const { values } = parseFlags({ ...configFlags, ...pluginFlags }, named);
  return loadConfig(readConfigFiles(configPaths(values, values)), []);
}

test("supplemental directories of both kinds are read", () => {
  write("more/b_prowconfig.yaml", "tide: {queries: [{repos: [org/b]}]}");
  write("more/b_pluginconfig.yaml", "plugins: {org/b: {plugins: [hold]}}");
  const more = path("more");
  const { config, plugins } = loaded([
    `--supplemental-prow-config-dir=${more}`,
    `--supplemental-plugin-config-dir=${more}`,
  ]);
  expect(config?.tide.queries.flatMap(({ repos = [] }) => repos)).toEqual(["org/a", "org/b"]);
  expect(plugins?.repos()).toEqual(["org/a", "org/b"]);
});

test.each(["supplemental-prow-configs-filename", "supplemental-prow-configs-filename-suffix"])(
  "--%s says which files count",
  (flag) => {
    write("more/_prowconfig.yaml", "tide: {queries: [{repos: [org/b]}]}");
    write("more/c.part.yaml", "tide: {queries: [{repos: [org/c]}]}");
    const { config } = loaded([`--supplemental-prow-config-dir=${path("more")}`, `--${flag}=.part.yaml`]);
    expect(config?.tide.queries.flatMap(({ repos = [] }) => repos)).toEqual(["org/a", "org/c"]);
  },
);

// The JSON Schemas for editors: up to date, and true of real deployments' files.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { schemaFiles, staleSchemas } from "../../scripts/schema.ts";
import { readConfigFiles } from "../../src/config/read-files.ts";
import type { SourceFile } from "../../src/config/source.ts";
import { isRecord } from "../../src/lib/schema.ts";
import { loadYAML } from "../../src/lib/yaml/load.ts";

test("config/schema is not stale (npm run schema)", () => {
  expect(staleSchemas()).toEqual([]);
});

// Go makes strings of scalars, and takes null for nothing.
const ajv = new Ajv2020({ coerceTypes: true, allowUnionTypes: true, allErrors: true });
const schemas = Object.fromEntries(
  Object.entries(schemaFiles()).map(([file, text]) => [file, ajv.compile(JSON.parse(text))]),
);

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

function faults(name: string, { path, text }: SourceFile): string[] {
  const validate = schemas[name]!;
  if (validate(withoutNulls(loadYAML(text) ?? {}))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${path}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

test.each([
  ["config.json", "tide: {sync_perid: 1m}", "must NOT have additional properties"],
  ["config.json", "tide: {sync_period: 1 minute}", "must match pattern"],
  [
    "config.json",
    "tide: {github_merge_blocks_policy: {'*': never}}",
    "must be equal to one of the allowed values",
  ],
  ["jobs.json", "presubmits: {o/r: [{always_run: true}]}", "must have required property 'name'"],
  ["jobs.json", "presubmits: {o/r: {name: a}}", "must be array"],
  ["jobs.json", "periodics: [{name: a, spec: {containers: [{imge: x}]}}]", "must NOT have additional"],
  ["plugins.json", "plugins: {o: {plugin: [lgtm]}}", "must NOT have additional properties"],
  ["plugins.json", "lgtm: [{review_acts_as_lgtm: [x]}]", "must be boolean"],
  ["prow-yaml.json", "periodics: []", "must NOT have additional properties"],
])("%s refuses %s", (name, text, message) => {
  expect(faults(name, { path: "", text }).join("\n")).toContain(message);
});

const root = join(import.meta.dirname, "../..");
test.each([
  ["config.json", "config/config.yaml"],
  ["plugins.json", "config/plugins.yaml"],
  ["jobs.json", "config/jobs/harbour/knots.yaml"],
])("%s is true of our %s, which names it", (name, path) => {
  const text = readFileSync(join(root, path), "utf8");
  expect(faults(name, { path, text })).toEqual([]);
  const [, named = ""] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
  expect(join(path, "..", named)).toBe(`config/schema/${name}`);
});

const corpus = join(root, "../shared/corpus");
describe.skipIf(!existsSync(corpus))("real deployments (needs ../shared/corpus)", () => {
  test.each([
    ["oss", []],
    // Written in upper case by mistake; Go takes it all the same.
    ["kubernetes", ["NAME"]],
  ])("%s", (deployment, mistakes) => {
    const directory = join(corpus, deployment);
    const { config, jobs, plugins } = readConfigFiles({
      configPath: join(directory, "config.yaml"),
      jobConfigPath: join(directory, "jobs"),
      pluginConfigPath: join(directory, "plugins.yaml"),
    });
    const all = [
      ...faults("config.json", config),
      ...jobs.flatMap((file) => faults("jobs.json", file)),
      ...faults("plugins.json", plugins!),
    ];
    expect(all.filter((fault) => !mistakes.some((name) => fault.includes(`"${name}"`)))).toEqual([]);
  });
});

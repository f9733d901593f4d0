// .prow.yaml and .prow/ beside the central configuration.
import { expect, test } from "vitest";
import { parseInRepoConfig } from "../../src/config/in-repo-config.ts";
import { problemText } from "../../src/config/source.ts";
import { DECORATED, load } from "./files.ts";

const SPEC = "spec: {containers: [{image: i, command: [run]}]}";

function parse(files: Record<string, string>, more = "") {
  const { config, problems } = load({ config: `${DECORATED}${more}` });
  if (!config) throw new Error(problems.map(problemText).join("\n"));
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  const result = parseInRepoConfig(sources, "acme/lib", config);
  return { ...result, told: result.problems.map(problemText) };
}

test("jobs of all files, decorated and defaulted by the central configuration", () => {
  const { presubmits, postsubmits, told } = parse({
    ".prow/a.yaml": `presubmits:\n- {name: one, decorate: true, ${SPEC}}\n`,
    ".prow/b.yaml": `prow_ignored: {any: thing}\npresubmits:\n- {name: two, ${SPEC}}\npostsubmits:\n- {name: after, ${SPEC}}\n`,
  });
  expect(told).toEqual([]);
  expect(presubmits.map(({ name }) => name)).toEqual(["one", "two"]);
  expect(presubmits[0]).toMatchObject({
    namespace: "test-pods",
    trigger: "(?m)^/test( | .* )one,?($|\\s.*)",
    decoration_config: { timeout: "2h0m0s" },
  });
  expect(postsubmits).toMatchObject([{ name: "after", context: "after", cluster: "default" }]);
});

test("its presets apply to its own jobs, the central ones too", () => {
  const central = "presets:\n- labels: {net: 'yes'}\n  env: [{name: PROXY, value: p}]\n";
  const { presubmits } = parse(
    {
      ".prow.yaml": `presets:\n- labels: {go: 'yes'}\n  env: [{name: GOFLAGS, value: x}]\npresubmits:\n- {name: one, labels: {go: 'yes', net: 'yes'}, ${SPEC}}\n`,
    },
    central,
  );
  const env = presubmits[0]?.spec?.containers?.[0]?.env?.map(({ name }) => name);
  expect(env).toEqual(["PROXY", "GOFLAGS"]);
});

test("a file of another is named by the fault, and what Prow does not know is a warning", () => {
  const { told } = parse({
    ".prow/a.yaml": `presubmits:\n- {name: one, ${SPEC}}\n`,
    ".prow/b.yaml": `presubmits:\n- {name: one, ${SPEC}}\nperiodics: []\n`,
  });
  expect(told).toHaveLength(2);
  expect(told[0]).toMatch(/^\.prow\/b\.yaml:2:\d+: error: duplicated presubmit jobs/);
  expect(told[1]).toMatch(/^\.prow\/b\.yaml:3:1: warning: .*periodics/);
});

test("an empty repository has no jobs and no problems", () => {
  expect(parse({})).toMatchObject({ presubmits: [], postsubmits: [], problems: [] });
  expect(parse({ ".prow.yaml": "" })).toMatchObject({ presubmits: [], postsubmits: [], problems: [] });
});

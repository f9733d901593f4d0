import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pluginsSchema } from "../../src/config/plugins-file.ts";
import type { Schema } from "../../src/lib/schema.ts";
import { loadYAML } from "../../src/lib/yaml/load.ts";
import { declarations, knownPlugins, pluginSections, plugins, unhandledIn } from "../../src/plugins/index.ts";
import { told } from "../../src/plugins/plugin.ts";
import { EVERY_SECTION, pluginsOf, readText } from "./plugins-yaml.ts";

const nothing = pluginsOf("");
const everything = pluginsOf(EVERY_SECTION);
const HANDLED = [
  "approve",
  "assign",
  "blockade",
  "blunderbuss",
  "branchcleaner",
  "cat",
  "cherry-pick-approved",
  "cherry-pick-unapproved",
  "cla",
  "config-updater",
  "dco",
  "dog",
  "goose",
  "heart",
  "help",
  "hold",
  "invalidcommitmsg",
  "issue-management",
  "label",
  "lgtm",
  "lifecycle",
  "merge-method-comment",
  "mergecommitblocker",
  "milestone",
  "milestoneapplier",
  "milestonestatus",
  "override",
  "owners-label",
  "pony",
  "release-note",
  "require-matching-label",
  "retitle",
  "reward-owners",
  "shrug",
  "sigmention",
  "size",
  "skip",
  "stage",
  "testfreeze",
  "trick-or-treat",
  "trigger",
  "verify-owners",
  "welcome",
  "wip",
  "yuks",
];

/** Plugins and fields of plugins.yaml that Prow does not have. */
const OURS = {
  plugins: [] as string[],
  fields: ["external_plugins.*[].probot", "triggers[].ok_to_test", "external_plugins.*[].env[]"],
};

/** Follows `a.*.b[]` through a schema. */
function fieldAt(schema: Schema<unknown> | undefined, path: string): Schema<unknown> | undefined {
  const steps = path.replaceAll("[]", ".[]").split(".");
  return steps.reduce<Schema<unknown> | undefined>(
    (at, step) => (step === "*" || step === "[]" ? at?.element : at?.fields?.[step]),
    schema,
  );
}

describe("the plugins", () => {
  it("are all of Prow's, once each", () => {
    const names = declarations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(knownPlugins.filter((name) => !OURS.plugins.includes(name))).toHaveLength(53);
    expect(declarations.filter(({ external }) => external).map(({ name }) => name)).toEqual([
      "cherrypicker",
      "needs-rebase",
      "refresh",
    ]);
    expect(plugins.map(({ name }) => name)).toEqual(HANDLED);
  });

  it.each(declarations.map((plugin) => [plugin.name, plugin] as const))(
    "%s says what it does, and what it is told",
    (_name, plugin) => {
      expect(plugin.on.length).toBeGreaterThan(0);
      for (const config of [nothing, everything]) {
        expect(told(plugin.description, config)).not.toBe("");
        for (const command of told(plugin.commands, config)) {
          expect(command).toMatchObject({
            usage: expect.stringMatching(/^\//),
            description: expect.stringMatching(/./),
            whoCanUse: expect.stringMatching(/./),
          });
          expect(command.examples.length).toBeGreaterThan(0);
        }
        const texts = [
          plugin.explainAll?.(config, ["org/repo"]),
          plugin.explain?.(config, { org: "org", repo: "repo" }),
        ];
        for (const text of texts) expect(text ?? "").not.toMatch(/undefined|\[object/);
      }
    },
  );

  it("tells which are enabled without a handler", () => {
    expect(
      unhandledIn(pluginsOf("plugins: {o: {plugins: [size, bugzilla]}, o/r: {plugins: [hold]}}")),
    ).toEqual([{ scope: "o", plugins: ["bugzilla"] }]);
  });
});

describe("their sections", () => {
  it("take an example of each without a word", () => {
    expect(readText(EVERY_SECTION).problems).toEqual([]);
    const keys = Object.keys(loadYAML(EVERY_SECTION) as object);
    expect(keys.sort()).toEqual(Object.keys(pluginsSchema(pluginSections).fields).sort());
  });

  const fields = readFileSync(new URL("prow-fields.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");

  it("have every field of Prow's", () => {
    const missing = fields.filter((path) => !fieldAt(pluginsSchema(pluginSections), path));
    expect(missing).toEqual([]);
  });

  it("have no field that Prow does not have, but for ours", () => {
    const known = new Set(fields);
    const extra: string[] = [];
    const walk = (schema: Schema<unknown>, path: string): void => {
      if (schema.fields) {
        for (const [key, field] of Object.entries(schema.fields)) walk(field, path ? `${path}.${key}` : key);
      } else if (schema.element) walk(schema.element, path + (schema.kind === "map" ? ".*" : "[]"));
      else if (!known.has(path)) extra.push(path);
    };
    walk(pluginsSchema(pluginSections), "");
    expect(extra.sort()).toEqual(OURS.fields.toSorted());
  });

  it("name the field that was meant", () => {
    expect(readText("sizes: {s: 1}\nblunderbuss: {\n  request_cuont: 1}\n").problems).toEqual([
      'plugins.yaml:1:1: warning: unknown field "sizes" (did you mean "size"?)',
      'plugins.yaml:3:3: warning: unknown field "request_cuont" (did you mean "request_count"?)',
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { decodePlugins, judgeOf } from "../../src/config/plugins-file.ts";
import type { Problem } from "../../src/lib/schema.ts";
import { loadYAML } from "../../src/lib/yaml/load.ts";
import { pluginSections } from "../../src/plugins/index.ts";

const sectionOf = (key: string) => pluginSections.find((section) => section.key === key)!;

/** The section of two files, and what is wrong with the second. */
function merged(key: string, main: string, more: string) {
  const problems: Problem[] = [];
  const decoded = [main, more].map(
    (text) => decodePlugins(loadYAML(text), pluginSections, fail)!.sections[key],
  );
  const value = sectionOf(key).merge!(
    decoded[0],
    decoded[1],
    judgeOf(key, (problem) => problems.push(problem)),
  );
  return { value, problems: problems.map(({ path, message }) => `${path.join(".")}: ${message}`) };
}
const fail = ({ message }: Problem): never => {
  throw new Error(message);
};

describe("sections of supplemental files", () => {
  it("may be these", () => {
    const keys = pluginSections.filter(({ merge }) => merge).map(({ key }) => key);
    expect(keys.sort()).toEqual(["approve", "bugzilla", "label", "lgtm", "triggers", "welcome"]);
  });

  it("add to lists", () => {
    expect(merged("lgtm", "lgtm: [{repos: [a]}]", "lgtm: [{repos: [b]}]").value).toEqual([
      { repos: ["a"] },
      { repos: ["b"] },
    ]);
    expect(merged("welcome", "", "welcome: [{repos: [b]}]").value).toEqual([{ repos: ["b"] }]);
  });

  it("restrict more labels, each once, and allow none", () => {
    const { value, problems } = merged(
      "label",
      "label: {additional_labels: [a], restricted_labels: {o: [{label: x}]}}",
      "label: {additional_labels: [b], restricted_labels: {o: [{label: z}, {label: x}], p: [{label: x}]}}",
    );
    expect(problems).toEqual([
      "label.additional_labels: additional_labels may not stand in a supplemental file",
      "label.restricted_labels.o.1: there are multiple label.restricted_labels configs for label x",
    ]);
    expect(value).toEqual({
      additional_labels: ["a"],
      restricted_labels: { o: [{ label: "x" }, { label: "z" }, { label: "x" }], p: [{ label: "x" }] },
    });
  });

  it("say of Bugzilla what nobody has said yet", () => {
    const main = "bugzilla: {default: {'*': {}}, orgs: {o: {default: {m: {}}, repos: {r: {}}}}}";
    expect(merged("bugzilla", main, main).problems).toEqual([
      "bugzilla.default: configuration of global default defined in multiple places",
      "bugzilla.orgs.o.default: found duplicate organization config for bugzilla.o",
      "bugzilla.orgs.o.repos.r: found duplicate repository config for bugzilla.o/r",
    ]);
    const more = "bugzilla: {orgs: {o: {repos: {s: {}}}, p: {default: {m: {}}}}}";
    const { value, problems } = merged("bugzilla", main, more);
    expect(problems).toEqual([]);
    expect(value).toEqual({
      default: { "*": {} },
      orgs: { o: { default: { m: {} }, repos: { r: {}, s: {} } }, p: { default: { m: {} }, repos: {} } },
    });
  });
});

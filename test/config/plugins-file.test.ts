import { describe, expect, it } from "vitest";
import { section } from "../../src/config/plugins-config.ts";
import { list, object, string } from "../../src/lib/schema.ts";
import { errorsOf, load } from "./files.ts";

const lgtm = section("lgtm", list(object({ repos: list(string()), sticky_lgtm_team: string() })));
const REPO = { org: "org", repo: "repo" };

describe("plugins.yaml", () => {
  it.each([
    ["the map form", "plugins: {org: {plugins: [trigger, lgtm]}, org/repo: {plugins: [hold]}}"],
    ["the old list form", "plugins: {org: [trigger, lgtm], org/repo: [hold]}"],
  ])("takes %s", (_form, plugins) => {
    expect(load({ plugins }).plugins!.enabled(REPO)).toEqual(["trigger", "lgtm", "hold"]);
    expect(load({ plugins }).plugins!.enabled({ org: "org", repo: "other" })).toEqual(["trigger", "lgtm"]);
    expect(load({ plugins }).plugins!.enabled({ org: "else", repo: "repo" })).toEqual([]);
  });

  it("leaves out an excluded repository", () => {
    const plugins =
      "plugins: {org: {plugins: [trigger], excluded_repos: [repo]}, org/repo: {plugins: [hold]}}";
    expect(load({ plugins }).plugins!.enabled(REPO)).toEqual(["hold"]);
  });

  it("gives each plugin its own section", () => {
    const plugins = "lgtm: [{repos: [org], sticky_lgtm_team: 7}]\nowners: {skip_collaborators: [org]}";
    const { plugins: loaded, problems } = load({ plugins, sections: [lgtm] });
    expect(loaded!.get(lgtm)).toEqual([{ repos: ["org"], sticky_lgtm_team: "7" }]);
    expect(loaded!.owners).toMatchObject({ skip_collaborators: ["org"] });
    expect(problems).toEqual([]);
  });

  it("refuses an unknown plugin, with the likely one", () => {
    const options = { knownPlugins: ["trigger", "lgtm"] };
    expect(errorsOf({ plugins: "plugins:\n  org:\n    plugins:\n    - triger\n", options })).toEqual([
      'plugins.yaml:4:7: error: unknown plugin: triger (did you mean "trigger"?)',
    ]);
  });

  it("refuses a plugin for the org and again for its repository", () => {
    expect(errorsOf({ plugins: "plugins: {org: [a, b], org/repo: [b]}" }).join()).toContain(
      "plugins [b] are duplicated for org/repo and org",
    );
  });

  it("keeps config and plugins apart: a fault in one leaves the other", () => {
    const loaded = load({ plugins: "plugins: [a]" });
    expect(loaded.config).toBeDefined();
    expect(loaded.plugins).toBeUndefined();
  });

  it("is empty without a file", () => {
    expect(load({}).plugins!.enabled(REPO)).toEqual([]);
  });
});

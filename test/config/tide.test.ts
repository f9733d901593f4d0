import { describe, expect, it } from "vitest";
import { contextOptions, mergeMethod, protectionContexts, queriesFor } from "../../src/config/tide.ts";
import { loadGood } from "./files.ts";

const repo = (name: string) => {
  const [org = "", rest = ""] = name.split("/");
  return { org, repo: rest };
};

describe("tide's settings for a branch", () => {
  const config = loadGood({
    config: `
tide:
  queries: [{orgs: [o], excludedRepos: [o/out]}, {repos: [p/in]}]
  merge_method:
    o: squash
    o/flat: rebase
    o/flat@next: merge
    deep:
      '*': rebase
      r: {'release-.*': merge, 'main': squash}
  context_options:
    skip-unknown-contexts: true
    required-contexts: [all]
    orgs:
      o:
        repos:
          r:
            skip-unknown-contexts: false
            branches: {main: {required-contexts: [extra], from-branch-protection: true}}
branch-protection:
  orgs:
    o:
      required_status_checks: {contexts: [cla]}
      repos: {r: {branches: {main: {protect: true, required_status_checks: {contexts: [own]}}}}}
`,
  });

  it.each([
    ["o/any", "main", "squash"],
    ["o/flat", "main", "rebase"],
    ["o/flat", "next", "merge"],
    ["deep/x", "main", "rebase"],
    ["deep/r", "release-1.2", "merge"],
    ["deep/r", "main", "squash"],
    ["deep/r", "other", "merge"],
    ["none/x", "main", "merge"],
  ])("merges %s@%s by %s", (name, branch, method) => {
    expect(mergeMethod(config, repo(name), branch)).toBe(method);
  });

  it("unites lists and takes the most specific switch", () => {
    expect(contextOptions(config, repo("o/r"), "main")).toMatchObject({
      "required-contexts": ["all", "extra"],
      "skip-unknown-contexts": false,
    });
    expect(contextOptions(config, repo("o/other"), "main")["skip-unknown-contexts"]).toBe(true);
  });

  it("takes contexts of branch-protection where it is asked to", () => {
    expect(protectionContexts(config, repo("o/r"), "main", [])).toEqual({
      contexts: ["cla", "own"],
      allRequired: false,
    });
    expect(protectionContexts(config, repo("o/r"), "other", [])).toBeUndefined();
  });

  it("knows which queries cover a repository", () => {
    expect(queriesFor(config, repo("o/x"))).toHaveLength(1);
    expect(queriesFor(config, repo("o/out"))).toHaveLength(0);
    expect(queriesFor(config, repo("p/in"))).toHaveLength(1);
  });
});

// OWNERS files: what they may look like, and whom they name for a path.
import { describe, expect, test } from "vitest";
import { loadRepoOwners, type OwnersSettings } from "../../src/owners/load.ts";
import { parseAliases, parseMarkdownOwners } from "../../src/owners/parse.ts";
import { type OwnersSources, repoOwners } from "../../src/owners/repo-owners.ts";

const PRECONFIGURED = ["\\.git$", "_output$", "vendor/.*/.*"];
const owners = (files: Record<string, string>, more: Partial<OwnersSources> = {}) =>
  repoOwners({
    filename: "OWNERS",
    files: new Map(Object.entries(files)),
    aliases: new Map(),
    ignoredDirectories: PRECONFIGURED,
    ...more,
  });
const sorted = (names: ReadonlySet<string>) => [...names].sort();

describe("files", () => {
  test("roles at the top are for everything below; logins are compared in lower case", () => {
    const repo = owners({ OWNERS: "approvers:\n- '@Alice'\n- '123'\nreviewers: [bob]\nlabels: [Sig/X]\n" });
    expect(sorted(repo.approvers("a/b/c.go"))).toEqual(["123", "alice"]);
    expect(sorted(repo.labels("c.go"))).toEqual(["Sig/X"]);
    expect(sorted(repo.reviewers("x"))).toEqual(["bob"]);
  });

  // Recorded from Prow: its loader knows what is wanted below filters, and at the top it does not.
  test("a number is a login below filters, and at the top makes the file count for nothing", () => {
    const filters = "filters:\n  '.*':\n    approvers: [123]\n";
    const repo = owners({
      OWNERS: "approvers: [alice]\n",
      "a/OWNERS": filters,
      "b/OWNERS": "approvers: [123]\n",
    });
    expect(sorted(repo.leafApprovers("a/x.go"))).toEqual(["123"]);
    expect(sorted(repo.leafApprovers("b/x.go"))).toEqual(["alice"]);
  });

  test("filters count only when the top says nothing, over paths relative to the directory", () => {
    const filters =
      'filters:\n  ".*":\n    approvers: [root]\n  "^sub/.*\\\\.go$":\n    approvers: [gopher]\n';
    const repo = owners({ "a/OWNERS": filters, "b/OWNERS": `approvers: [simple]\n${filters}` });
    expect(sorted(repo.approvers("a/sub/x.go"))).toEqual(["gopher", "root"]);
    expect(sorted(repo.approvers("a/x.go"))).toEqual(["root"]);
    expect(sorted(repo.approvers("b/sub/x.go"))).toEqual(["simple"]);
  });

  test.each([
    ["not YAML", "a: [b"],
    ["a list", "- alice"],
    ["roles that are no list", "approvers: alice"],
    ["a filter that is no map", "filters: {'.*': [alice]}"],
  ])("%s leaves those above in charge", (_name, text) => {
    const repo = owners({ OWNERS: "approvers: [root]", "a/OWNERS": text });
    expect(sorted(repo.leafApprovers("a/x"))).toEqual(["root"]);
  });

  test("a pattern that is no regex is left out", () => {
    const repo = owners({ OWNERS: "filters: {'(': {approvers: [xavier]}, '.*': {approvers: [yves]}}" });
    expect(sorted(repo.approvers("a"))).toEqual(["yves"]);
  });

  test("aliases are lists or maps, and expand one level", () => {
    const aliases = parseAliases(
      "aliases:\n  Core: [Alice, deep]\n  deep: [eve]\n  flow: {bob, carol}\n  none:\n  bad: text\n",
    );
    expect(Object.fromEntries(aliases)).toEqual({
      core: ["alice", "deep"],
      deep: ["eve"],
      flow: ["bob", "carol"],
      none: [],
    });
    const repo = owners({ OWNERS: "approvers: [core, none, Zed]" }, { aliases });
    expect(sorted(repo.approvers("x"))).toEqual(["alice", "deep", "zed"]);
    expect(() => parseAliases("aliases: [a]")).toThrow("aliases must be a map");
  });

  test("Markdown carries owners in its header", () => {
    expect(
      parseMarkdownOwners("---\napprovers: [writer]\n---\n# Title\n")?.filters[0]?.roles.approvers,
    ).toEqual(["writer"]);
    expect(parseMarkdownOwners("# Title\n")).toBeUndefined();
  });
});

describe("lookups", () => {
  const tree = {
    OWNERS: "approvers: [root]\nreviewers: [rootrev]\n",
    "a/OWNERS": "approvers: [anna]\n",
    "a/b/OWNERS": "approvers: [ben]\nrequired_reviewers: [must]\n",
    "c/OWNERS": "options: {no_parent_owners: true}\nreviewers: [only]\n",
  };

  test("the closest and all above", () => {
    const repo = owners(tree);
    expect(sorted(repo.approvers("a/b/x.go"))).toEqual(["anna", "ben", "root"]);
    expect(sorted(repo.leafApprovers("a/b/x.go"))).toEqual(["ben"]);
    expect(repo.approverOwners("a/b/c/x.go")).toBe("a/b");
    expect(repo.approverOwners("x.go")).toBe("");
    expect(repo.reviewerOwners("a/x.go")).toBe("");
    expect(sorted(repo.requiredReviewers("a/b/x.go"))).toEqual(["must"]);
    expect(sorted(repo.topLevelApprovers())).toEqual(["root"]);
  });

  test("no_parent_owners stops the climb only where something was found", () => {
    const repo = owners(tree);
    expect(sorted(repo.reviewers("c/x"))).toEqual(["only"]);
    expect(sorted(repo.approvers("c/x"))).toEqual(["root"]);
    expect(repo.noParentOwners("c")).toBe(true);
  });

  test("who is no collaborator does not count, except as required reviewer", () => {
    const repo = owners(tree, { collaborators: ["Root", "anna"] });
    expect(sorted(repo.approvers("a/b/x"))).toEqual(["anna", "root"]);
    expect(repo.approverOwners("a/b/x")).toBe("a");
    expect(sorted(repo.requiredReviewers("a/b/x"))).toEqual(["must"]);
  });

  test("ignored directories", () => {
    const repo = owners({
      OWNERS: "approvers: [root]",
      "vendor/x/y/OWNERS": "approvers: [far]",
      "_output/OWNERS": "approvers: [far]",
    });
    expect(sorted(repo.approvers("vendor/x/y/z.go"))).toEqual(["root"]);
    expect(sorted(repo.approvers("_output/z.go"))).toEqual(["root"]);
  });
});

describe("loading", () => {
  const settings: OwnersSettings = {
    filename: "OWNERS",
    aliasesFilename: "OWNERS_ALIASES",
    markdown: false,
    ignoredDirectories: PRECONFIGURED,
    skipCollaborators: false,
  };
  const files: Record<string, string> = {
    OWNERS: "approvers: [core]",
    OWNERS_ALIASES: "aliases: {core: [alice]}",
    "a/OWNERS": "approvers: [anna]",
    "far/away/OWNERS": "approvers: [nobody]",
    "docs/x.md": "---\napprovers: [writer]\n---\n",
    "vendor/x/y/OWNERS": "approvers: [vendor]",
  };
  function reader(more: object = {}) {
    const asked: string[] = [];
    const read = {
      tree: async () => Object.keys(files),
      file: async (_repo: unknown, path: string) => {
        asked.push(path);
        return files[path];
      },
      collaborators: async () => [{ login: "anna" }, { login: "writer" }],
      ...more,
    };
    return { asked, read };
  }
  const repo = { org: "acme", repo: "lib" };

  test("reads only what lies above the paths", async () => {
    const { asked, read } = reader();
    const paths = ["a/x.go", "vendor/x/y/z.go"];
    const loaded = await loadRepoOwners(read, repo, "sha", paths, settings, () => {});
    expect(asked.sort()).toEqual(["OWNERS", "OWNERS_ALIASES", "a/OWNERS"]);
    expect(sorted(loaded.approvers("a/x.go"))).toEqual(["anna"]);
  });

  test("Markdown files are read where they may carry owners", async () => {
    const { read } = reader();
    const loaded = await loadRepoOwners(
      read,
      repo,
      "s",
      ["docs/x.md"],
      { ...settings, markdown: true },
      () => {},
    );
    expect(sorted(loaded.approvers("docs/x.md"))).toEqual(["writer"]);
    expect(loaded.approverOwners("docs/x.md")).toBe("docs/x.md");
  });

  test("when collaborators can not be listed, everybody counts, and that is told", async () => {
    const told: string[] = [];
    const { read } = reader({ collaborators: () => Promise.reject(new Error("403")) });
    const loaded = await loadRepoOwners(read, repo, "s", ["x"], settings, (problem) => told.push(problem));
    expect(sorted(loaded.approvers("x"))).toEqual(["alice"]);
    expect(told).toEqual([expect.stringContaining("403")]);
  });
});

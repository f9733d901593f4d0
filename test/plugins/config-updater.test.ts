// config-updater: which ConfigMaps a merged pull request changes, and how.
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import type { ConfigMapsEffect, Effect } from "../../src/model/effect.ts";
import type { PullRequest } from "../../src/model/github.ts";
import { configUpdater } from "../../src/plugins/config-updater.ts";
import { type IssueOptions, type Options, world } from "./world.ts";

const SHA = "d".repeat(40);

interface Merge {
  /** config_updater of plugins.yaml. */
  section?: Record<string, unknown>;
  changed?: IssueOptions["files"];
  files?: Record<string, string>;
  binaries?: Options["binaries"];
  pr?: Partial<PullRequest>;
  action?: string;
  body?: string;
}

function merged({
  section,
  changed,
  files,
  binaries,
  pr,
  action = "closed",
  body,
}: Merge): Promise<Effect[]> {
  const repo = world({
    files: { "prow/config.yaml": "new-config", "prow/plugins.yaml": "new-plugins", ...files },
    binaries,
    plugins: section ? { config_updater: section } : {},
  });
  const change = repo.pr({ files: changed ?? ["prow/config.yaml"], body });
  const now = {
    ...change.pullRequest(),
    merged: true,
    merge_commit_sha: SHA,
    state: "closed" as const,
    ...pr,
  };
  return repo.play(configUpdater, change.event(action, { pr: now }));
}

const maps = (all: Record<string, unknown>, more = {}): Merge => ({ section: { maps: all, ...more } });
const CONFIG = maps({ "prow/config.yaml": { name: "config" } });

/** Place and keys of each ConfigMap; a deleted key is null. The version is the same for all. */
async function updates(merge: Merge): Promise<Record<string, Record<string, unknown>>> {
  const effects = (await merged(merge)) as ConfigMapsEffect[];
  return Object.fromEntries(
    effects.flatMap((effect) =>
      effect.updates.map(({ cluster, namespace, name, keys }) => {
        expect(keys[0]).toEqual({ key: "VERSION", content: SHA });
        const contents = Object.fromEntries(keys.slice(1).map(({ key, content }) => [key, content]));
        return [`${cluster}/${namespace}/${name}`, contents];
      }),
    ),
  );
}

test.each<[string, Merge]>([
  ["a pull request that is opened", { ...CONFIG, action: "opened" }],
  ["one that is closed unmerged", { ...CONFIG, pr: { merged: false } }],
  ["one without a merge commit", { ...CONFIG, pr: { merge_commit_sha: null } }],
  ["one into another branch", { ...CONFIG, pr: { base: { ref: "release", sha: "", repo: null } } }],
  ["other files", { ...CONFIG, changed: ["src/a.go"] }],
  ["a repository that is denied", maps({ "prow/*": { name: "c", denied_repos: ["acme/lib"] } })],
  [
    "an org that is denied, also when allowed",
    maps({
      "prow/*": { name: "c", denied_repos: ["acme"], allowed_repos: ["acme/lib"] },
    }),
  ],
  [
    "a repository that is not among the allowed",
    maps({ "prow/*": { name: "c", allowed_repos: ["acme/other"] } }),
  ],
])("%s changes nothing", async (_, merge) => {
  expect(await merged(merge)).toEqual([]);
});

test.each<[string, Merge, Record<string, Record<string, unknown>>]>([
  ["the file's name is the key", CONFIG, { "default/prowjobs/config": { "config.yaml": "new-config" } }],
  [
    "without maps there are Prow's own",
    { changed: ["config/prow/plugins.yaml"], files: { "config/prow/plugins.yaml": "p" } },
    { "default/prowjobs/plugins": { "plugins.yaml": "p" } },
  ],
  [
    "another key, for an allowed repository and an allowed org",
    {
      ...maps({
        "prow/config.yaml": { name: "config", key: "test-key", allowed_repos: ["acme/lib"] },
        "prow/plugins.yaml": { name: "plugins", allowed_repos: ["acme"] },
      }),
      changed: ["prow/config.yaml", "prow/plugins.yaml"],
    },
    {
      "default/prowjobs/config": { "test-key": "new-config" },
      "default/prowjobs/plugins": { "plugins.yaml": "new-plugins" },
    },
  ],
  [
    "several clusters and namespaces",
    maps({ "prow/*.yaml": { name: "config", clusters: { default: ["a", ""], build: ["b"] } } }),
    {
      "default/a/config": { "config.yaml": "new-config" },
      "default/prowjobs/config": { "config.yaml": "new-config" },
      "build/b/config": { "config.yaml": "new-config" },
    },
  ],
  [
    "groups of clusters",
    maps(
      { "prow/*.yaml": { name: "config", cluster_groups: ["two"] } },
      { cluster_groups: { two: { clusters: ["x", "y"], namespaces: ["n"] } } },
    ),
    { "x/n/config": { "config.yaml": "new-config" }, "y/n/config": { "config.yaml": "new-config" } },
  ],
  [
    "files of one glob, added, changed and deleted",
    {
      ...maps({ "dir/**/*.yaml": { name: "glob" } }),
      changed: [
        "dir/a.yaml",
        { filename: "dir/sub/b.yaml", status: "added" },
        { filename: "dir/c.yaml", status: "removed" },
      ],
      files: { "dir/a.yaml": "a", "dir/sub/b.yaml": "b" },
    },
    { "default/prowjobs/glob": { "a.yaml": "a", "b.yaml": "b", "c.yaml": null } },
  ],
  [
    "a file that is renamed takes its old key away",
    {
      ...maps({ "dir/*.yaml": { name: "glob" } }),
      changed: [{ filename: "dir/new.yaml", previous_filename: "dir/old.yaml", status: "renamed" }],
      files: { "dir/new.yaml": "n" },
    },
    { "default/prowjobs/glob": { "old.yaml": null, "new.yaml": "n" } },
  ],
  [
    "a file that is moved keeps its key",
    {
      ...maps({ "dir/**/*.yaml": { name: "glob" } }),
      changed: [{ filename: "dir/deep/a.yaml", previous_filename: "dir/a.yaml", status: "renamed" }],
      files: { "dir/deep/a.yaml": "a" },
    },
    { "default/prowjobs/glob": { "a.yaml": "a" } },
  ],
  [
    "with a key of its own a rename takes nothing away",
    {
      ...maps({ "dir/*.yaml": { name: "one", key: "k" } }),
      changed: [{ filename: "dir/new.yaml", previous_filename: "dir/old.yaml", status: "renamed" }],
      files: { "dir/new.yaml": "n" },
    },
    { "default/prowjobs/one": { k: "n" } },
  ],
  [
    "the whole path as key, also of the old name",
    {
      ...maps({ "dir/**/*.yaml": { name: "glob", use_full_path_as_key: true } }),
      changed: [{ filename: "dir/deep/a.yaml", previous_filename: "dir/a.yaml", status: "renamed" }],
      files: { "dir/deep/a.yaml": "a" },
    },
    { "default/prowjobs/glob": { "dir-a.yaml": null, "dir-deep-a.yaml": "a" } },
  ],
  [
    "names out of which something else could be read",
    {
      ...maps({ "dir/*": { name: "odd" } }),
      changed: ["dir/__proto__", "dir/constructor"],
      files: { "dir/__proto__": "p", "dir/constructor": "c" },
    },
    {
      "default/prowjobs/odd": Object.fromEntries([
        ["__proto__", "p"],
        ["constructor", "c"],
      ]),
    },
  ],
])("%s", async (_, merge, expected) => {
  expect(await updates(merge)).toEqual(expected);
});

describe("what is no text", () => {
  it("goes in base64, text as text", async () => {
    const found = await updates({
      ...maps({ "prow/*": { name: "config" } }),
      changed: ["prow/config.yaml", "prow/binary", "prow/bom"],
      files: { "prow/bom": "\uFEFFbom\u0000" },
      binaries: { "prow/binary": Buffer.from("bin\x00\xff", "latin1") },
    });
    expect(found["default/prowjobs/config"]).toEqual({
      "config.yaml": "new-config",
      binary: { base64: Buffer.from("bin\x00\xff", "latin1").toString("base64") },
      bom: "\uFEFFbom\u0000",
    });
  });

  it.each([
    [{ gzip: true }, undefined, true],
    [{ gzip: true }, false, false],
    [{}, true, true],
    [{ gzip: false }, undefined, false],
  ])("all %j, the file %s: zipped %s", async (all, own, zipped) => {
    const found = await updates(maps({ "prow/config.yaml": { name: "config", gzip: own } }, all));
    const content = found["default/prowjobs/config"]?.["config.yaml"];
    if (!zipped) expect(content).toBe("new-config");
    else {
      const { base64 } = content as { base64: string };
      expect(gunzipSync(Buffer.from(base64, "base64")).toString()).toBe("new-config");
    }
  });
});

describe("partitions", () => {
  const names = ["p0", "p1", "p2"];
  const partition = (key: string) => names[createHash("sha256").update(key).digest()[0]! % 3];

  it("hold a key by the first byte of its hash, a renamed file in two of them", async () => {
    const found = await updates({
      ...maps({ "dir/*.yaml": { partitioned_names: names } }),
      changed: [
        { filename: "dir/a.yaml" },
        { filename: "dir/b.yaml" },
        { filename: "dir/new.yaml", previous_filename: "dir/c.yaml", status: "renamed" },
      ],
      files: { "dir/a.yaml": "a", "dir/b.yaml": "b", "dir/new.yaml": "n" },
    });
    for (const [key, content] of [
      ["a.yaml", "a"],
      ["b.yaml", "b"],
      ["c.yaml", null],
      ["new.yaml", "n"],
    ] as const)
      expect(found[`default/prowjobs/${partition(key)}`]).toHaveProperty([key], content);
  });

  it("are those that Prow's own test has", async () => {
    expect(
      await updates({
        ...maps({ "dir/**/*.yaml": { partitioned_names: ["part-1", "part-2"] } }),
        changed: ["dir/fejta.yaml", "dir/sig-foo/added.yaml", "dir/even.yaml"],
        files: { "dir/fejta.yaml": "f", "dir/sig-foo/added.yaml": "a", "dir/even.yaml": "e" },
      }),
    ).toEqual({
      "default/prowjobs/part-1": { "even.yaml": "e" },
      "default/prowjobs/part-2": { "fejta.yaml": "f", "added.yaml": "a" },
    });
  });
});

describe("what is told", () => {
  const told = async (merge: Merge) => (await merged(merge)) as ConfigMapsEffect[];

  it("names ConfigMap, namespace, cluster, and the file of each key", async () => {
    const [effect] = await told({ ...CONFIG, body: "one\ntwo" });
    expect(effect!.updates[0]!.told).toBe(
      "`config` configmap in namespace `prowjobs` at cluster `default` using the following files:\n - key `config.yaml` using file `prow/config.yaml`",
    );
    expect(effect!.reply).toMatch(
      /^@alice: \{updated\}\n\n<details>\n\nIn response to \[this\]\(https:\/\/github.com\/acme\/lib\/pull\/1\):\n\n>one\n>two\n\n/,
    );
  });

  it("stands deeper in a list of several", async () => {
    const [effect] = await told({
      ...maps({ "prow/*.yaml": { name: "config", clusters: { default: ["a", "b"] } } }),
      changed: [{ filename: "prow/config.yaml", status: "removed" }],
    });
    expect(effect!.updates.map((update) => update.told.split("\n")[1])).toEqual([
      "   - key `config.yaml` using file ``",
      "   - key `config.yaml` using file ``",
    ]);
  });
});

describe("a file that is not there at the merge commit", () => {
  const both = maps({ "a/*": { name: "a" }, "b/*": { name: "b" } });

  it("leaves its own ConfigMap alone and no other", async () => {
    expect(await updates({ ...both, changed: ["a/gone", "b/here"], files: { "b/here": "h" } })).toEqual({
      "default/prowjobs/b": { here: "h" },
    });
  });

  it("is an error when nothing is left to do", async () => {
    await expect(merged({ ...both, changed: ["a/gone"] })).rejects.toThrow(
      `a needs a/gone, which is no file of acme/lib at ${SHA}`,
    );
  });
});

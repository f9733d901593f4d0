// What reaches git: the right commands in the right order, and nothing that git could misunderstand.
import { expect, test } from "vitest";
import type { Refs } from "../../src/model/refs.ts";
import { baseCommands, cloneDirectory, pullCommands, unsafeRefs } from "../../src/podutils/clone-plan.ts";

const sha = "a".repeat(40);
const refs: Refs = { org: "o", repo: "r", base_ref: "main", base_sha: sha };
const lines = (commands: { args: string[] }[]) => commands.map(({ args }) => args.join(" "));
const uri = "https://github.com/o/r.git";

test("fetches, checks the commit out and stands on the branch", () => {
  expect(lines(baseCommands(refs, { name: "ci", email: "ci@x" }))).toEqual([
    "init",
    "config user.name ci",
    "config user.email ci@x",
    `fetch --tags --prune --end-of-options ${uri}`,
    `fetch --end-of-options ${uri} ${sha}`,
    `checkout ${sha}`,
    `branch --force main ${sha}`,
    "checkout main",
  ]);
});

test("narrows what is fetched as the refs say", () => {
  const sparse = { ...refs, clone_depth: 2, sparse_checkout_files: ["a/", "b"] };
  expect(lines(baseCommands(sparse, {})).slice(1, 4)).toEqual([
    "sparse-checkout init",
    `fetch --depth 2 --filter=blob:none --no-tags --end-of-options ${uri} ${sha}`,
    "sparse-checkout set a/ b",
  ]);
  expect(lines(baseCommands({ ...refs, skip_fetch_head: true, base_sha: "" }, {})).slice(1)).toEqual([
    `fetch --end-of-options ${uri} main`,
    "checkout FETCH_HEAD",
    "branch --force main FETCH_HEAD",
    "checkout main",
  ]);
});

test("merges pull requests a second apart, then submodules", () => {
  const pulls = [
    { number: 1, author: "a", sha },
    { number: 2, author: "b", sha: "", ref: "refs/changes/2" },
  ];
  const commands = pullCommands({ ...refs, pulls }, 1000);
  expect(lines(commands)).toEqual([
    `fetch --end-of-options ${uri} ${sha}`,
    `merge --no-ff ${sha}`,
    `fetch --end-of-options ${uri} refs/changes/2`,
    "merge --no-ff FETCH_HEAD",
    "submodule update --init --recursive",
  ]);
  expect(commands.map(({ env }) => env?.["GIT_COMMITTER_DATE"])).toEqual([
    undefined,
    "1001",
    undefined,
    "1002",
    undefined,
  ]);
});

test("clones where Go would look for it", () => {
  expect(cloneDirectory("/go", refs)).toBe("/go/src/github.com/o/r");
  expect(cloneDirectory("/go", { ...refs, repo_link: "https://git.example/o/r" })).toBe(
    "/go/src/git.example/o/r",
  );
  expect(cloneDirectory("/go", { ...refs, path_alias: "k8s.io/r" })).toBe("/go/src/k8s.io/r");
});

test.each<[string, Partial<Refs>]>([
  ["an option as branch", { base_ref: "--upload-pack=touch /tmp/x" }],
  ["a refspec as branch", { base_ref: "main:refs/heads/x" }],
  ["a commit that is none", { base_sha: "--help" }],
  ["a helper as transport", { clone_uri: "ext::sh -c x" }],
  ["an option as URI", { clone_uri: "--upload-pack=x" }],
  ["an option as host", { clone_uri: "ssh://-oProxyCommand=x/y" }],
  ["a pull's commit", { pulls: [{ number: 1, author: "a", sha: "-x" }] }],
  ["a pull's ref", { pulls: [{ number: 1, author: "a", sha, ref: "a b" }] }],
  ["a path out of the root", { path_alias: "../../etc" }],
  ["a path that comes back to the root's name", { path_alias: "../../../src/x" }],
  ["a path that stays, but not plainly", { path_alias: "a/../b" }],
  ["a path that is the root", { path_alias: "." }],
  ["a link with a way out", { repo_link: "https://h/../../../src/x", clone_uri: uri }],
])("refuses %s", (_what, bad) => {
  expect(unsafeRefs({ ...refs, ...bad })).toBeTypeOf("string");
});

test.each(["main", "release-1.2", "feature/x_y", "dependabot/npm/a-1.0.0", "ünïcode", "refs/pull/1/head"])(
  "accepts the branch %s",
  (base_ref) => {
    expect(unsafeRefs({ ...refs, base_ref, clone_uri: "git@github.com:o/r.git" })).toBeUndefined();
  },
);

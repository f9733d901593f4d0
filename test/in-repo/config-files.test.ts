// Which files of a repository are its configuration, and in which order.
import { expect, test } from "vitest";
import type { TreeFile } from "../../src/git/port.ts";
import { configFiles } from "../../src/in-repo/config-files.ts";

/** Content is the SHA. */
const paths = async (files: Record<string, string>, kinds: Record<string, TreeFile["kind"]> = {}) => {
  const tree = Object.entries(files).map(([path, sha]) => ({ path, sha, kind: kinds[path] ?? "file" }));
  const found = await configFiles(tree, async (asked) => new Map(asked.map(({ sha }) => [sha, sha])));
  return found.map(({ path, sha }) => `${path}=${sha}`);
};

test("the file, unless there is a directory", async () => {
  expect(await paths({ ".prow.yaml": "1", ".prowignore": "" })).toEqual([".prow.yaml=1"]);
  expect(await paths({ ".prow.yaml": "1", ".prow/a.yaml": "2" })).toEqual([".prow/a.yaml=2"]);
  expect(await paths({ ".prow.yaml": "1", ".prow/README.md": "2" })).toEqual([]);
  expect(await paths({})).toEqual([]);
});

test("YAML files of the directory, in the order of Go's walk", async () => {
  const files = { ".prow/b.yml": "1", ".prow/a.yaml": "2", ".prow/a/z.yaml": "3", ".prow/a/x.json": "4" };
  expect(await paths(files)).toEqual([".prow/a/z.yaml=3", ".prow/a.yaml=2", ".prow/b.yml=1"]);
});

test("without those that a .prowignore names, wherever it lies", async () => {
  const files = {
    ".prow/a.yaml": "1",
    ".prow/b.yaml": "2",
    ".prow/deep/c.yaml": "3",
    ".prow/deep/d.yaml": "4",
  };
  expect(await paths({ ...files, ".prowignore": "b.yaml\ndeep/\n" })).toEqual([".prow/a.yaml=1"]);
  expect(await paths({ ...files, ".prow/deep/.prowignore": "c.yaml" })).toEqual([
    ".prow/a.yaml=1",
    ".prow/b.yaml=2",
    ".prow/deep/d.yaml=4",
  ]);
});

test("a directory that is a file is an error, as in Prow", async () => {
  await expect(paths({ ".prow": "1" })).rejects.toThrow(".prow is a file");
});

test("more than anybody would write by hand is not read", async () => {
  const huge = { path: ".prow.yaml", sha: "1", kind: "file", size: 90e6 } as const;
  const found = configFiles([huge], () => Promise.reject(new Error("it was read")));
  await expect(found).rejects.toThrow(".prow.yaml: 90000000 bytes of configuration");
});

test("an ignore file counts, too, and is not held against more than takes a moment", async () => {
  const huge = { path: ".prow/.prowignore", sha: "1", kind: "file", size: 90e6 } as const;
  const yaml = { path: ".prow/a.yaml", sha: "2", kind: "file" } as const;
  const found = configFiles([yaml, huge], () => Promise.reject(new Error("it was read")));
  await expect(found).rejects.toThrow(".prow/.prowignore: 90000000 bytes of configuration");
  const files = { ".prow/a.yaml": "1", ".prowignore": "*a*\n".repeat(250_000) };
  await expect(paths(files)).rejects.toThrow(".prowignore: 1000000 characters of patterns are too much");
});

test("more files than anybody would write are not read", async () => {
  const files = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`.prow/${i}.yaml`, String(i)]));
  await expect(paths(files)).rejects.toThrow("1001 files of configuration, at most 1000 are read");
});

test("a directory with more files than anybody would look through is refused at once", async () => {
  const many = (count: number, ending: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`.prow/${"d/".repeat(60)}${i}${ending}`, ""]),
    );
  const refused = ".prow has 20000 files, at most 10000 are looked at";
  await expect(paths({ ...many(20_000, ".yaml"), ".prowignore": "*" })).rejects.toThrow(refused);
  await expect(paths(many(20_000, ".md"))).rejects.toThrow(refused);
  const within = { ...many(9_999, ".yaml"), ".prow/a.yaml": "1" };
  expect(await paths({ ...within, ".prowignore": "d/" })).toEqual([".prow/a.yaml=1"]);
});

test("without patterns nothing is asked but how many files there are", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 9_999 }, (_, i) => [`.prow/${i}/${"d/".repeat(60)}a.yaml`, ""]),
  );
  const refused = "9999 files of configuration, at most 1000 are read";
  await expect(paths(files)).rejects.toThrow(refused);
  await expect(paths({ ...files, ".prowignore": "" })).rejects.toThrow(refused);
  await expect(paths({ ...files, ".prowignore": "b" })).rejects.toThrow(
    ".prowignore: 1 characters of patterns are too much to hold 9999 files and their directories against",
  );
});

test("directories as deep as git has them take no time", async () => {
  const deep = `.prow/${"d/".repeat(2_000)}a.yaml`;
  expect(await paths({ [deep]: "1", ".prow/b.yaml": "2", ".prowignore": "b*" })).toEqual([`${deep}=1`]);
});

test("a link has the content of the file it leads to, and leads nowhere else", async () => {
  const link = { ".prow/b.yaml": "link" } as const;
  expect(await paths({ ".prow/a.yaml": "1", ".prow/b.yaml": "a.yaml" }, link)).toEqual([
    ".prow/a.yaml=1",
    ".prow/b.yaml=1",
  ]);
  expect(await paths({ ".prow.yaml": "1", ".prow/b.yaml": "../.prow.yaml" }, link)).toEqual([
    ".prow/b.yaml=1",
  ]);
  for (const target of ["/etc/passwd", "../../../etc/passwd", "https://evil.example/x", "b.yaml", ""]) {
    await expect(paths({ ".prow/b.yaml": target }, link)).rejects.toThrow("is a link to");
  }
});

// What every way of reading files of a merge promises, told as a suite over a GitHub of our own.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MergedFiles, MergedTree } from "../../src/git/port.ts";
import { commit, type TestGitHub, testGitHub } from "../local/github/world.ts";

const REPO = { org: "acme", repo: "own" };
const REST = { owner: "acme", repo: "own" };
const ENTRIES = [".prow", ".prow.yaml", ".prowignore"];

const own = {
  owner: "acme",
  name: "own",
  author: "alice",
  files: {
    "README.md": "read me\n",
    ".prow.yaml": "x: ü\n",
    ".prow/a.yaml": "a: 1\n",
    ".prow/deep/b.yaml": "b: 1\n",
    "docs/.prow/no.yaml": "no\n",
  },
  branches: {
    quiet: { "README.md": "changed\n" },
    silent: { "docs/more.md": "more\n" },
    adds: { ".prow/c.yaml": "c: 1\n" },
    edits: { ".prow/a.yaml": "a: 3\n" },
    removes: { ".prow/deep/b.yaml": null },
  },
};

export interface Way {
  files: MergedFiles;
  dispose?(): Promise<void>;
}

/** `merges`: it can tell every merge; otherwise it may leave those of contents to another. */
export function mergedFilesContract(
  name: string,
  { open, merges }: { open: (github: TestGitHub) => Promise<Way>; merges: boolean },
): void {
  describe(`merged files: ${name}`, () => {
    let github: TestGitHub;
    let way: Way;
    const sha: Record<string, string> = {};

    beforeAll(async () => {
      github = await testGitHub({ extra: { repos: [own] } });
      const alice = github.as("alice");
      for (const branch of ["main", ...Object.keys(own.branches)]) {
        sha[branch] = (await alice.git.getRef({ ...REST, ref: `heads/${branch}` })).data.object.sha;
      }
      sha["elsewhere"] = await commit(alice, REST, "main", "other.txt", "o\n");
      sha["moved"] = await commit(alice, REST, "main", ".prow/a.yaml", "a: 2\n");
      way = await open(github);
    });
    afterAll(async () => {
      await way.dispose?.();
      await github.close();
    });

    const list = (base: string, ...heads: string[]): Promise<MergedTree | undefined> =>
      way.files.list(
        REPO,
        { baseSHA: sha[base]!, heads: heads.map((head) => sha[head]!), method: "merge" },
        ENTRIES,
      );
    /** Contents by path. */
    const contents = async (base: string, ...heads: string[]) => {
      const tree = await list(base, ...heads);
      if (!tree || "conflict" in tree) return tree;
      expect(new Set(tree.files.map(({ kind }) => kind))).toEqual(new Set(["file"]));
      const texts = await way.files.texts(
        REPO,
        tree.files.map((file) => file.sha),
      );
      return Object.fromEntries(tree.files.map((file) => [file.path, texts.get(file.sha)]));
    };
    const before = { ".prow.yaml": "x: ü\n", ".prow/a.yaml": "a: 1\n", ".prow/deep/b.yaml": "b: 1\n" };
    const after = { ...before, ".prow/a.yaml": "a: 2\n" };

    test("a commit by itself", async () => {
      expect(await contents("main")).toEqual(before);
      expect(await contents("moved")).toEqual(after);
    });

    test("heads that change nothing here leave what the base has", async () => {
      expect(await contents("main", "quiet")).toEqual(before);
      expect(await contents("main", "quiet", "silent")).toEqual(before);
      expect(await contents("moved", "quiet")).toEqual(after);
    });

    test("what one side has changed is changed", async () => {
      expect(await contents("elsewhere", "adds")).toEqual({ ...before, ".prow/c.yaml": "c: 1\n" });
      const { ".prow/deep/b.yaml": _, ...rest } = before;
      expect(await contents("elsewhere", "removes")).toEqual(rest);
    });

    test("what both sides have changed is merged, or left to another", async () => {
      const merged = { ...after, ".prow/c.yaml": "c: 1\n" };
      expect(await contents("moved", "adds")).toEqual(merges ? merged : undefined);
      const { ".prow/deep/b.yaml": _, ...both } = { ...before, ".prow/c.yaml": "c: 1\n" };
      expect(await contents("elsewhere", "adds", "removes")).toEqual(merges ? both : undefined);
    });

    test("a head that conflicts is told, or left to another", async () => {
      expect(await list("moved", "quiet", "edits")).toEqual(merges ? { conflict: sha["edits"] } : undefined);
    });

    test("several questions at once", async () => {
      const [one, two] = await Promise.all([contents("main", "quiet"), contents("elsewhere", "adds")]);
      expect([one, two]).toEqual([before, { ...before, ".prow/c.yaml": "c: 1\n" }]);
    });

    test("nothing of that name is no files, no SHAs no contents", async () => {
      const merge = { baseSHA: sha["main"]!, heads: [], method: "merge" as const };
      expect(await way.files.list(REPO, merge, [".nothing"])).toEqual({ files: [] });
      expect(await way.files.texts(REPO, [])).toEqual(new Map());
    });

    test("a commit that is not there is an error", async () => {
      sha["gone"] = `${"0".repeat(39)}1`;
      await expect(list("gone")).rejects.toThrow();
      await expect(list("main", "gone")).rejects.toThrow();
    });
  });
}

// What every adapter of the git port must do, told as a suite over a real repository.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Git } from "../../src/git/port.ts";

const REPO = { org: "acme", repo: "lib" };

/** `open` is handed the path of a bare repository that stands for acme/lib. */
export function gitContract(name: string, open: (remote: string) => Git): void {
  describe(`git port: ${name}`, () => {
    const root = mkdtempSync(path.join(tmpdir(), "cutwater-git-"));
    const work = path.join(root, "work");
    const remote = path.join(root, "remote.git");
    const sha: Record<string, string> = {};
    let git: Git;

    const run = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        cwd: work,
        encoding: "utf8",
        stdio: "pipe",
      }).trim();
    const branch = (name: string, from: string, ...commits: Record<string, string>[]) => {
      run("checkout", "-q", "-b", name, from);
      for (const files of commits) {
        for (const [file, text] of Object.entries(files)) writeFileSync(path.join(work, file), text);
        run("add", "-A");
        run("commit", "-q", "-m", name);
      }
      sha[name] = run("rev-parse", "HEAD");
      run("push", "-q", remote, `HEAD:refs/pull/${name}/head`);
    };

    beforeAll(() => {
      execFileSync("git", ["init", "-q", "--bare", remote]);
      execFileSync("git", ["init", "-q", "-b", "main", work]);
      writeFileSync(path.join(work, "a.txt"), "one\ntwo\nthree\n");
      run("add", "-A");
      run("commit", "-q", "-m", "base");
      sha["base"] = run("rev-parse", "HEAD");
      run("push", "-q", remote, "main");
      branch("clean", "main", { "b.txt": "b\n" });
      branch("edit", "main", { "a.txt": "ONE\ntwo\nthree\n" });
      branch("clash", "main", { "a.txt": "uno\ntwo\nthree\n" });
      branch("two-commits", "main", { "c.txt": "1\n" }, { "c.txt": "2\n" });
      git = open(remote);
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    const heads = (...names: string[]) =>
      names.map((name, index) => ({ number: index + 1, sha: sha[name] ?? "", method: "merge" as const }));

    test("heads that do not conflict merge in order", async () => {
      expect(await git.mergeable(REPO, sha["base"]!, heads("clean", "edit"), 0)).toEqual([1, 2]);
    });

    test("a head that conflicts with an earlier one is left out, those after it are not", async () => {
      expect(await git.mergeable(REPO, sha["base"]!, heads("edit", "clash", "clean"), 0)).toEqual([1, 3]);
    });

    test("stops at the limit", async () => {
      expect(await git.mergeable(REPO, sha["base"]!, heads("clean", "edit", "two-commits"), 2)).toEqual([
        1, 2,
      ]);
    });

    test.each(["squash", "rebase"] as const)("tries the method %s", async (method) => {
      const tried = heads("edit", "two-commits", "clash").map((head) => ({ ...head, method }));
      expect(await git.mergeable(REPO, sha["base"]!, tried, 0)).toEqual([1, 2]);
    });

    test("a commit that does not exist is an error, not a conflict", async () => {
      const gone = [{ number: 1, sha: "0".repeat(39) + "1", method: "merge" as const }];
      await expect(git.mergeable(REPO, sha["base"]!, gone, 0)).rejects.toThrow();
    });

    test("what is not a SHA never reaches git", async () => {
      const evil = [{ number: 1, sha: "--upload-pack=touch /tmp/x", method: "merge" as const }];
      await expect(git.mergeable(REPO, sha["base"]!, evil, 0)).rejects.toThrow("not a commit SHA");
    });

    test("several questions about one repository at once", async () => {
      const fresh = open(remote);
      const answers = [heads("clean"), heads("edit"), heads("clean", "edit")].map((asked) =>
        fresh.mergeable(REPO, sha["base"]!, asked, 0),
      );
      expect(await Promise.all(answers)).toEqual([[1], [1], [1, 2]]);
    });
  });
}

// Commits picked onto another branch in the mirror, and pushed: what stays of them, and what is said when they do not fit.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gitCLI } from "../../src/git/cli.ts";
import { GitError } from "../../src/git/error.ts";

const REPO = { org: "acme", repo: "lib" };
const FORK = { org: "robot", repo: "lib-1" };
const committer = { name: "robot", email: "robot@example.com", date: new Date("2026-11-23T10:00:00.500Z") };

const root = mkdtempSync(path.join(tmpdir(), "cutwater-picks-"));
const work = path.join(root, "work");
const remote = path.join(root, "remote.git");
const fork = path.join(root, "fork.git");
const git = gitCLI({
  cacheDir: path.join(root, "cache"),
  url: ({ org }) => (org === "acme" ? remote : fork),
  env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null" },
});

const run = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Zoë", "-c", "user.email=z@example.com", ...args], {
    cwd: work,
    encoding: "utf8",
    stdio: "pipe",
    env: { PATH: process.env["PATH"], GIT_AUTHOR_DATE: "2020-01-02T03:04:05+0230" },
  }).trim();

/** Commits on a branch of its own; their SHAs. */
function branch(name: string, from: string, ...commits: [Record<string, string>, string][]): string[] {
  run("checkout", "-q", "-b", name, from);
  const made = commits.map(([files, message]) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
      writeFileSync(path.join(work, file), text);
    }
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", message);
    return run("rev-parse", "HEAD");
  });
  run("push", "-q", remote, `HEAD:refs/heads/${name}`);
  return made;
}

let onto: string;
let picks: Record<string, string[]>;
beforeAll(() => {
  for (const bare of [remote, fork]) {
    execFileSync("git", ["init", "-q", "--bare", bare]);
    execFileSync("git", ["-C", bare, "config", "uploadpack.allowAnySHA1InWant", "true"]);
    execFileSync("git", ["-C", bare, "config", "uploadpack.allowFilter", "true"]);
  }
  execFileSync("git", ["init", "-q", "-b", "main", work]);
  run("commit", "-q", "--allow-empty", "-m", "start");
  branch("base", "HEAD", [{ "a.txt": "1\n2\n3\n4\n5\n", "b.txt": "b\n" }, "base"]);
  [onto] = branch("release", "base", [{ "b.txt": "release\n" }, "release"]) as [string];
  branch("trunk", "base", [{ "trunk.txt": "only here\n" }, "trunk"]);
  picks = {
    two: branch(
      "two",
      "trunk",
      [{ "a.txt": "one\n2\n3\n4\n5\n" }, "[prefix] First\n\nwith ```text``` é\n\nSigned-off-by: Zoë"],
      [{ "dir/new.txt": "new\n" }, "Second"],
    ),
    clash: branch("clash", "trunk", [{ "c.txt": "c\n" }, "Fine"], [{ "b.txt": "mine\n" }, "Does not fit"]),
    hostile: branch("hostile", "trunk", [{ "b.txt": "x\n", "d\n/lgtm\n```\n.txt": "x" }, "Bad\r\nline"]),
    there: branch("there", "trunk", [{ "b.txt": "release\n" }, "Already there"]),
  };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const pick = (name: string) => git.cherryPick(REPO, { onto, commits: picks[name]!, committer });
const show = (repo: string, format: string, ref: string) =>
  execFileSync("git", ["-C", repo, "log", `--format=${format}`, `${onto}..${ref}`], {
    encoding: "utf8",
  }).trim();

describe("picks", () => {
  test("keep author, time, message and order, and bring nothing else of their branch", async () => {
    const picked = await pick("two");
    if (!("sha" in picked)) throw new Error(picked.conflict);
    await git.push(REPO, picked.sha, { repo: FORK, branch: "cherry-pick-1-to-release" });
    const ref = "refs/heads/cherry-pick-1-to-release";
    expect(show(fork, "%an <%ae> %aI|%cn <%ce> %ct|%s", ref).split("\n")).toEqual([
      `Zoë <z@example.com> 2020-01-02T03:04:05+02:30|robot <robot@example.com> ${Math.floor(committer.date.getTime() / 1000)}|Second`,
      `Zoë <z@example.com> 2020-01-02T03:04:05+02:30|robot <robot@example.com> ${Math.floor(committer.date.getTime() / 1000)}|[prefix] First`,
    ]);
    expect(show(fork, "%b", `${ref}~1`)).toBe("with ```text``` é\n\nSigned-off-by: Zoë");
    const tree = (file: string) =>
      execFileSync("git", ["-C", fork, "show", `${ref}:${file}`], { encoding: "utf8" });
    expect([tree("a.txt"), tree("b.txt"), tree("dir/new.txt")]).toEqual([
      "one\n2\n3\n4\n5\n",
      "release\n",
      "new\n",
    ]);
    expect(() => tree("trunk.txt")).toThrow();
    execFileSync("git", ["-C", fork, "fsck", "--strict"], { stdio: "pipe" });
  });

  test("made twice are the same", async () => {
    expect(await pick("two")).toEqual(await pick("two"));
  });

  test("that do not fit say which, and where", async () => {
    const picked = await pick("clash");
    expect("conflict" in picked && picked.conflict.split("\n")).toEqual([
      "Applying: Fine",
      "Applying: Does not fit",
      "Auto-merging b.txt",
      "CONFLICT (content): Merge conflict in b.txt",
      "error: Failed to merge in the changes.",
      "Patch failed at 0002 Does not fit",
    ]);
  });

  test("of hostile names say it in lines of their own", async () => {
    const picked = await pick("hostile");
    const lines = "conflict" in picked ? picked.conflict.split("\n") : [];
    expect(lines.at(-1)).toMatch(/^Patch failed at 0001 Bad/);
    for (const line of lines) expect(line).toMatch(/^(Applying|Auto-merging|CONFLICT|error|Patch failed)/);
  });

  test("that are there already make no commit", async () => {
    expect(await pick("there")).toEqual({ sha: onto });
  });
});

describe("a push", () => {
  test("replaces what is there", async () => {
    await git.push(REPO, onto, { repo: FORK, branch: "again" });
    const picked = await pick("two");
    await git.push(REPO, "sha" in picked ? picked.sha : "", { repo: FORK, branch: "again" });
    await git.push(REPO, onto, { repo: FORK, branch: "again" });
    expect(execFileSync("git", ["-C", fork, "rev-parse", "again"], { encoding: "utf8" }).trim()).toBe(onto);
  });

  test.each([
    ["a name that is an option", { org: "--upload-pack=x", repo: "r" }, "b"],
    ["a way out of the directory", { org: "acme", repo: "../../x" }, "b"],
    ["a branch that is none", FORK, "a:b"],
    ["a branch that steps up", FORK, "../heads/x"],
  ])("to %s is refused", async (_, repo, name) => {
    await expect(git.push(REPO, onto, { repo, branch: name })).rejects.toThrow(GitError);
  });
});

test("commits that are nowhere are an error of git's", async () => {
  await expect(git.cherryPick(REPO, { onto, commits: ["e".repeat(40)], committer })).rejects.toThrow(
    GitError,
  );
  await expect(git.cherryPick(REPO, { onto, commits: ["--all"], committer })).rejects.toThrow(
    "not a commit SHA",
  );
});

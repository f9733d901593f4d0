// Git itself against the server: clone, fetch by SHA, partial clone, push and what follows from it.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

let github: TestGitHub;
let directory: string;
const run = promisify(execFile);

beforeAll(async () => {
  github = await testGitHub({
    extra: {
      repos: [{ owner: "acme", name: "hidden", author: "alice", private: true, files: { "a.txt": "a\n" } }],
    },
  });
  directory = await mkdtemp(join(tmpdir(), "cutwater-clone-"));
});
afterAll(async () => {
  await github.close();
  await rm(directory, { recursive: true, force: true });
});

const git = async (cwd: string, ...args: string[]): Promise<string> => {
  const identity = [
    "-c",
    "user.name=Alice",
    "-c",
    "user.email=alice@example.com",
    "-c",
    "credential.helper=",
  ];
  const isolated = ["GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "git"];
  return (await run("env", ["-u", "GIT_DIR", ...isolated, ...identity, ...args], { cwd })).stdout.trim();
};
const remote = (login?: string, repo = "acme/lib") =>
  `${github.url.replace("http://", login ? `http://${login}:${login}-token@` : "http://")}/${repo}.git`;

test("anyone clones a public repository, only those who may a private one", async () => {
  await git(directory, "clone", "-q", remote(), "public");
  expect(await readFile(join(directory, "public/README.md"), "utf8")).toBe("# lib\n");
  await expect(git(directory, "clone", "-q", remote(undefined, "acme/hidden"), "no")).rejects.toThrow();
  await expect(git(directory, "clone", "-q", remote("mallory", "acme/hidden"), "no")).rejects.toThrow(
    "not found",
  );
  await git(directory, "clone", "-q", "--filter=blob:none", remote("alice", "acme/hidden"), "hidden");
  expect(await readFile(join(directory, "hidden/a.txt"), "utf8")).toBe("a\n");
});

test("a push updates the pull request, refs/pull can be fetched and not be pushed", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "pushed", "p.txt", "1\n");
  await git(directory, "clone", "-q", "-b", "pushed", remote("alice"), "work");
  const work = join(directory, "work");
  await writeFile(join(work, "p.txt"), "2\n".repeat(5000));
  await git(work, "commit", "-qam", "Second");
  await git(work, "push", "-q", "origin", "pushed");
  const sha = await git(work, "rev-parse", "HEAD");
  expect((await alice.pulls.get({ ...lib, pull_number: pr.number })).data).toMatchObject({
    head: { sha },
    commits: 2,
  });
  expect(await git(work, "ls-remote", "origin", `refs/pull/${pr.number}/head`)).toContain(sha);
  await git(work, "fetch", "-q", "origin", `refs/pull/${pr.number}/merge`);
  expect(await git(work, "rev-parse", "FETCH_HEAD^2")).toBe(sha);
  await git(work, "fetch", "-q", "--depth=1", "origin", pr.head.sha);
  await expect(git(work, "push", "-q", "origin", "HEAD:refs/pull/99/head")).rejects.toThrow("hidden ref");
});

test("who may not write may not push, a wrong token is refused", async () => {
  const work = join(directory, "work");
  await expect(git(work, "push", "-q", remote("mallory"), "HEAD:refs/heads/evil")).rejects.toThrow("403");
  await expect(git(work, "push", "-q", remote("nobody"), "HEAD:refs/heads/evil")).rejects.toThrow(
    /Authentication failed|401/,
  );
  await expect(git(work, "push", "-q", remote(), "HEAD:refs/heads/evil")).rejects.toThrow();
});

test("pushing a pull request's commits to its base merges it", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "by-hand", "h.txt", "1\n");
  const work = join(directory, "work");
  await git(work, "fetch", "-q", "origin");
  await git(work, "push", "-q", "origin", "origin/by-hand:main");
  expect((await alice.pulls.get({ ...lib, pull_number: pr.number })).data).toMatchObject({
    merged: true,
    state: "closed",
  });
});

// What only the git command's adapter can get wrong: credentials and names.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { gitCLI } from "../../src/git/cli.ts";
import { httpServer } from "../lib/http-server.ts";

const seen: (string | undefined)[] = [];
const server = await httpServer((request, response) => {
  seen.push(request.headers.authorization);
  response.writeHead(404).end();
});
const cacheDir = mkdtempSync(path.join(tmpdir(), "cutwater-cache-"));
afterAll(async () => {
  await server.close();
  rmSync(cacheDir, { recursive: true, force: true });
});

const git = () =>
  gitCLI({
    cacheDir,
    url: ({ org, repo }) => `${server.url}/${org}/${repo}.git`,
    token: async () => "s3cret",
    env: { PATH: process.env["PATH"] },
  });
const head = { number: 1, sha: "a".repeat(40), method: "merge" as const };

test("the token goes to the server, and is not in the error when git fails", async () => {
  const failure = await git()
    .mergeable({ org: "acme", repo: "lib" }, "b".repeat(40), [head], 0)
    .catch((error: Error) => error);
  expect(seen).toContain(`Basic ${Buffer.from("x-access-token:s3cret").toString("base64")}`);
  expect(String(failure)).toContain("git");
  expect(String(failure)).not.toContain("s3cret");
  expect(String(failure)).not.toContain(Buffer.from("s3cret").toString("base64").slice(0, 6));
});

test("the token goes to no other host, though git is told to go there", async () => {
  const settings = path.join(cacheDir, "gitconfig");
  writeFileSync(settings, `[url "${server.url}/"]\n  insteadOf = https://git.example/\n`);
  const diverted = gitCLI({
    cacheDir,
    url: ({ org, repo }) => `https://git.example/${org}/${repo}.git`,
    token: async () => "s3cret",
    env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: settings },
  });
  seen.length = 0;
  const merge = diverted.mergeable({ org: "acme", repo: "other" }, "b".repeat(40), [head], 0);
  await expect(merge).rejects.toThrow("git");
  expect(seen).toEqual([undefined]);
});

test.each(["../evil", "-x", "a/b", ""])("a repository called %j is refused", async (repo) => {
  await expect(git().mergeable({ org: "acme", repo }, "b".repeat(40), [head], 0)).rejects.toThrow(
    "not the name of a repository",
  );
});

// What surrounds the endpoints: pages of lists, ETags, rate limit, bad credentials, Apps, restarts.
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Clock } from "../../../src/lib/clock.ts";
import { lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

let github: TestGitHub;
let now = Date.parse("2026-01-01T00:00:00Z");
const clock: Clock = { now: () => new Date(now), sleep: async () => {} };

beforeAll(async () => {
  github = await testGitHub({ clock, rateLimit: 200 });
});
afterAll(() => github.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(github.url + path, { headers: { authorization: "token carol-token", ...headers } });

test("lists come in pages with Link headers", async () => {
  const alice = github.as("alice");
  for (let n = 1; n <= 5; n++) await alice.issues.create({ ...lib, title: `Issue ${n}` });
  const response = await get("/repos/acme/lib/issues?per_page=2&page=2");
  const link = response.headers.get("link") ?? "";
  expect([...link.matchAll(/rel="(\w+)"/g)].map((match) => match[1])).toEqual([
    "prev",
    "next",
    "last",
    "first",
  ]);
  expect(link).toContain(`<${github.url}/repos/acme/lib/issues?per_page=2&page=3>; rel="next"`);
  const all = await alice.paginate(alice.issues.listForRepo, { ...lib, per_page: 2 });
  expect(all.map((issue) => issue.title)).toEqual(["Issue 5", "Issue 4", "Issue 3", "Issue 2", "Issue 1"]);
});

test("an ETag that still fits gives 304 and costs nothing", async () => {
  const first = await get("/repos/acme/lib/labels");
  const etag = first.headers.get("etag") as string;
  const left = first.headers.get("x-ratelimit-remaining");
  const second = await get("/repos/acme/lib/labels", { "if-none-match": etag });
  expect([second.status, await second.text(), second.headers.get("x-ratelimit-remaining")]).toEqual([
    304,
    "",
    left,
  ]);
  await github.as("alice").issues.createLabel({ ...lib, name: "fresh" });
  expect((await get("/repos/acme/lib/labels", { "if-none-match": etag })).status).toBe(200);
});

test("the same API hangs below /api/v3", async () => {
  const response = await get("/api/v3/repos/acme/lib/issues?per_page=1");
  expect(response.status).toBe(200);
  expect(response.headers.get("link")).toContain("/api/v3/repos/acme/lib/issues?per_page=1&page=2");
});

test("the limit counts down per token, refuses, and comes back after an hour", async () => {
  const as = () => fetch(`${github.url}/user`, { headers: { authorization: "Bearer mallory-token" } });
  const first = await as();
  expect(first.headers.get("x-ratelimit-remaining")).toBe("199");
  for (let n = 1; n < 200; n++) await as();
  const refused = await as();
  expect([refused.status, refused.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
  expect(((await refused.json()) as { message: string }).message).toContain("rate limit exceeded");
  now += 3_600_000;
  expect((await as()).status).toBe(200);
});

test("refusals have GitHub's shape", async () => {
  const bad = await get("/user", { authorization: "token wrong" });
  expect([bad.status, await bad.json()]).toEqual([
    401,
    expect.objectContaining({ message: "Bad credentials", documentation_url: expect.any(String) }),
  ]);
  const missing = await get("/repos/acme/gone");
  expect([missing.status, await missing.json()]).toEqual([
    404,
    expect.objectContaining({ message: "Not Found" }),
  ]);
  const post = (body: string) =>
    fetch(`${github.url}/repos/acme/lib/labels`, {
      method: "POST",
      body,
      headers: { authorization: "token alice-token" },
    });
  expect((await post("{oops")).status).toBe(400);
  const twice = await post(JSON.stringify({ name: "lgtm", color: "ffffff" }));
  expect([twice.status, await twice.json()]).toEqual([
    422,
    expect.objectContaining({
      message: "Validation Failed",
      errors: [expect.objectContaining({ resource: "Label", field: "name", code: "already_exists" })],
    }),
  ]);
  expect((await fetch(`${github.url}/repos/acme/lib`)).status).toBe(200);
  expect((await fetch(`${github.url}/user`)).status).toBe(401);
});

test("an App authenticates with its key and acts through its installation", async () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  now = Date.now();
  const app = await github.admin("apps", {
    name: "Cutwater Demo",
    owner: "alice",
    key: privateKey,
    permissions: { issues: "write", contents: "read", statuses: "write" },
    events: ["pull_request"],
    installations: [{ account: "acme" }],
  });
  const auth = { appId: app["id"] as number, privateKey };
  const asApp = new Octokit({ baseUrl: github.url, authStrategy: createAppAuth, auth });
  expect((await asApp.apps.getAuthenticated()).data).toMatchObject({
    slug: "cutwater-demo",
    installations_count: 1,
  });
  const { data: installation } = await asApp.apps.getRepoInstallation(lib);
  const bot = new Octokit({
    baseUrl: github.url,
    authStrategy: createAppAuth,
    auth: { ...auth, installationId: installation.id },
  });
  expect(
    (await bot.apps.listReposAccessibleToInstallation()).data.repositories.map((repo) => repo.full_name),
  ).toEqual(["acme/lib"]);
  const { data: comment } = await bot.issues.createComment({ ...lib, issue_number: 1, body: "hello" });
  expect(comment.user).toMatchObject({ login: "cutwater-demo[bot]", type: "Bot" });
  await bot.issues.addLabels({ ...lib, issue_number: 1, labels: ["lgtm"] });
  const refused = await bot.git
    .createRef({ ...lib, ref: "refs/heads/x", sha: "0".repeat(40) })
    .catch((error: { status: number }) => error.status);
  expect(refused).toBe(403);
  const wrong = new Octokit({
    baseUrl: github.url,
    authStrategy: createAppAuth,
    auth: { appId: 1, privateKey },
  });
  expect(await wrong.apps.getAuthenticated().catch((error: { status: number }) => error.status)).toBe(401);
});

test("a restart with the same directory goes on where it stopped", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-restart-"));
  const before = await testGitHub({ directory });
  const pr = await openPull(before.as("alice"), "kept", "k.txt", "k\n");
  await before.as("bob").issues.createComment({ ...lib, issue_number: pr.number, body: "remember me" });
  await before.close();
  const after = await testGitHub({ directory });
  const alice = after.as("alice");
  expect((await alice.pulls.get({ ...lib, pull_number: pr.number })).data).toMatchObject({
    id: pr.id,
    head: { sha: pr.head.sha },
    comments: 1,
  });
  expect((await alice.issues.create({ ...lib, title: "next" })).data.number).toBe(pr.number + 1);
  await after.close();
  await rm(directory, { recursive: true, force: true });
});

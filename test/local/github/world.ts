// A GitHub of our own for a test: seeded, on a free port, gone afterwards.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { type Logger, silent } from "../../../src/lib/logger.ts";
import type { Seed } from "../../../src/local/github/admin.ts";
import { type GitHubServer, startGitHubServer } from "../../../src/local/github/server.ts";

const loud: Logger = {
  ...silent,
  error: (fields, message) => console.error(message, fields),
  child: () => loud,
};

export const seed: Seed = {
  users: [
    { login: "alice", token: "alice-token", name: "Alice" },
    { login: "bob", token: "bob-token" },
    { login: "carol", token: "carol-token" },
    { login: "mallory", token: "mallory-token" },
    { login: "bot", token: "bot-token", type: "Bot" },
  ],
  orgs: [
    {
      login: "acme",
      members: { alice: "admin", bob: "member" },
      teams: [{ name: "Reviewers", members: { bob: "member" }, repos: { "acme/lib": "push" } }],
    },
  ],
  repos: [
    {
      owner: "acme",
      name: "lib",
      author: "alice",
      files: { "README.md": "# lib\n", "src/a.txt": "one\ntwo\nthree\n", "b.txt": "b\n" },
      branches: { dev: { "dev.txt": "dev\n" } },
      labels: [{ name: "lgtm", color: "15dd18" }, { name: "kind/bug" }],
      collaborators: { carol: "write", bot: "admin" },
      milestones: ["v1"],
    },
  ],
};

export interface TestGitHub extends GitHubServer {
  directory: string;
  as(login: string): Octokit;
  admin(path: string, body?: unknown): Promise<Record<string, unknown>>;
  settled(): Promise<void>;
}

export async function testGitHub(
  options: { directory?: string; clock?: Clock; rateLimit?: number; extra?: Seed } = {},
): Promise<TestGitHub> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "cutwater-github-")));
  let seedOfChance = 1;
  const random = () => {
    seedOfChance = (seedOfChance * 48_271) % 2_147_483_647;
    return seedOfChance / 2_147_483_647;
  };
  const clock = options.clock ?? systemClock;
  const { rateLimit } = options;
  const server = await startGitHubServer({
    host: "127.0.0.1",
    port: 0,
    directory,
    clock,
    log: loud,
    random,
    ...(rateLimit ? { rateLimit } : {}),
  });
  const admin = async (path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${server.url}/_cutwater/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  await admin("seed", seed);
  if (options.extra) await admin("seed", options.extra);
  return {
    ...server,
    directory,
    admin,
    as: (login) => new Octokit({ baseUrl: server.url, auth: `${login}-token`, log: quiet }),
    async settled() {
      while (!server.idle()) await systemClock.sleep(5);
    },
    async close() {
      await server.close();
      if (!options.directory) await rm(directory, { recursive: true, force: true });
    },
  };
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Commits files as a person to a branch of a repository. */
export async function commit(
  octokit: Octokit,
  repo: { owner: string; repo: string },
  branch: string,
  path: string,
  content: string,
): Promise<string> {
  const known = await octokit.repos.getContent({ ...repo, path, ref: branch }).catch(() => undefined);
  const { data } = await octokit.repos.createOrUpdateFileContents({
    ...repo,
    path,
    branch,
    message: `Change ${path}`,
    content: Buffer.from(content).toString("base64"),
    ...(known ? { sha: (known.data as { sha: string }).sha } : {}),
  });
  return data.commit.sha as string;
}

export const lib = { owner: "acme", repo: "lib" };

/** A pull request from a new branch of the same repository. */
export async function openPull(octokit: Octokit, branch: string, path: string, content: string) {
  const { data: main } = await octokit.git.getRef({ ...lib, ref: "heads/main" });
  await octokit.git.createRef({ ...lib, ref: `refs/heads/${branch}`, sha: main.object.sha });
  await commit(octokit, lib, branch, path, content);
  const { data } = await octokit.pulls.create({
    ...lib,
    title: `Change ${path}`,
    head: branch,
    base: "main",
    body: "why",
  });
  return data;
}

/** An Octokit that acts as an App installed on acme. */
export async function installedApp(
  github: TestGitHub,
  permissions: Record<string, string>,
): Promise<Octokit> {
  const app = await github.admin("apps", {
    name: "Checker",
    owner: "alice",
    permissions,
    installations: [{ account: "acme" }],
  });
  const [installation] = app["installations"] as { id: number }[];
  const auth = {
    appId: app["id"] as number,
    privateKey: app["pem"] as string,
    installationId: installation?.id as number,
  };
  return new Octokit({ baseUrl: github.url, authStrategy: createAppAuth, auth, log: quiet });
}

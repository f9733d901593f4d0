// Many pull requests at once, worked on by three processes with one budget, against a GitHub that holds to all its limits.
// Its hours pass in seconds, for both sides.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { connectGitHub } from "../src/github/client.ts";
import type { GitHub } from "../src/github/port.ts";
import { type Clock, systemClock } from "../src/lib/clock.ts";
import { silent } from "../src/lib/logger.ts";
import { sideBySide } from "../src/lib/side-by-side.ts";
import { startGitHubServer } from "../src/local/github/server.ts";
import { memoryShared } from "../src/shared/memory.ts";
import { figure } from "./figure.ts";

/** An hour is 18 s. */
const FASTER = 200;
const PROCESSES = 3;
const AT_ONCE_EACH = 60;
const DAY_MS = 24 * 3_600_000;
const repo = { org: "acme", repo: "tool" };

function fastClock(): Clock {
  const start = systemClock.now().getTime();
  return {
    now: () => new Date(start + (systemClock.now().getTime() - start) * FASTER),
    sleep: (ms, signal) => systemClock.sleep(ms / FASTER, signal),
  };
}

interface Place {
  url: string;
  admin(
    path: string,
    body?: unknown,
  ): Promise<{ entries?: { kind: string; limit?: string; path?: string }[] }>;
}

async function prepare({ url, admin }: Place, count: number): Promise<{ number: number; sha: string }[]> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  await admin("seed", {
    users: [
      { login: "alice", token: "alice-token" },
      { login: "bot", token: "bot-token", type: "Bot" },
    ],
    orgs: [{ login: repo.org, members: { alice: "admin" } }],
    repos: [
      {
        owner: repo.org,
        name: repo.repo,
        author: "alice",
        files: { "README.md": "# tool\n" },
        branches: Object.fromEntries(numbers.map((n) => [`change-${n}`, { [`file-${n}.txt`]: `${n}\n` }])),
        collaborators: { bot: "admin" },
      },
    ],
  });
  return sideBySide(numbers, 8, async (n) => {
    const response = await fetch(`${url}/repos/${repo.org}/${repo.repo}/pulls`, {
      method: "POST",
      headers: { authorization: "Bearer alice-token" },
      body: JSON.stringify({ title: `Change ${n}`, head: `change-${n}`, base: "main" }),
    });
    if (!response.ok) throw new Error(`opening a pull request: ${response.status} ${await response.text()}`);
    const { number, head } = (await response.json()) as { number: number; head: { sha: string } };
    return { number, sha: head.sha };
  });
}

/** What plugins, crier and tide ask and do from opened to merged. */
async function live(
  { read, write }: GitHub,
  { number, sha }: { number: number; sha: string },
): Promise<void> {
  const pr = { ...repo, number };
  await read.pullRequest(pr);
  await read.changedFiles(pr);
  await write.addLabels(pr, ["size/XS"]);
  const report = (state: "pending" | "success", context: string) =>
    write.createStatus(repo, sha, { state, context, description: state, target_url: "" });
  for (const context of ["unit", "lint", "tide"]) await report("pending", context);
  const said = await write.createComment(pr, "Not approved yet.");
  for (const context of ["unit", "lint"]) await report("success", context);
  await read.comments(pr);
  await write.addLabels(pr, ["lgtm"]);
  await write.addLabels(pr, ["approved"]);
  await write.deleteComment(repo, said.id);
  await write.createComment(pr, "Approved.");
  await report("success", "tide");
  await write.merge(pr, { sha, method: "merge" });
}

/** Prints the figures. */
export async function storm(count: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-storm-"));
  const clock = fastClock();
  const server = await startGitHubServer({
    ...{ host: "127.0.0.1", port: 0, directory, clock, log: silent, random: Math.random },
  });
  const { url } = server;
  const admin: Place["admin"] = async (path, body) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${url}/_cutwater/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json() as ReturnType<Place["admin"]>;
  };
  try {
    const pulls = await prepare({ url, admin }, count);
    await admin("ledger", {});
    await admin("faults", { secondary_limits: true, logins: ["bot"] });
    const started = clock.now().getTime();
    const registry = new Registry();
    await work(url, clock, registry, pulls);
    const hours = (clock.now().getTime() - started) / 3_600_000;
    const { entries = [] } = await admin("ledger?limit=1000000");
    tell(count, hours, await refusals(registry), entries);
  } finally {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function work(
  url: string,
  clock: Clock,
  metrics: Registry,
  pulls: { number: number; sha: string }[],
): Promise<void> {
  const shared = memoryShared({ clock });
  const processes = Array.from({ length: PROCESSES }, () =>
    connectGitHub({
      ...{ endpoints: [url], graphqlEndpoint: `${url}/graphql`, clock, log: silent, shared, metrics },
      auth: { token: async () => "bot-token" },
      maxWaitMs: DAY_MS,
    }),
  );
  await sideBySide(pulls, PROCESSES * AT_ONCE_EACH, (pull) =>
    live(processes[pull.number % PROCESSES]!, pull),
  );
}

async function refusals(registry: Registry): Promise<number> {
  const text = await registry.metrics();
  const counts = text.matchAll(/^github_request_duration_count\{[^}]*status="(?:403|429)"[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, value]) => sum + Number(value), 0);
}

function tell(
  count: number,
  hours: number,
  refused: number,
  entries: { kind: string; limit?: string; path?: string }[],
): void {
  const breaches = entries.filter(({ kind }) => kind === "breach");
  for (const { limit, path } of breaches.slice(0, 5)) console.log(`breach: ${limit} at ${path}`);
  const merged = entries.filter(({ kind, path }) => kind === "write" && path?.endsWith("/merge")).length;
  console.log(
    `\nA storm of ${count} pull requests, ${PROCESSES} processes, ${hours.toFixed(1)} hours of GitHub's time:`,
  );
  figure("Merged", "storm-merged", merged, "pull requests", { least: count });
  figure("Limits of GitHub's breached", "storm-breaches", breaches.length, "times", { most: 0 });
  figure("Requests that GitHub refused for a limit", "storm-refused", refused, "requests", { most: 0 });
}

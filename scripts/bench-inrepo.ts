// Prints how soon the jobs that a repository keeps itself are there: cold through the API and through git, and warm.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { loadConfig } from "../src/config/load.ts";
import { gitCLI } from "../src/git/cli.ts";
import type { MergedFiles } from "../src/git/port.ts";
import { connectGitHub } from "../src/github/client.ts";
import { apiFiles } from "../src/in-repo/api-files.ts";
import { inRepoMetrics } from "../src/in-repo/metrics.ts";
import { inRepoJobs } from "../src/in-repo/repo-jobs.ts";
import { systemClock } from "../src/lib/clock.ts";
import { silent } from "../src/lib/logger.ts";
import { startGitHubServer } from "../src/local/github/server.ts";
import { figure } from "./figure.ts";

const FILES = 20;
const JOBS_A_FILE = 10;
const HEADS = 20;
const ROUNDS = 2_000;
const REPO = { org: "acme", repo: "big" };

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const middle = (figures: number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!;

/** Milliseconds that were spent on requests for trees. */
let waited = 0;

const jobsFile = (file: number): string =>
  `presubmits:\n${Array.from({ length: JOBS_A_FILE }, (_, i) => job(`job-${file}-${i}`)).join("")}`;
const job = (name: string): string =>
  `- name: ${name}\n  run_if_changed: ^src/${name}/\n  labels: {a: b}\n  spec:\n    containers:\n    - image: img\n      command: [run]\n      args: [--all, --verbose]\n      resources: {requests: {cpu: "1", memory: 2Gi}}\n`;

const central = loadConfig(
  { config: { path: "config.yaml", text: "in_repo_config: {enabled: {acme: true}}\n" }, jobs: [] },
  [],
).config!;
const directory = mkdtempSync(join(tmpdir(), "cutwater-bench-"));
const tools = { clock: systemClock, log: silent };
const server = await startGitHubServer({
  ...{ host: "127.0.0.1", port: 0, directory: join(directory, "github"), random: Math.random },
  ...tools,
});
try {
  const heads = await seed();
  const base = heads.shift()!;
  const api = () => apiFiles(read());
  const git = () =>
    gitCLI({
      cacheDir: mkdtempSync(join(directory, "git-")),
      url: ({ org, repo }) => `${server.url}/${org}/${repo}`,
      env: { PATH: process.env["PATH"] },
    });
  await measure(base, heads, { api, git });
} finally {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
}

function read() {
  const auth = { token: async () => "alice-token" };
  const endpoints = [server.url];
  const connected = connectGitHub({ endpoints, graphqlEndpoint: `${server.url}/graphql`, auth, ...tools });
  const { read } = connected;
  return {
    ...read,
    async directory(...asked: Parameters<typeof read.directory>) {
      const began = performance.now();
      const found = await read.directory(...asked);
      waited += performance.now() - began;
      return found;
    },
  };
}

/** The SHA of the base, and those of heads that change something else. */
async function seed(): Promise<string[]> {
  const files = Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`.prow/${i}.yaml`, jobsFile(i)]));
  const branches = Object.fromEntries(
    Array.from({ length: HEADS }, (_, i) => [`head-${i}`, { [`src/${i}.txt`]: "x\n" }]),
  );
  const body = {
    users: [{ login: "alice", token: "alice-token" }],
    orgs: [{ login: "acme", members: { alice: "admin" } }],
    repos: [{ owner: "acme", name: "big", author: "alice", files, branches }],
  };
  const response = await fetch(`${server.url}/_cutwater/seed`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  const github = read();
  const names = ["main", ...Object.keys(branches)];
  return Promise.all(names.map(async (branch) => (await github.branchSHA(REPO, branch))!));
}

async function measure(
  base: string,
  heads: string[],
  { api, git }: Record<"api" | "git", () => MergedFiles>,
): Promise<void> {
  const open = (source: MergedFiles) =>
    inRepoJobs({ sources: [source], cacheSize: 200, metrics: inRepoMetrics(new Registry()), ...tools });
  const at = (head: string) => ({ baseSHA: base, heads: [head] });
  const what = `${FILES} files, ${FILES * JOBS_A_FILE} jobs`;
  const throughGit = open(git());
  figure(
    `Cold through git, mirror made and fetched, ${what}`,
    "inrepo-cold-git",
    await timed(() => throughGit.presubmits(central, REPO, at(heads[0]!))),
    "ms",
    { most: 1_000 },
  );
  const jobs = open(api());
  figure(
    `Cold through the API, ${what}`,
    "inrepo-cold-api",
    await timed(() => jobs.presubmits(central, REPO, at(heads[0]!))),
    "ms",
    { most: 1_000 },
  );
  const others = heads.slice(1);
  const each: number[] = [];
  const requests: number[] = [];
  for (const head of others) {
    waited = 0;
    const all = await timed(() => jobs.presubmits(central, REPO, at(head)));
    each.push(all - waited);
    requests.push(waited);
  }
  console.log(
    `(The request for the tree of a new head, to a GitHub of our own: ${middle(requests).toFixed(1)} ms.)`,
  );
  figure(
    `Warm, a head not seen before, without that request (the middle of ${others.length})`,
    "inrepo-warm-new-head",
    middle(each),
    "ms",
    { most: 50 },
  );
  const again = await timed(async () => {
    for (let i = 0; i < ROUNDS; i++) await jobs.presubmits(central, REPO, at(heads[i % heads.length]!));
  });
  figure("Warm, the same commits again (the mean)", "inrepo-warm-same", again / ROUNDS, "ms", { most: 50 });
  const changed = { ...central };
  figure(
    "Warm, after the central configuration has changed",
    "inrepo-warm-new-config",
    await timed(() => jobs.presubmits(changed, REPO, at(heads[0]!))),
    "ms",
    { most: 50 },
  );
}

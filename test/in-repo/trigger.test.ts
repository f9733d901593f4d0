// A repository with .prow.yaml on a GitHub of our own: a change brings jobs along, a broken one does not stop the others.
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { pluginsConfig } from "../../src/config/plugins-config.ts";
import { mergedTexts } from "../../src/git/merged-texts.ts";
import { connectGitHub } from "../../src/github/client.ts";
import { memoised } from "../../src/github/memoise.ts";
import type { GitHub } from "../../src/github/port.ts";
import { apiFiles } from "../../src/in-repo/api-files.ts";
import { inRepoMetrics } from "../../src/in-repo/metrics.ts";
import { inRepoJobs } from "../../src/in-repo/repo-jobs.ts";
import type { RepoJobs } from "../../src/jobs/repo-jobs.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import type { Event } from "../../src/model/event.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { commit, lib, openPull, type TestGitHub, testGitHub } from "../local/github/world.ts";

const REPO = { org: "acme", repo: "lib" };
const CONFIG = `
in_repo_config: {enabled: {acme/lib: true}}
presubmits:
  acme/lib:
  - {name: central, always_run: true, spec: {containers: [{image: i, command: [run]}]}}
`;
const job = (kind: string, name: string) =>
  `${kind}:\n- name: ${name}\n  always_run: true\n  spec: {containers: [{image: i, command: [run]}]}\n`;

let server: TestGitHub;
let github: GitHub;
let jobs: RepoJobs;
let told: string[] = [];
const log: Logger = { ...silent, warn: ({ err }) => void told.push(String(err)), child: () => log };

beforeAll(async () => {
  server = await testGitHub();
  const endpoints = [server.url];
  const auth = { token: async () => "bot-token" };
  const tools = { clock: systemClock, log: silent };
  github = connectGitHub({ endpoints, graphqlEndpoint: `${server.url}/graphql`, auth, ...tools });
  const metrics = inRepoMetrics(new Registry());
  jobs = inRepoJobs({ sources: [apiFiles(github.read)], cacheSize: 200, metrics, ...tools });
});
afterAll(() => server.close());

/** Names of the jobs that start. */
async function react(event: Event): Promise<string[]> {
  const { config } = loadConfig({ config: { path: "config.yaml", text: CONFIG }, jobs: [] }, []);
  const effects = await trigger.handle(event, {
    config: config!,
    plugins: pluginsConfig({ sections: {} }),
    read: memoised(github.read),
    kube: { list: async () => ({ items: [], resourceVersion: "1" }) } as unknown as KubeRead,
    again: () => memoised(github.read),
    jobs,
    merged: mergedTexts([apiFiles(github.read)], log),
    bot: "bot",
    clock: systemClock,
    random: () => 0,
    web: fetch,
    localFile: async () => "",
    log,
  });
  return effects.flatMap((effect) => (effect.do === "createProwJob" ? [effect.job.spec.job] : []));
}

async function opened(number: number): Promise<Event> {
  const pr = await github.read.pullRequest({ ...REPO, number });
  return { kind: "pull_request", action: "opened", guid: "g", repo: REPO, sender: { login: "alice" }, pr };
}

test("a pull request that adds a job runs it", async () => {
  const { number } = await openPull(server.as("alice"), "adds", ".prow.yaml", job("presubmits", "mine"));
  expect(await react(await opened(number))).toEqual(["central", "mine"]);
});

test("a comment starts a job that only the pull request has", async () => {
  const text = job("presubmits", "asked").replace("true", "false");
  const { number } = await openPull(server.as("alice"), "asked", ".prow.yaml", text);
  const author = { login: "alice" };
  const comment: Event = {
    ...{ kind: "comment", action: "created", source: "issue_comment", guid: "c", repo: REPO, number },
    ...{ isPR: true, body: "/test asked", author, sender: author, htmlUrl: "" },
    issue: { title: "t", body: "", state: "open", author, assignees: [], htmlUrl: "", labels: [] },
  };
  expect(await react(comment)).toEqual(["asked"]);
});

test("one with a broken .prow.yaml runs the central jobs, and the log has file and line", async () => {
  told = [];
  const text = job("presubmits", "broken").replace("always_run", "run_if_changed: x\n  always_run");
  const { number } = await openPull(server.as("alice"), "breaks", ".prow.yaml", text);
  expect(await react(await opened(number))).toEqual(["central"]);
  expect(told.join()).toContain(".prow.yaml:3:3: error: job broken is set to always run but also declares");
});

test("a push starts the postsubmits that the pushed commit has", async () => {
  const after = await commit(
    server.as("alice"),
    lib,
    "main",
    ".prow/after.yaml",
    job("postsubmits", "after"),
  );
  const push: Event = {
    ...{ kind: "push", guid: "p", repo: REPO, sender: { login: "alice" }, ref: "refs/heads/main" },
    ...{ before: "0", after, created: false, deleted: false, compare: "", commits: [], repoLink: "" },
  };
  expect(await react(push)).toEqual(["after"]);
});

test("another pull request on a warm cache asks for its own tree alone", async () => {
  const alice = server.as("alice");
  const [one, two] = [
    await openPull(alice, "one", "src/one.txt", "1\n"),
    await openPull(alice, "two", "src/two.txt", "2\n"),
  ];
  await react(await opened(one.number));
  const asked: string[] = [];
  const read = new Proxy(github.read, {
    get(target, name, receiver) {
      asked.push(String(name));
      return Reflect.get(target, name, receiver);
    },
  });
  const base = (await github.read.branchSHA(REPO, "main"))!;
  const counted = apiFiles(read);
  const list = (sha: string) =>
    counted.list(REPO, { baseSHA: base, heads: [sha], method: "merge" }, [".prow", ".prow.yaml"]);
  await list(one.head.sha);
  asked.length = 0;
  await list(two.head.sha);
  expect(asked).toEqual(["directory"]);
});

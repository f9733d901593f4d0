// Everything that takes part in a storm, started: GitHub and a Kubernetes API, the Redis of the budget, and the
// components, each a process of its own on one fast clock.
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { prepareCluster } from "../../src/cmd/up/local-servers.ts";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { loadYAML } from "../../src/lib/yaml/load.ts";
import { freePort } from "../../test/contracts/free-port.ts";
import { redisServer } from "../../test/contracts/redis-server.ts";
import { divideByRepository, hookOf } from "./by-repository.ts";
import { type Pace, paceText } from "./fast-clock.ts";
import { APP_ID, type Files, ORG, type Pull, seedOf, writeFiles } from "./setting.ts";

export interface StormWorld {
  github: string;
  kube: Kube;
  admin<T>(path: string, body?: unknown): Promise<T>;
  /** `/metrics` of each component, by its name. */
  metrics(): Promise<Map<string, string>>;
  /** Files of the hooks' queues. */
  queues: readonly string[];
  /** Ends the components, in good order. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface StormOptions {
  folder: string;
  pulls: readonly Pull[];
  pace: Pace;
  contentPerHour?: number | undefined;
}

const HOOKS = 2;
const START_MS = 60_000;
/** The machine is as slow as ever while the clock hurries: half a second of it would soon be over. */
const REDIS_MS = 10_000;

export async function startStorm({ folder, pulls, pace, contentPerHour }: StormOptions): Promise<StormWorld> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  const run = runner(folder, pace, closing);
  try {
    for (const name of ["log", "servers"]) mkdirSync(join(folder, name), { recursive: true });
    const redis = await redisServer();
    closing.push(redis.dispose);
    const [githubPort, kubePort, hookPort, ...hooks] = await Promise.all(
      Array.from({ length: 3 + HOOKS }, () => freePort()),
    );
    run("servers", "servers.ts", [join(folder, "servers"), `${githubPort}`, `${kubePort}`]);
    const github = `http://127.0.0.1:${githubPort}`;
    const server = `http://127.0.0.1:${kubePort}`;
    await untilAnswers([`${github}/_cutwater/idle`, `${server}/version`]);
    const divider = await divideByRepository(hookPort!, hooks);
    closing.push(divider.close);
    const kube = connect({ server, authorization: async () => "" });
    await prepareCluster(kube, { prowjob_namespace: "default", pod_namespace: "test-pods" });
    const admin = adminOf(github);
    const key = privateKey();
    await admin("seed", seedOf(pulls, { key, hook: `http://127.0.0.1:${hookPort}/hook`, ...appFile() }));
    writeFileSync(join(folder, "kubeconfig"), kubeconfig(server));
    const files = writeFiles(join(folder, "config"), { pulls, github, key });
    const budget = [
      `--github-share=${redis.url}?commandTimeout=${REDIS_MS}`,
      ...(contentPerHour ? [`--github-content-per-hour=${contentPerHour}`] : []),
    ];
    const components = await startComponents({ folder, pulls, files, github, budget, hooks, run });
    return { github, kube, admin, ...components, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Run = (name: string, script: string, args: readonly string[], gitConfig?: string) => ChildProcess;

const runner =
  (folder: string, pace: Pace, closing: (() => unknown)[]): Run =>
  (name, script, args, gitConfig) => {
    const log = openSync(join(folder, "log", `${name}.log`), "a");
    const program = join(import.meta.dirname, script);
    const child = spawn(process.execPath, [program, paceText(pace), ...args], {
      stdio: ["ignore", log, log],
      env: { ...process.env, HOSTNAME: name, ...(gitConfig && { GIT_CONFIG_GLOBAL: gitConfig }) },
    });
    closeSync(log);
    closing.push(() => ended(child, "SIGKILL"));
    return child;
  };

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}

interface Places {
  folder: string;
  pulls: readonly Pull[];
  files: Files;
  github: string;
  /** Flags. */
  budget: readonly string[];
  hooks: readonly number[];
  run: Run;
}

async function startComponents({ folder, pulls, files, github, budget, hooks, run }: Places) {
  const children: ChildProcess[] = [];
  const metricsAt = new Map<string, string>();
  const ready: string[] = [];
  const start = async (name: string, component: string, own: readonly string[]) => {
    const [health, metrics] = await Promise.all([freePort(), freePort()]);
    metricsAt.set(name, `http://127.0.0.1:${metrics}/metrics`);
    ready.push(`http://127.0.0.1:${health}/healthz/ready`);
    const shared = [
      ...[`--config-path=${files.config}`, `--kubeconfig=${join(folder, "kubeconfig")}`],
      ...[`--health-port=${health}`, `--metrics-port=${metrics}`, "--dry-run=false"],
      ...[`--github-endpoint=${github}`, `--github-graphql-endpoint=${github}/graphql`],
      ...["--github-host=github.invalid", ...budget],
      ...[`--github-app-id=${APP_ID}`, `--github-app-private-key-path=${files.key}`],
    ];
    children.push(run(name, "component.ts", [component, ...shared, ...own], files.gitConfig));
  };
  const data = (name: string) => join(folder, name);
  const repos = [...new Set(pulls.map(({ repo }) => repo))];
  const reposOf = (hook: number) => repos.filter((repo) => hookOf(repo, hooks.length) === hook);
  const queues = hooks.map((_, nth) => join(folder, `hook-${nth}.db`));
  for (const [nth, port] of hooks.entries())
    await start(`hook-${nth}`, "hook", [
      ...[`--plugin-config=${files.plugins}`, `--hmac-secret-file=${files.hmac}`],
      ...[`--port=${port}`, `--queue=sqlite:${queues[nth]}`, `--data=${data(`hook-${nth}`)}`],
      ...reposOf(nth).map((repo) => `--github-enabled-repo=${ORG}/${repo}`),
    ]);
  // No leases: nothing takes over here, and theirs are too short for a clock that hurries.
  await start("crier", "crier", ["--github-workers=50", "--leader-lease="]);
  await start("tide", "tide", [`--port=${await freePort()}`, `--data=${data("tide")}`, "--leader-lease="]);
  await untilAnswers(ready);
  return {
    queues,
    async metrics() {
      const texts = [...metricsAt].map(
        async ([name, url]) => [name, await (await fetch(url)).text()] as const,
      );
      return new Map(await Promise.all(texts));
    },
    stop: async () => void (await Promise.all(children.map((child) => ended(child, "SIGTERM")))),
  };
}

function appFile(): { permissions: Record<string, string>; events: string[] } {
  const app = loadYAML(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")) as {
    default_permissions: Record<string, string>;
    default_events: string[];
  };
  return { permissions: app.default_permissions, events: app.default_events };
}

const privateKey = (): string =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;

const adminOf =
  (github: string): StormWorld["admin"] =>
  async (path, body) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`${github}/_cutwater/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as never;
  };

const kubeconfig = (server: string): string =>
  JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "default" },
    clusters: [{ name: "local", cluster: { server } }],
    users: [{ name: "local", user: {} }],
    contexts: [{ name: "default", context: { cluster: "local", user: "local" } }],
  });

async function untilAnswers(urls: readonly string[]): Promise<void> {
  const deadline = performance.now() + START_MS;
  for (const url of urls) {
    while (!(await answers(url))) {
      if (performance.now() > deadline) throw new Error(`${url} does not answer within ${START_MS / 1000} s`);
      await pause(100);
    }
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

// Everything that takes part in a storm, started: GitHub and a Kubernetes API, the Redis of the budget, and the
// components, each a process of its own on one fast clock.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { prepareCluster } from "../../src/cmd/up/local-servers.ts";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { freePort } from "../../test/contracts/free-port.ts";
import { redisServer } from "../../test/contracts/redis-server.ts";
import { type Admin, adminOf } from "../stage/admin.ts";
import { privateKey } from "../stage/app.ts";
import {
  appFlags,
  type ComponentFiles,
  githubFlags,
  hookFlags,
  readyURL,
  usualFlags,
  writeFiles,
} from "../stage/component-files.ts";
import { kubeconfig } from "../stage/kubeconfig.ts";
import { startLogged } from "../stage/logged-process.ts";
import { ORG } from "../stage/people.ts";
import { untilReady } from "../stage/until.ts";
import { divideByRepository, hookOf } from "./by-repository.ts";
import { type Pace, paceText } from "./fast-clock.ts";
import { configOf, PLUGINS, type Pull, SECRET, seedOf } from "./setting.ts";

export interface StormWorld {
  github: string;
  kube: Kube;
  admin: Admin;
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
    await Promise.all([`${github}/_cutwater/idle`, `${server}/version`].map(untilReady));
    const divider = await divideByRepository(hookPort!, hooks);
    closing.push(divider.close);
    const kube = connect({ server, authorization: async () => "" });
    await prepareCluster(kube, { prowjob_namespace: "default", pod_namespace: "test-pods" });
    const admin = adminOf(github);
    const key = privateKey();
    await admin("seed", seedOf(pulls, { key, url: `http://127.0.0.1:${hookPort}/hook` }));
    const files = writeFiles(join(folder, "config"), {
      ...{ config: configOf(pulls), plugins: PLUGINS, secret: SECRET, key, github },
      kubeconfig: kubeconfig({ server }, {}),
    });
    const shared = [
      ...[...githubFlags(github), ...appFlags(files)],
      `--github-share=${redis.url}?commandTimeout=${REDIS_MS}`,
      ...(contentPerHour ? [`--github-content-per-hour=${contentPerHour}`] : []),
    ];
    const components = await startComponents({ folder, pulls, files, shared, hooks, run });
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
    const child = startLogged({
      file: process.execPath,
      args: [join(import.meta.dirname, script), paceText(pace), ...args],
      env: { ...process.env, HOSTNAME: name, ...(gitConfig && { GIT_CONFIG_GLOBAL: gitConfig }) },
      log: join(folder, "log", `${name}.log`),
    });
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
  files: ComponentFiles;
  /** Flags of all. */
  shared: readonly string[];
  hooks: readonly number[];
  run: Run;
}

async function startComponents({ folder, pulls, files, shared, hooks, run }: Places) {
  const children: ChildProcess[] = [];
  const metricsAt = new Map<string, string>();
  const ready: string[] = [];
  const start = async (name: string, component: string, own: readonly string[]) => {
    const ports = { health: await freePort(), metrics: await freePort() };
    metricsAt.set(name, `http://127.0.0.1:${ports.metrics}/metrics`);
    ready.push(readyURL(ports));
    const flags = [...usualFlags(files, ports), ...shared, ...own];
    children.push(run(name, "component.ts", [component, ...flags], files.gitConfig));
  };
  const data = (name: string) => join(folder, name);
  const repos = [...new Set(pulls.map(({ repo }) => repo))];
  const reposOf = (hook: number) => repos.filter((repo) => hookOf(repo, hooks.length) === hook);
  const queues = hooks.map((_, nth) => join(folder, `hook-${nth}.db`));
  for (const [nth, port] of hooks.entries())
    await start(`hook-${nth}`, "hook", [
      ...hookFlags(files, port),
      ...[`--queue=sqlite:${queues[nth]}`, `--data=${data(`hook-${nth}`)}`],
      ...reposOf(nth).map((repo) => `--github-enabled-repo=${ORG}/${repo}`),
    ]);
  // No leases: nothing takes over here, and theirs are too short for a clock that hurries.
  await start("crier", "crier", ["--github-workers=50", "--leader-lease="]);
  await start("tide", "tide", [`--port=${await freePort()}`, `--data=${data("tide")}`, "--leader-lease="]);
  await Promise.all(ready.map(untilReady));
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

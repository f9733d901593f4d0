// The manifests applied to a real kube-apiserver, and components as processes that are who the manifests say.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { freePort } from "../contracts/free-port.ts";
import { found, type RealKube, startRealKube } from "../contracts/real-kube.ts";
import { until } from "../plank/end-to-end.ts";
import { base, components, root, workloads } from "./manifests.ts";

const run = promisify(execFile);

export interface Cluster {
  directory: string;
  admin: Kube;
  /** kubectl as a cluster admin; resolves to what it printed, warnings included. */
  kubectl(...args: string[]): Promise<string>;
  /** A client that is a service account of namespace `prow`. */
  as(account: string): Promise<Kube>;
  /** Starts a component with the command line of its Deployment; `more` comes after. */
  component(name: string, more?: string[]): Promise<Running>;
  /** With the StatefulSet's own command; returns its port. */
  redis(): Promise<number>;
  close(): Promise<void>;
}

export interface Running {
  port: number;
  output(): string;
  ready(): Promise<boolean>;
  stop(): Promise<void>;
}

export const hasKubectl = (): boolean => found("kubectl") !== undefined;

/** What the Secrets and ConfigMaps hold that an overlay brings. */
function writeVolumes(directory: string, config: string): void {
  const files = {
    "config/config.yaml": config,
    "job-config/.keep": "",
    "plugins/plugins.yaml": "plugins: {}\n",
    "github/cert": execFileSync("openssl", ["genrsa", "2048"], { stdio: ["ignore", "pipe", "ignore"] }),
    "webhook/hmac": "webhook-secret\n",
    "redis-password/password": "pass%41word\n",
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

export async function startCluster(config: string): Promise<Cluster> {
  const server = await startRealKube();
  const directory = mkdtempSync(join(tmpdir(), "cutwater-deploy-"));
  writeVolumes(directory, config);
  const stops: (() => Promise<void>)[] = [];
  const client = (token: string) =>
    connect({
      server: server.url,
      tls: { rejectUnauthorized: false },
      authorization: async () => `Bearer ${token}`,
    });
  const kubectl = async (...args: string[]) => {
    const login = [`--server=${server.url}`, `--token=${server.token}`, "--insecure-skip-tls-verify"];
    const { stdout, stderr } = await run(found("kubectl")!, [...login, ...args], {
      cwd: directory,
      env: { HOME: directory },
    });
    return stdout + stderr;
  };
  const token = async (account: string) =>
    (await kubectl("create", "token", account, "--namespace=prow")).trim();
  return {
    directory,
    admin: client(server.token),
    kubectl,
    as: async (account) => client(await token(account)),
    async component(name, more = []) {
      const { deployment } = components.find((each) => each.name === name)!;
      const { serviceAccountName } = deployment.spec.template.spec;
      const kubeconfig = writeKubeconfig(
        join(directory, `${name}.kubeconfig`),
        server,
        await token(serviceAccountName),
      );
      const running = await startComponent(name, directory, [`--kubeconfig=${kubeconfig}`, ...more]);
      stops.push(running.stop);
      return running;
    },
    async redis() {
      const port = await freePort();
      stops.push(startRedis(directory, port));
      await until(() => isOpen(port), "Redis listens");
      return port;
    },
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeKubeconfig(file: string, { url }: RealKube, token: string): string {
  const config = {
    clusters: [{ name: "home", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "account", user: { token } }],
    contexts: [{ name: "default", context: { cluster: "home", user: "account" } }],
    "current-context": "default",
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Paths of volumes and ports are other ones here; everything else is as the Deployment says. */
async function startComponent(name: string, directory: string, more: string[]): Promise<Running> {
  const { container } = components.find((each) => each.name === name)!;
  const [health, metrics, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const args = container.args.map((word) =>
    word
      .replace("=/etc/", `=${directory}/`)
      .replace("=/var/lib/cutwater", `=${directory}/data-${name}`)
      .replace("$(GITHUB_APP_ID)", "1"),
  );
  const ports = [`--health-port=${health}`, `--metrics-port=${metrics}`];
  const pages = container.ports.some((each) => each.name === "http") ? [`--port=${port}`] : [];
  const child = spawn(join(root, "bin", "cutwater"), [...args, ...ports, ...pages, ...more], {
    env: { PATH: "/usr/bin:/bin", HOME: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return {
    port,
    output: () => output,
    async ready() {
      if (child.exitCode !== null) throw new Error(`${name} has ended:\n${output}`);
      const answer = await fetch(`http://127.0.0.1:${health}/healthz/ready`).catch(() => undefined);
      return answer?.ok ?? false;
    },
    stop: () => ended(child),
  };
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => resolve(Boolean(socket.destroy())));
  });

/** Returns how to stop it. */
function startRedis(directory: string, port: number): () => Promise<void> {
  const { spec } = workloads.find(({ kind }) => kind === "StatefulSet")!;
  const [container] = spec.template.spec.containers;
  const folder = join(directory, "redis");
  for (const name of ["data", "run", "conf"]) mkdirSync(join(folder, name), { recursive: true });
  const local = (text: string) =>
    text
      .replaceAll("/etc/redis-password", join(directory, "redis-password"))
      .replaceAll("/etc/redis", join(folder, "conf"))
      .replaceAll("/run/redis", join(folder, "run"))
      .replace("dir /data", `dir ${join(folder, "data")}\nport ${port}\nbind 127.0.0.1`);
  writeFileSync(join(folder, "conf", "redis.conf"), local(redisConf()));
  const [program = "", ...words] = [...container!.command!, ...container!.args].map(local);
  const child = spawn(program, words, { stdio: "ignore" });
  return () => ended(child);
}

const redisConf = (): string => {
  const text = execFileSync(found("kubectl")!, ["kustomize", base], { encoding: "utf8" });
  const block = /\n {2}redis\.conf: \|\n((?: {4}.*\n)+)/.exec(text)?.[1] ?? "";
  return block.replace(/^ {4}/gm, "");
};

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    child.once("exit", () => {
      clearTimeout(late);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

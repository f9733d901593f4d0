// The manifests applied to a real kube-apiserver, and components as processes that are who the manifests say.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import type { Kube } from "../../src/kube/port.ts";
import { freePort } from "../contracts/free-port.ts";
import { connectTo, found, type RealKube, startRealKube } from "../contracts/real-kube.ts";
import { additions, base, COMMANDS, components, root } from "./manifests.ts";
import { PASSWORD, type RedisOptions, type StartedRedis, startRedis } from "./redis.ts";

const run = promisify(execFile);

export interface Cluster {
  directory: string;
  admin: Kube;
  /** kubectl as a cluster admin; resolves to what it printed, warnings included. */
  kubectl(...args: string[]): Promise<string>;
  /** A client that is a service account of namespace `prow`. */
  as(account: string): Promise<Kube>;
  /** Starts a component with the command line of its workload; `more` comes after. */
  component(name: string, more?: string[], env?: Record<string, string>): Promise<Running>;
  /** With the StatefulSet's own command. */
  redis(options?: RedisOptions): Promise<StartedRedis>;
  close(): Promise<void>;
}

/** An overlay with all that may be added to the base, and `more` after it; returns its directory. */
export function overlay(directory: string, ...more: string[]): string {
  const folder = join(directory, "overlay");
  mkdirSync(folder);
  const to = relative(folder, base);
  const lines = [
    `resources: [${to}]`,
    `components: [${[...additions, ...more].map((name) => join(to, "components", name)).join(", ")}]`,
  ];
  writeFileSync(join(folder, "kustomization.yaml"), lines.join("\n"));
  return folder;
}

/** The kinds of the Prometheus operator, for objects to be taken; nobody acts on them. */
export async function installOperatorsKinds({ kubectl, directory }: Cluster): Promise<void> {
  const kinds = { podmonitors: "PodMonitor", prometheusrules: "PrometheusRule" };
  const schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const version = { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } };
  const names = Object.keys(kinds).map((plural) => `${plural}.monitoring.coreos.com`);
  const items = Object.entries(kinds).map(([plural, kind], at) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: names[at] },
    spec: {
      group: "monitoring.coreos.com",
      scope: "Namespaced",
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [version],
    },
  }));
  const file = join(directory, "operators-kinds.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await kubectl("apply", "-f", file);
  await kubectl("wait", "--for=condition=Established", ...names.map((name) => `crd/${name}`));
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
    "redis-password/password": `${PASSWORD}\n`,
    "s3-credentials/service-account.json": "{}",
    "gcs-credentials/service-account.json": "{}",
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
  const client = (token: string) => connectTo({ url: server.url, token });
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
    async component(name, more = [], env = {}) {
      const { command, workload } = components.find((each) => each.name === name)!;
      const { serviceAccountName } = workload.spec.template.spec;
      const login = async () => {
        const file = join(directory, `${name}.kubeconfig`);
        return `--kubeconfig=${writeKubeconfig(file, server, await token(serviceAccountName))}`;
      };
      const words = "kubeconfig" in COMMANDS[command]!.flags ? [await login(), ...more] : more;
      const running = await startComponent(name, directory, words, env);
      stops.push(running.stop);
      return running;
    },
    async redis(options) {
      const redis = await startRedis(options);
      stops.push(redis.stop);
      return redis;
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

/** Paths of volumes and ports are other ones here; everything else is as the manifests say. */
async function startComponent(
  name: string,
  directory: string,
  more: string[],
  env: Record<string, string>,
): Promise<Running> {
  const { container } = components.find((each) => each.name === name)!;
  const [health, metrics, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const args = container.args.map((word) =>
    word
      .replace("=/etc/", `=${directory}/`)
      .replace("=/var/lib/cutwater", `=${directory}/data-${name}`)
      .replace("$(GITHUB_APP_ID)", "1"),
  );
  // As the volume would be there.
  mkdirSync(join(directory, `data-${name}`), { recursive: true });
  const ports = [`--health-port=${health}`, `--metrics-port=${metrics}`];
  const pages = container.ports.some((each) => each.name === "http") ? [`--port=${port}`] : [];
  const child = spawn(join(root, "bin", "cutwater"), [...args, ...ports, ...pages, ...more], {
    env: { PATH: "/usr/bin:/bin", HOME: directory, ...env },
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

// Everything that takes part, started: Redis, a real kube-apiserver, GitHub, and each component in processes of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareCluster } from "../../src/cmd/up/local-servers.ts";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { PROW_JOB } from "../../src/model/prowjob.ts";
import { freePort } from "../../test/contracts/free-port.ts";
import { type RealKube, startRealKube } from "../../test/contracts/real-kube.ts";
import { type Balancer, balancer } from "./balancer.ts";
import { COMPONENTS, labelOf } from "./cast.ts";
import { commandOf, type Places } from "./commands.ts";
import { type KillableRedis, killableRedis } from "./redis.ts";
import { NAMESPACE, POD_NAMESPACE, seedOf, writeFiles } from "./setting.ts";
import { type FaultyStorage, faultyStorage } from "./storage.ts";
import { Supervised } from "./supervised.ts";
import { until, untilReady } from "./until.ts";

export interface World {
  github: string;
  /** Opens the emulator's set-up interface. */
  admin<T>(path: string, body?: unknown): Promise<T>;
  kube: Kube;
  redis: KillableRedis;
  storage: FaultyStorage;
  /** Between the components and the Kubernetes API. */
  api: Balancer;
  components: ReadonlyMap<string, Supervised>;
  close(): Promise<void>;
}

export interface WorldOptions {
  folder: string;
  seed: number;
  repos: number;
  sweepSeconds: number;
  /** A binary of real Prow's hook, to run in the place of ours. */
  prowHook?: string | undefined;
}

const ADMIN_TOKEN = "admin-token";

export async function startWorld({
  folder,
  seed,
  repos,
  sweepSeconds,
  prowHook,
}: WorldOptions): Promise<World> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.reverse()) await end();
  };
  try {
    for (const name of ["redis", "github", "log"]) mkdirSync(join(folder, name), { recursive: true });
    const [server, redis, storage, emulator] = await Promise.all([
      startRealKube(),
      killableRedis(join(folder, "redis")),
      faultyStorage(join(folder, "storage"), seed),
      startGitHub(folder),
    ]);
    closing.push(
      () => server.close(),
      redis.close,
      storage.close,
      () => emulator.child.kill("SIGKILL"),
    );
    const kube = connect({
      server: server.url,
      tls: { rejectUnauthorized: false },
      authorization: async () => `Bearer ${server.token}`,
    });
    const admin = adminOf(emulator.url);
    await prepare(kube);
    const hookPorts = await Promise.all(
      COMPONENTS.filter(({ component }) => component === "hook").map(freePort),
    );
    const [hooks, api] = await Promise.all([
      balancer(hookPorts),
      balancer([Number(new URL(server.url).port)]),
    ]);
    closing.push(hooks.close, api.close);
    const key = privateKey();
    const hooked = { url: `http://127.0.0.1:${hooks.port}/hook`, ...(!prowHook && { key }) };
    await admin("seed", seedOf(repos, hooked));
    await admin("ledger", {});
    const keyFile = join(folder, "key.pem");
    writeFileSync(keyFile, key);
    writeFileSync(join(folder, "kubeconfig"), kubeconfig(api.port, server));
    const files = writeFiles(join(folder, "config"), repos, emulator.url);
    const places: Places = {
      folder,
      files,
      keyFile,
      github: emulator.url,
      redis: redis.url,
      storage: storage.url,
      hookPorts,
      sweepSeconds,
      prowHook,
    };
    const components = new Map<string, Supervised>();
    closing.push(() => Promise.all([...components.values()].map((one) => one.down())));
    await startComponents(places, components);
    return { github: emulator.url, admin, kube, redis, storage, api, components, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startComponents(places: Places, components: Map<string, Supervised>): Promise<void> {
  const ready: string[] = [];
  for (const replica of COMPONENTS) {
    const { command, readyURL } = await commandOf(replica, places);
    const supervised = new Supervised(command);
    supervised.start();
    components.set(labelOf(replica), supervised);
    ready.push(readyURL);
  }
  await Promise.all(ready.map(untilReady));
}

const privateKey = (): string =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;

async function startGitHub(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const program = join(import.meta.dirname, "github-process.ts");
  const log = openSync(join(folder, "log", "github.log"), "a");
  const args = [program, `${port}`, join(folder, "github"), ADMIN_TOKEN];
  const child = spawn(process.execPath, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/_cutwater/idle`);
  return { url, child };
}

const adminOf =
  (url: string) =>
  async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/_cutwater/${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

async function prepare(kube: Kube): Promise<void> {
  await prepareCluster(kube, { prowjob_namespace: NAMESPACE, pod_namespace: POD_NAMESPACE });
  await until("ProwJobs can be listed", () =>
    kube.read.list(PROW_JOB, { namespace: NAMESPACE }).then(
      () => true,
      () => false,
    ),
  );
}

const kubeconfig = (port: number, { token }: RealKube): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "real", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
    ],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "default", context: { cluster: "real", user: "admin" } }],
    "current-context": "default",
  });

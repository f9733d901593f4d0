// Everything that takes part, started: Redis, a real kube-apiserver, GitHub, and each component in processes of its own.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareCluster } from "../../src/cmd/up/local-servers.ts";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { PROW_JOB } from "../../src/model/prowjob.ts";
import { freePort } from "../../test/contracts/free-port.ts";
import { startRealKube } from "../../test/contracts/real-kube.ts";
import { type Admin, adminOf } from "../stage/admin.ts";
import { privateKey } from "../stage/app.ts";
import { writeFiles } from "../stage/component-files.ts";
import { kubeconfig } from "../stage/kubeconfig.ts";
import { startLogged } from "../stage/logged-process.ts";
import { userOf } from "../stage/people.ts";
import { until, untilReady } from "../stage/until.ts";
import { type Balancer, balancer } from "./balancer.ts";
import { COMPONENTS, labelOf } from "./cast.ts";
import { commandOf, type Places } from "./commands.ts";
import { type KillableRedis, killableRedis } from "./redis.ts";
import { configOf, NAMESPACE, PLUGINS, POD_NAMESPACE, SECRET, seedOf, TOKEN_BOT } from "./setting.ts";
import { type FaultyStorage, faultyStorage } from "./storage.ts";
import { Supervised } from "./supervised.ts";

export interface World {
  github: string;
  admin: Admin;
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
    const admin = adminOf(emulator.url, ADMIN_TOKEN);
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
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, userOf(TOKEN_BOT).token);
    const files = writeFiles(join(folder, "config"), {
      ...{ config: configOf(repos), plugins: PLUGINS, secret: SECRET, key, github: emulator.url },
      // As real Prow's hook asks for it.
      gitHosts: [`https://${TOKEN_BOT}:${userOf(TOKEN_BOT).token}@github.invalid/`],
      kubeconfig: kubeconfig(
        { server: `https://127.0.0.1:${api.port}`, "insecure-skip-tls-verify": true },
        { token: server.token },
      ),
    });
    const places: Places = {
      folder,
      files,
      tokenFile,
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

async function startGitHub(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const program = join(import.meta.dirname, "github-process.ts");
  const child = startLogged({
    file: process.execPath,
    args: [program, `${port}`, join(folder, "github"), ADMIN_TOKEN],
    env: process.env,
    log: join(folder, "log", "github.log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/_cutwater/idle`);
  return { url, child };
}

async function prepare(kube: Kube): Promise<void> {
  await prepareCluster(kube, { prowjob_namespace: NAMESPACE, pod_namespace: POD_NAMESPACE });
  await until("ProwJobs can be listed", () =>
    kube.read.list(PROW_JOB, { namespace: NAMESPACE }).then(
      () => true,
      () => false,
    ),
  );
}

// cutwater up --local: a whole world on this machine, and the demo in it.
import { createWriteStream, mkdtempSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ConfigPaths } from "../../config/read-files.ts";
import { connectGitHub } from "../../github/client.ts";
import type { GitHub } from "../../github/port.ts";
import { parseSecrets } from "../../hook/hmac.ts";
import { singleCluster } from "../../kube/kubeconfig.ts";
import type { Kube } from "../../kube/port.ts";
import { UsageError } from "../../lib/flags.ts";
import { loadYAML } from "../../lib/yaml/load.ts";
import { seedDemo } from "../../local/demo/seed.ts";
import { directoryStorage } from "../../storage/directory.ts";
import type { Host } from "../command.ts";
import { configAgent } from "../config/config-agent.ts";
import { aloneIn, openDataDirectory } from "../process/data-directory.ts";
import { clustersWithPoints } from "../process/failpoints.ts";
import { jsonLog } from "../process/log.ts";
import { logFormat } from "../process/log-format.ts";
import { surrounded } from "../surrounded.ts";
import type { Running, Surroundings } from "../surroundings.ts";
import type { UpFlags } from "../up.ts";
import { sure } from "../wiring/connect.ts";
import { runtimeNamed } from "../wiring/runtime.ts";
import { startTogether } from "./components.ts";
import { playOrStay } from "./demo.ts";
import { type LocalAddresses, localConfig } from "./local-config.ts";
import { type LocalSecrets, localSecrets } from "./local-secrets.ts";
import { prepareCluster, startGitHub, startKubernetes } from "./local-servers.ts";
import { startOwnNode } from "./own-node.ts";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
const APP_ID = 1;
/** The emulator knows at once what a merge has changed. */
const MERGE_PAUSE_MS = 100;
const TIDE_PAUSE_MS = 500;

/** One local world, for those who build its parts. */
export interface LocalWorld {
  flags: UpFlags;
  host: Host;
  directory: string;
  addresses: LocalAddresses;
  secrets: LocalSecrets;
  kube: Kube;
  kubeconfig: string;
}

export async function upLocal(flags: UpFlags, host: Host): Promise<number> {
  const began = host.clock.now();
  runtimeNamed(flags.runtime);
  if (!LOOPBACK.has(flags.host)) {
    throw new UsageError(
      "--local is for this machine alone, since whoever reaches its GitHub runs programs here: leave --host out",
    );
  }
  const directory = flags.data ? resolve(host.cwd, flags.data) : mkdtempSync(join(tmpdir(), "cutwater-"));
  await openDataDirectory(directory);
  await mkdir(join(directory, "github"), { recursive: true });
  const log = createWriteStream(join(directory, "cutwater.log"), { flags: "a" });
  // What went wrong can be looked up afterwards; a wrong command line has left nothing to look up.
  let keep = true;
  try {
    const start: Start = { host, began, writeLog: (line) => void log.write(`${line}\n`) };
    const code = await aloneIn(directory, () => inDirectory(directory, flags, start));
    keep = code !== 0;
    return code;
  } catch (error) {
    keep = !(error instanceof UsageError);
    throw error;
  } finally {
    await new Promise((done) => log.end(done));
    if (!flags.data && !keep) await rm(directory, { recursive: true, force: true });
  }
}

interface Start {
  host: Host;
  began: Date;
  writeLog(line: string): void;
}

async function inDirectory(
  directory: string,
  flags: UpFlags,
  { host, began, writeLog }: Start,
): Promise<number> {
  const log = jsonLog("up", writeLog, logFormat(flags["log-format"]));
  const secrets = await localSecrets(directory);
  const at = (offset: number) => ({ directory, host: flags.host, port: flags.port + offset });
  const addresses: LocalAddresses = { deck: urlOf(at(0)), github: urlOf(at(1)), kubernetes: urlOf(at(2)) };
  const servers = await Promise.allSettled([
    startGitHub(at(1), secrets.adminToken, host, log),
    startKubernetes(at(2), secrets.kubeToken, host, log),
  ]);
  const [github, kubernetes] = servers;
  try {
    if (github.status === "rejected") throw github.reason;
    if (kubernetes.status === "rejected") throw kubernetes.reason;
    const { kube, kubeconfig } = kubernetes.value;
    const world: LocalWorld = { flags, host, directory, addresses, secrets, kube, kubeconfig };
    return await surrounded({ host, log, flags: { ...flags, data: directory } }, async (bare, stop) => {
      const paths = await localConfig(directory, addresses);
      const config = configAgent({ paths: pathsIn(paths), clock: host.clock, ...bare, log });
      const running = await startWorld(world, { ...bare, config });
      const code = await playOrStay(world, running, { began, config });
      stop();
      await running.done;
      return code;
    });
  } finally {
    for (const server of servers) if (server.status === "fulfilled") await server.value.close();
  }
}

const urlOf = ({ host, port }: { host: string; port: number }): string => `http://${host}:${port}`;

const pathsIn = (directory: string): ConfigPaths => ({
  configPath: join(directory, "config.yaml"),
  jobConfigPath: join(directory, "jobs"),
  pluginConfigPath: join(directory, "plugins.yaml"),
});

/** Components and kubelet; resolves once pages and webhooks are served. */
async function startWorld(world: LocalWorld, around: Surroundings): Promise<Running> {
  const { flags, directory, addresses, secrets, kube } = world;
  await prepareCluster(kube, around.config.config());
  await seedDemo({ github: addresses.github, ...secrets, app: { id: APP_ID, ...(await appOf(world)) } });
  const storage = join(directory, "storage");
  const together = await startTogether(
    {
      github: localGitHub(world, around),
      clusters: clustersWithPoints(around.host.failpoints, singleCluster(kube)),
      storage: directoryStorage({ root: storage }),
    },
    {
      directory,
      pluginConfig: join(directory, "plugins.yaml"),
      endpoint: addresses.github,
      web: addresses.github,
      dryRun: false,
      mergePauseMs: MERGE_PAUSE_MS,
      inRepoConfigCacheSize: flags["in-repo-config-cache-size"],
      secrets: async () => parseSecrets(secrets.webhookSecret),
      splitByOrg: true,
      address: flags.host,
      port: flags.port,
      tidePauseMs: TIDE_PAUSE_MS,
      onlyThisMachine: true,
      operatorPort: flags["operator-port"],
      replayTokenFile: flags["replay-token-file"],
    },
    around,
  );
  const runtime = runtimeNamed(flags.runtime);
  const node = startOwnNode(
    kube,
    { nodeName: "laptop", directory, runtime, storage, token: secrets.kubeToken },
    around,
  );
  return { ready: together.ready, done: Promise.all([together.done, node]) };
}

/** Permissions and events are those that app.yml asks GitHub for. */
async function appOf({ addresses, secrets }: LocalWorld) {
  const manifest = loadYAML(await readFile(new URL("../../../app.yml", import.meta.url), "utf8")) as {
    default_permissions: Record<string, string>;
    default_events: string[];
  };
  return {
    key: secrets.privateKey,
    webhookSecret: secrets.webhookSecret,
    hookUrl: `${addresses.deck}/hook`,
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  };
}

const localGitHub = (
  { host, addresses, secrets }: LocalWorld,
  { log, metrics, signal }: Surroundings,
): GitHub =>
  sure(
    connectGitHub({
      endpoints: [addresses.github],
      graphqlEndpoint: `${addresses.github}/graphql`,
      auth: { appId: String(APP_ID), privateKey: secrets.privateKey },
      clock: host.clock,
      signal,
      log: log.child({ component: "github-client" }),
      metrics,
    }),
    host,
  );

// cutwater up: every component in one process, for a real GitHub, and a cluster or this machine.
import { join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { CreatedApp } from "../../github/app-setup.ts";
import type { GitHub } from "../../github/port.ts";
import { parseSecrets } from "../../hook/hmac.ts";
import type { HookDeps } from "../../hook/run.ts";
import { singleCluster } from "../../kube/kubeconfig.ts";
import type { Clusters } from "../../kube/port.ts";
import { UsageError } from "../../lib/flags.ts";
import { withoutEndSlashes } from "../../lib/without-end-slashes.ts";
import type { Messages } from "../../messages/port.ts";
import type { Host } from "../command.ts";
import { configAgent } from "../config/config-agent.ts";
import { decodeCache } from "../config/config-cache.ts";
import { configPaths } from "../config/config-paths.ts";
import { aloneIn, openDataDirectory } from "../process/data-directory.ts";
import { clustersWithPoints } from "../process/failpoints.ts";
import { stopsInTime } from "../process/graceful.ts";
import { jsonLog } from "../process/log.ts";
import { logFormat } from "../process/log-format.ts";
import { surrounded } from "../surrounded.ts";
import type { Surroundings } from "../surroundings.ts";
import type { UpFlags } from "../up.ts";
import { clustersOfFlags, githubFrom, githubOfApp, storageFrom } from "../wiring/connect.ts";
import { messagesFrom } from "../wiring/messages.ts";
import { checkFraction, checkSlack } from "../wiring/reporter-flags.ts";
import { runtimeNamed } from "../wiring/runtime.ts";
import { webAddress } from "../wiring/web-address.ts";
import { webhookSecrets } from "../wiring/webhook-secrets.ts";
import { startTogether } from "./components.ts";
import { secret } from "./local-secrets.ts";
import { type Closable, prepareCluster, startKubernetes } from "./local-servers.ts";
import { startOwnNode } from "./own-node.ts";
import { savedApp, setUpApp } from "./setup.ts";

/** Each look costs a search for every org. */
const TIDE_PAUSE_MS = 10_000;

export async function upReal(given: UpFlags, host: Host): Promise<number> {
  const directory = resolve(host.cwd, given.data || ".cutwater");
  if (!given["config-path"])
    throw new UsageError("--config-path is missing; to try Cutwater without one, use --local");
  if (!given["plugin-config"])
    throw new UsageError("--plugin-config is missing: it says which plugins act on which repositories");
  await openDataDirectory(directory);
  return aloneIn(directory, () => inDirectory(directory, given, host));
}

async function inDirectory(directory: string, given: UpFlags, host: Host): Promise<number> {
  const log = jsonLog("up", host.err, logFormat(given["log-format"]));
  return surrounded({ host, log, flags: { ...given, data: directory } }, async (bare, stop) => {
    // Before anything is asked of GitHub: a configuration that is wrong is told at once.
    const paths = configPaths(given, given);
    const cache = decodeCache(host, given["cache-dir-base"] || directory);
    const config = configAgent({ paths, cache, clock: host.clock, ...bare, log });
    checkWebhookSecret(given);
    const reporters = reportersOf(given, config.config());
    const messages = await messagesFrom({ ...given, "slack-workers": reporters.slackWorkers }, host);
    const app = await appFor(given, directory, host);
    if (app === "stopped") return 0;
    const around: Surroundings = { ...bare, config };
    const cluster = await clusterFor(given, directory, around);
    try {
      await runAll({ flags: given, directory, app, cluster, reporters, messages }, around);
      return 0;
    } finally {
      stop();
      await cluster.close();
    }
  });
}

/** The App that was set up here; undefined when flags say how to sign in. */
async function appFor(
  flags: UpFlags,
  directory: string,
  host: Host,
): Promise<CreatedApp | "stopped" | undefined> {
  if (flags["github-app-id"] || flags["github-token-path"]) return undefined;
  const saved = await savedApp(directory);
  if (saved) return saved;
  if (!flags["public-url"]) {
    throw new UsageError(
      "no way to sign in to GitHub: give --public-url to create an App in the browser, or --github-app-id, or --github-token-path",
    );
  }
  const created = await setUpApp(
    {
      directory,
      githubUrl: webAddress(flags["github-host"]),
      endpoint: flags["github-endpoint"][0]!,
      org: flags["github-app-org"],
      publicUrl: withoutEndSlashes(flags["public-url"]),
      listenOn: { host: flags.host, port: flags.port },
    },
    host,
  );
  return created ?? "stopped";
}

interface Cluster extends Closable {
  clusters: Clusters;
  /** undefined in a real cluster. */
  kubelet?: Promise<void>;
  storage: string;
}

/** The clusters that flags name; without any, one of our own on this machine. */
async function clusterFor(flags: UpFlags, directory: string, around: Surroundings): Promise<Cluster> {
  const { host, log, config } = around;
  if (flags.kubeconfig || flags["kubeconfig-dir"] || host.env["KUBERNETES_SERVICE_HOST"]) {
    return { clusters: await clustersOfFlags(flags, { host }), storage: flags.storage, async close() {} };
  }
  const token = secret();
  const place = { directory, host: flags.host, port: flags.port + 2 };
  const { kube, kubeconfig, close } = await startKubernetes(place, token, host, log);
  log.info({ kubeconfig }, "No cluster is named: pods run on this machine.");
  await prepareCluster(kube, config.config());
  const storage = flags.storage || (flags["gcs-credentials-file"] ? "" : join(directory, "storage"));
  const runtime = runtimeNamed(flags.runtime);
  const kubelet = startOwnNode(
    kube,
    { nodeName: "this-machine", directory, runtime, storage, token },
    around,
  );
  const clusters = clustersWithPoints(host.failpoints, singleCluster(kube));
  return { clusters, kubelet, storage, close };
}

/** Slack is written to where a token is given, without another word. Throws UsageError when the flags do not fit. */
function reportersOf(flags: UpFlags, config: Config) {
  const hasToken = flags["slack-token-file"] !== "" || flags["additional-slack-token-files"].length > 0;
  const slackWorkers = hasToken ? flags["slack-workers"] : 0;
  checkSlack(slackWorkers, config);
  checkFraction(flags["kubernetes-report-fraction"]);
  return {
    slackWorkers,
    pubSubWorkers: flags["pubsub-workers"],
    podWorkers: flags["kubernetes-blob-storage-workers"],
    podFraction: flags["kubernetes-report-fraction"],
  };
}

interface Parts {
  reporters: ReturnType<typeof reportersOf>;
  messages: Messages;
  flags: UpFlags;
  directory: string;
  app: CreatedApp | undefined;
  cluster: Cluster;
}

async function runAll(
  { flags, directory, app, cluster, reporters, messages }: Parts,
  around: Surroundings,
): Promise<void> {
  const { log, signal } = around;
  const github: GitHub = app ? githubOfApp(flags, app, around) : await githubFrom(flags, around);
  const storage = await storageFrom({ ...flags, storage: cluster.storage }, around);
  const together = await startTogether(
    { github, clusters: cluster.clusters, storage, messages },
    {
      directory,
      pluginConfig: flags["plugin-config"],
      endpoint: flags["github-endpoint"][0]!,
      web: webAddress(flags["github-host"]),
      dryRun: flags["dry-run"],
      inRepoConfigCacheSize: flags["in-repo-config-cache-size"],
      secrets: await secretsFor(flags, app, around),
      splitByOrg: Boolean(app ?? flags["github-app-id"]),
      address: flags.host,
      port: flags.port,
      tidePauseMs: TIDE_PAUSE_MS,
      onlyThisMachine: false,
      operatorPort: flags["operator-port"],
      replayTokenFile: flags["replay-token-file"],
      reporters,
    },
    around,
  );
  log.info(
    { url: together.url, webhooks: `${flags["public-url"] || together.url}/hook` },
    "Cutwater is running.",
  );
  const done = Promise.all([together.done, cluster.kubelet]);
  await stopsInTime(done, signal, { clock: around.host.clock, log });
  if (signal.aborted) log.info({}, "Cutwater has stopped.");
}

/** An App that is set up here has a secret; any other way to sign in has not. */
function checkWebhookSecret(flags: UpFlags): void {
  const elsewhere = flags["github-app-id"] || flags["github-token-path"];
  if (elsewhere && !flags["hmac-secret-file"]) {
    throw new UsageError("--hmac-secret-file is missing: it holds the secret that webhooks are signed with");
  }
}

async function secretsFor(
  flags: UpFlags,
  app: CreatedApp | undefined,
  { host, log }: Pick<Surroundings, "host" | "log">,
): Promise<HookDeps["secrets"]> {
  if (flags["hmac-secret-file"] || !app)
    return webhookSecrets(flags["hmac-secret-file"], { clock: host.clock, log });
  const secrets = parseSecrets(app.webhook_secret);
  return async () => secrets;
}

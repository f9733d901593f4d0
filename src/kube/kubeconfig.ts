// The clusters that flags name: the contexts of kubeconfig files are build cluster aliases, as in Prow.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ProxyAgent } from "undici";
import { type Clock, systemClock } from "../lib/clock.ts";
import { connectOptions, tokenFile } from "./authentication.ts";
import { connect } from "./client.ts";
import type { ConnectOptions } from "./connection.ts";
import { type ContextEntry, type Kubeconfig, readKubeconfig } from "./kubeconfig-file.ts";
import type { Rate } from "./pace.ts";
import type { Clusters, Kube } from "./port.ts";

const DEFAULT_ALIAS = "default";
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface KubeconfigOptions {
  /** --kubeconfig; without it and kubeconfigDir, $KUBECONFIG or ~/.kube/config when there is one. */
  kubeconfig?: string;
  /** --kubeconfig-dir: every file in it whose name ends in kubeconfigSuffix. */
  kubeconfigDir?: string;
  kubeconfigSuffix?: string;
  /** --projected-token-file, instead of the service account's own token. */
  projectedTokenFile?: string;
  /** false with --no-in-cluster-config. */
  inCluster?: boolean;
  env: Record<string, string | undefined>;
  clock?: Clock;
  /** Of requests to each cluster. */
  rate?: Rate;
}

/** Nothing is asked of the clusters yet. Throws when a file is wrong, an alias occurs twice, or there is no cluster at all. */
export async function clustersFrom(options: KubeconfigOptions): Promise<Clusters> {
  const clock = options.clock ?? systemClock;
  const { contexts, current } = await allContexts(options);
  const local = options.inCluster === false ? undefined : await inClusterOptions(options, clock);

  const clusters = new Map<string, Kube>();
  for (const context of contexts) {
    clusters.set(context.name, connect({ ...(await contextOptions(context, clock)), rate: options.rate }));
  }
  const home = local
    ? connect({ ...local, rate: options.rate })
    : (clusters.get(current) ?? clusters.get(DEFAULT_ALIAS));
  if (!home) {
    throw new Error(
      "no cluster for ProwJobs: give --kubeconfig a file with a current-context, or run inside a cluster",
    );
  }
  if (!clusters.has(DEFAULT_ALIAS)) clusters.set(DEFAULT_ALIAS, home);
  return clustersOf(home, clusters);
}

/** Clusters that are known already; `build` must have `default`. */
function clustersOf(home: Kube, build: ReadonlyMap<string, Kube>): Clusters {
  return { home, build: (alias) => build.get(alias), aliases: () => [...build.keys()] };
}

/** One cluster for everything, e.g. the local one. */
export const singleCluster = (kube: Kube): Clusters => clustersOf(kube, new Map([[DEFAULT_ALIAS, kube]]));

async function contextOptions(context: ContextEntry, clock: Clock): Promise<ConnectOptions> {
  const options = await connectOptions(context, clock);
  const proxy = context.cluster["proxy-url"];
  if (!proxy) return options;
  if (!/^https?:/.test(proxy)) {
    throw new Error(`context "${context.name}": proxy-url ${proxy} must be http:// or https://`);
  }
  return { ...options, dispatcher: new ProxyAgent({ uri: proxy, requestTls: options.tls }) };
}

async function allContexts(
  options: KubeconfigOptions,
): Promise<{ contexts: ContextEntry[]; current: string }> {
  const contexts: ContextEntry[] = [];
  let current = "";
  for (const config of await kubeconfigs(options)) {
    const taken = config.contexts.find(({ name }) => contexts.some((known) => known.name === name));
    if (taken) {
      throw new Error(
        `context ${taken.name} occurred more than once in kubeconfig dir "${options.kubeconfigDir}"`,
      );
    }
    contexts.push(...config.contexts);
    if (config.currentContext) current = config.currentContext;
  }
  return { contexts, current };
}

async function kubeconfigs(options: KubeconfigOptions): Promise<Kubeconfig[]> {
  const files = await namedFiles(options);
  if (files.length > 0) return Promise.all(files.map((file) => readKubeconfig([file])));
  const defaults = defaultFiles(options.env).filter((file) => existsSync(file));
  return defaults.length > 0 ? [await readKubeconfig(defaults)] : [];
}

/** The files that `clustersFrom` reads, as they are there now. */
export async function kubeconfigFiles(options: KubeconfigOptions): Promise<string[]> {
  const files = await namedFiles(options);
  return files.length > 0 ? files : defaultFiles(options.env).filter((file) => existsSync(file));
}

async function namedFiles(options: KubeconfigOptions): Promise<string[]> {
  const files = options.kubeconfig ? [options.kubeconfig] : [];
  if (options.kubeconfigDir) {
    const entries = await readdir(options.kubeconfigDir, { withFileTypes: true });
    // `..data` and its like are how a mounted Secret is swapped.
    const names = entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".."))
      .map(({ name }) => name);
    const wanted = names.filter((name) => name.endsWith(options.kubeconfigSuffix ?? "")).sort();
    files.push(...wanted.map((name) => join(options.kubeconfigDir!, name)));
  }
  return files;
}

function defaultFiles(env: KubeconfigOptions["env"]): string[] {
  if (env["KUBECONFIG"]) return env["KUBECONFIG"].split(delimiter).filter(Boolean);
  return env["HOME"] ? [join(env["HOME"], ".kube", "config")] : [];
}

async function inClusterOptions(
  { env, projectedTokenFile }: KubeconfigOptions,
  clock: Clock,
): Promise<ConnectOptions | undefined> {
  const host = env["KUBERNETES_SERVICE_HOST"];
  const port = env["KUBERNETES_SERVICE_PORT"];
  if (!host || !port || !existsSync(join(SERVICE_ACCOUNT, "token"))) return undefined;
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    tls: { ca: await readFile(join(SERVICE_ACCOUNT, "ca.crt")) },
    authorization: tokenFile(projectedTokenFile || join(SERVICE_ACCOUNT, "token"), clock),
    clock,
  };
}

// cutwater deck: the pages.
import { deckApp } from "../deck/app.ts";
import type { DeckDeps } from "../deck/deps.ts";
import { KubeError } from "../kube/error.ts";
import type { Clusters } from "../kube/port.ts";
import { bool, int, string } from "../lib/flags.ts";
import type { Logger } from "../lib/logger.ts";
import type { PluginsHelp } from "../model/plugin-help.ts";
import type { TideHistory, TideSnapshot } from "../model/tide-snapshot.ts";
import { aborted } from "./aborted.ts";
import { component, type Surroundings } from "./component.ts";
import { clustersOfFlags, storageFrom } from "./connect.ts";
import { githubFlags, kubeFlags, storageFlags } from "./flag-groups.ts";
import { type Fetch, listenFetch } from "./listen.ts";
import { type Ports, watchJobs } from "./ports.ts";

export type DeckOptions = Pick<DeckDeps, "tide" | "tideHistory" | "pluginHelp" | "showHidden">;

export function deckPages(
  { jobs, storage, clusters }: Pick<Ports, "jobs" | "storage" | "clusters">,
  options: DeckOptions,
  { host, log, config }: Surroundings,
): Fetch {
  return deckApp({
    ...options,
    config: config.config,
    configStatus: config.status,
    jobs,
    storage,
    podLogs: podLogs(clusters, config.config),
    clock: host.clock,
    log,
  });
}

/** Logs from the pod's own build cluster; undefined when the pod or its container is not there (yet, or any more). */
function podLogs(clusters: Clusters, config: DeckDeps["config"]): DeckDeps["podLogs"] {
  return {
    async open({ spec, status, metadata }, { container, follow, signal }) {
      const cluster = clusters.build(spec.cluster ?? "default");
      const namespace = spec.namespace ?? config().pod_namespace;
      try {
        const pod = status.pod_name ?? metadata.name;
        return await cluster?.read.podLog(namespace, pod, { container, follow, signal });
      } catch (error) {
        if (error instanceof KubeError && (error.status === 404 || error.status === 400)) return undefined;
        throw error;
      }
    },
  };
}

const ANSWER_MS = 5_000;

/** Asks another component; undefined when it cannot be reached. */
function ask<T>(base: string, path: string, log: Logger): () => Promise<T | undefined> {
  return async () => {
    if (!base) return undefined;
    try {
      const response = await fetch(new URL(path, base), { signal: AbortSignal.timeout(ANSWER_MS) });
      if (response.ok) return (await response.json()) as T;
      log.warn({ url: base + path, status: response.status }, "Another component answered with an error.");
    } catch (error) {
      log.warn({ url: base + path, error: (error as Error).message }, "Another component cannot be reached.");
    }
    return undefined;
  };
}

export const deck = component({
  name: "deck",
  flags: {
    ...kubeFlags,
    ...storageFlags,
    // Accepted so that Prow's manifests work as they are.
    ...githubFlags,
    port: int(8080, "Port of the pages."),
    "tide-url": string("", "Where tide answers."),
    "hook-url": string("", "Where hook answers /plugin-help."),
    "show-hidden": bool(false, "Show hidden jobs and repositories too."),
    spyglass: bool(true, "Accepted as Prow has it: pages of runs are always there."),
    "redirect-http-to": string("", "Accepted as Prow has it; leave redirects to the ingress."),
  },
  async start(flags, around) {
    const [clusters, storage] = await Promise.all([
      clustersOfFlags(flags, around),
      storageFrom(flags, around),
    ]);
    const { log, signal } = around;
    const jobs = watchJobs(clusters, around);
    const pages = deckPages(
      { jobs, storage, clusters },
      {
        tide: ask<TideSnapshot>(flags["tide-url"], "/snapshot", log),
        tideHistory: ask<TideHistory>(flags["tide-url"], "/history", log),
        pluginHelp: ask<PluginsHelp>(flags["hook-url"], "/plugin-help", log),
        showHidden: flags["show-hidden"],
      },
      around,
    );
    const server = await listenFetch(pages, "", flags.port, "port");
    return { ready: () => jobs.synced(), done: aborted(signal).then(() => server.close()) };
  },
});

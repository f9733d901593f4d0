// cutwater deck: the pages.
import { getRequestListener } from "@hono/node-server";
import { deckApp } from "../deck/app.ts";
import type { DeckDeps } from "../deck/deps.ts";
import { podTroubleLines } from "../deck/pod-trouble.ts";
import { KubeError } from "../kube/error.ts";
import type { Clusters } from "../kube/port.ts";
import { errorText } from "../lib/error-text.ts";
import { bool, int, string, strings, UsageError } from "../lib/flags.ts";
import { briefly } from "../lib/kept/briefly.ts";
import type { Logger } from "../lib/logger.ts";
import { aborted } from "../lib/waiting/aborted.ts";
import type { PluginsHelp } from "../model/plugin-help.ts";
import { POD } from "../model/pod.ts";
import { POD_EVENT } from "../model/pod-event.ts";
import { clusterOf } from "../model/prowjob.ts";
import type { TideHistory, TideSnapshot } from "../model/tide-snapshot.ts";
import { component } from "./component.ts";
import { type Fetch, listen } from "./process/listen.ts";
import { pageMetrics } from "./process/page-metrics.ts";
import type { Surroundings } from "./surroundings.ts";
import { addressBelow, ask, helpAddress } from "./wiring/ask.ts";
import { clustersOfFlags, storageFrom } from "./wiring/connect.ts";
import { deadLettersOf, replayFlags } from "./wiring/dead-letter-queues.ts";
import { dryRunFlag, githubFlags, kubeFlags, storageFlags } from "./wiring/flag-groups.ts";
import { type Ports, watchJobs } from "./wiring/ports.ts";
import { ignoredAll, prowDeckFlags, prowGithubFlags, prowListingFlags } from "./wiring/prow-flags.ts";
import { queueFlags } from "./wiring/queue-url.ts";

export type DeckOptions = Pick<
  DeckDeps,
  "tide" | "tideHistory" | "pluginHelp" | "showHidden" | "hiddenOnly" | "tenantIDs" | "deadLetters"
>;

export function deckPages(
  { jobs, storage, clusters }: Pick<Ports, "jobs" | "storage" | "clusters">,
  options: DeckOptions,
  { host, log, config, record: { pull } }: Surroundings,
): Fetch {
  return deckApp({
    ...options,
    config: config.config,
    configStatus: config.status,
    jobs,
    storage,
    podLogs: podLogs(clusters, config.config),
    podTrouble: podTrouble(clusters, config.config, log),
    ...(pull && { record: { pull } }),
    clock: host.clock,
    log,
  });
}

/** Logs from the pod's own build cluster; undefined when the pod or its container is not there (yet, or any more). */
function podLogs(clusters: Clusters, config: DeckDeps["config"]): DeckDeps["podLogs"] {
  return {
    async open(job, { container, follow, signal }) {
      const { spec, status, metadata } = job;
      const cluster = clusters.build(clusterOf(job));
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

/** From the pod's own build cluster. Best effort: without the right to read pods or events there is just less to tell. */
function podTrouble(clusters: Clusters, config: DeckDeps["config"], log: Logger): DeckDeps["podTrouble"] {
  return async (job) => {
    const { spec, status, metadata } = job;
    const read = clusters.build(clusterOf(job))?.read;
    const namespace = spec.namespace ?? config().pod_namespace;
    const name = status.pod_name ?? metadata.name;
    try {
      const pod = await read?.get(POD, namespace, name);
      if (!read || !pod) return status.pod_name ? [`Its pod ${name} does not exist any more.`] : [];
      const selector = { namespace, fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}` };
      const events = await read.list(POD_EVENT, selector).catch(() => ({ items: [] }));
      return podTroubleLines(pod, events.items);
    } catch (error) {
      log.debug({ pod: name, error: errorText(error) }, "A pod cannot be read.");
      return [];
    }
  };
}

/** Others are asked no more often, however many look: it is taken from their work, hook's webhooks among it. */
const ASKED_MS = 1_000;

export const deck = component({
  name: "deck",
  flags: {
    ...kubeFlags,
    ...storageFlags,
    ...ignoredAll({ ...githubFlags, ...prowGithubFlags }, "deck does not talk to GitHub"),
    ...prowListingFlags("30s"),
    ...prowDeckFlags,
    // As Prow's deck has it, unlike most components.
    "dry-run": bool(false, dryRunFlag["dry-run"].doc),
    port: int(8080, "Port of the pages."),
    ...queueFlags,
    queue: string("", "redis://… of hook's queue; without it there is no page of dead letters."),
    ...replayFlags,
    "tide-url": string("", "Where tide answers."),
    "hook-url": string("", "Where hook answers, e.g. http://hook:8888/plugin-help."),
    "show-hidden": bool(false, "Show hidden jobs and repositories too."),
    "hidden-only": bool(false, "Show only hidden jobs and repositories."),
    "tenant-id": strings(
      [],
      "Show only jobs of this tenant; may be repeated. Without it, only those of no tenant.",
    ),
  },
  async start(flags, around) {
    const restricted = ["hidden-only", "show-hidden", "tenant-id"] as const;
    if (restricted.filter((name) => [flags[name]].flat().some(Boolean)).length > 1)
      throw new UsageError("--hidden-only, --show-hidden and --tenant-id are mutually exclusive");
    const [clusters, storage] = await Promise.all([
      clustersOfFlags(flags, around),
      storageFrom(flags, around),
    ]);
    const { log, signal } = around;
    const jobs = watchJobs(clusters, around);
    const asked = <T>(url: URL | undefined) => briefly(ASKED_MS, around.host.clock, ask<T>(url, log));
    const { deadLetters, close } = await deadLettersOf(flags, around);
    const pages = deckPages(
      { jobs, storage, clusters },
      {
        tide: asked<TideSnapshot>(addressBelow("tide-url", flags["tide-url"], "snapshot")),
        tideHistory: asked<TideHistory>(addressBelow("tide-url", flags["tide-url"], "history")),
        pluginHelp: asked<PluginsHelp>(helpAddress(flags["hook-url"])),
        showHidden: flags["show-hidden"],
        hiddenOnly: flags["hidden-only"],
        tenantIDs: flags["tenant-id"],
        ...(deadLetters && { deadLetters }),
      },
      around,
    );
    const counted = pageMetrics(around.metrics)(getRequestListener(pages));
    const server = await listen(counted, "", flags.port, "port");
    return {
      ready: () => jobs.synced(),
      done: aborted(signal).then(() => Promise.all([server.close(), close()])),
    };
  },
});

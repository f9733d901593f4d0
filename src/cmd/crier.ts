// cutwater crier: tells GitHub, object storage, Slack and Pub/Sub how jobs went.
import { githubReporter } from "../crier/github-reporter.ts";
import { type PodReporterDeps, podReporter } from "../crier/pod-reporter.ts";
import { pubSubReporter } from "../crier/pubsub-reporter.ts";
import type { Reporter } from "../crier/reporter.ts";
import { type CrierDeps, runCrier } from "../crier/run.ts";
import { slackReporter } from "../crier/slack-reporter.ts";
import { storageReporter } from "../crier/storage-reporter.ts";
import { bool, type Flag, type FlagValues, string, UsageError } from "../lib/flags.ts";
import { component } from "./component.ts";
import type { Running, Surroundings } from "./surroundings.ts";
import { withBotComments } from "./wiring/bot-comments.ts";
import { clustersOfFlags, githubFrom, storageFrom } from "./wiring/connect.ts";
import { enabledRepos } from "./wiring/enabled-repos.ts";
import {
  dryRunFlag,
  githubFlags,
  kubeFlags,
  messageFlags,
  repoFlags,
  storageFlags,
} from "./wiring/flag-groups.ts";
import { Fence, leaseFlag, leaseOfPart, led } from "./wiring/led.ts";
import { messagesFrom } from "./wiring/messages.ts";
import { applyWith, type Ports, watchJobs } from "./wiring/ports.ts";
import { prowCrierFlags, prowGithubFlags } from "./wiring/prow-flags.ts";
import { checkFraction, checkSlack, reporterFlags } from "./wiring/reporter-flags.ts";

export interface CrierOptions {
  /** Reports made side by side; a reporter with 0 is off. */
  githubWorkers: number;
  storageWorkers: number;
  /** For each build cluster. */
  podWorkers?: number;
  /** The part of all jobs whose pods are reported. Default: 1, all. */
  podFraction?: number;
  slackWorkers?: number;
  pubSubWorkers?: number;
  /** Only jobs of this agent. */
  agent?: string;
  /** Jobs of other repositories are left to another crier. */
  isEnabled?: CrierDeps["isEnabled"];
  /** "" for no election among replicas. */
  lease?: string;
  fence?: Fence;
}

type CrierPorts = Pick<Ports, "jobs" | "clusters" | "apply"> & Partial<Pick<Ports, "github" | "storage">>;

export function startCrier(ports: CrierPorts, options: CrierOptions, around: Surroundings): Running {
  const { host, log, metrics } = around;
  const { jobs, clusters, apply } = ports;
  const { isEnabled, lease = "", fence } = options;
  const { clock, random } = host;
  const reporters = reportersOf(ports, options, around);
  const deps = { prowJobs: jobs, reporters, apply, clock, random, log, metrics, isEnabled };
  const done = led({ lease, fence, clusters, mayGoWithout: true }, around, (signal) =>
    runCrier(deps, signal),
  );
  return { ready: () => jobs.synced(), done };
}

function reportersOf(
  ports: CrierPorts,
  options: CrierOptions,
  { host, log, config }: Surroundings,
): Reporter[] {
  const { jobs, github, storage } = ports;
  const { githubWorkers, storageWorkers, slackWorkers = 0, pubSubWorkers = 0, agent } = options;
  const shared = { config: config.config, log };
  return [
    ...(github
      ? [
          githubReporter({
            ...{ ...shared, prowJobs: jobs, agent },
            ...{ read: github.read, workers: githubWorkers, store: storage, clock: host.clock },
          }),
        ]
      : []),
    ...(storage ? [storageReporter({ ...shared, store: storage, workers: storageWorkers })] : []),
    ...(slackWorkers > 0 ? [slackReporter({ ...shared, workers: slackWorkers })] : []),
    ...(pubSubWorkers > 0 ? [pubSubReporter({ ...shared, workers: pubSubWorkers })] : []),
    ...podReporters(ports, options, shared),
  ];
}

/** One for each build cluster, so that they do not wait for each other. */
function podReporters(
  { clusters }: CrierPorts,
  { podWorkers: workers = 0, podFraction: fraction = 1 }: CrierOptions,
  shared: Pick<PodReporterDeps, "config" | "log">,
): Reporter[] {
  if (workers <= 0) return [];
  const disabled = shared.config().disabled_clusters;
  return clusters.aliases().flatMap((cluster) => {
    const read = clusters.build(cluster)?.read;
    return read && !disabled.includes(cluster)
      ? [podReporter({ ...shared, cluster, read, workers, fraction })]
      : [];
  });
}

/** Criers that report different things, or for different repositories, do not wait for each other. */
const LEASE_OF_PART = "cutwater-crier-…";

function partOf(
  flags: FlagValues<typeof repoFlags & typeof reporterFlags & { "report-agent": Flag<string> }>,
) {
  return {
    github: flags["github-workers"] > 0,
    storage: flags["blob-storage-workers"] > 0,
    ...(flags["slack-workers"] > 0 && { slack: true }),
    ...(flags["pubsub-workers"] > 0 && { pubsub: true }),
    // Absent, not false: the names of older versions' leases stay.
    ...(flags["kubernetes-blob-storage-workers"] > 0 && { pods: flags["kubernetes-report-fraction"] }),
    agent: flags["report-agent"],
    repos: Object.keys(repoFlags).map((name) => flags[name as keyof typeof repoFlags]),
  };
}

type ReporterFlags = FlagValues<typeof reporterFlags>;

function checkFlags(flags: ReporterFlags): void {
  const workers = Object.keys(reporterFlags).filter((name) => name.endsWith("-workers"));
  if (!workers.some((name) => Number(flags[name as keyof ReporterFlags]) > 0)) {
    throw new UsageError(
      `crier need to have at least one report worker to start: give ${workers.map((name) => `--${name}`).join(" or ")}`,
    );
  }
  checkFraction(flags["kubernetes-report-fraction"]);
}

export const crier = component({
  name: "crier",
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...storageFlags,
    ...reporterFlags,
    ...messageFlags,
    ...repoFlags,
    ...leaseFlag(LEASE_OF_PART),
    ...prowGithubFlags,
    ...prowCrierFlags,
    // As Prow's crier has it, unlike most components.
    "dry-run": bool(false, dryRunFlag["dry-run"].doc),
    "report-agent": string("", "Only jobs of this agent."),
  },
  async start(flags, around) {
    checkFlags(flags);
    checkSlack(flags["slack-workers"], around.config.config());
    const [clusters, storage, messages] = await Promise.all([
      clustersOfFlags(flags, around),
      storageFrom(flags, around),
      messagesFrom(flags, around.host),
    ]);
    const fence = new Fence();
    const github =
      flags["github-workers"] > 0
        ? withBotComments(await githubFrom(flags, { ...around, name: "crier", fence }), around, {
            alone: false,
          })
        : undefined;
    // Who it is, it asks once, before there is anything to report.
    void github?.read
      .botLogin()
      .catch((error: unknown) => around.log.warn({ error }, "GitHub does not say yet who this is."));
    const apply = applyWith(flags["dry-run"], { github, clusters, storage, messages }, around, { fence });
    const options = {
      githubWorkers: flags["github-workers"],
      storageWorkers: flags["blob-storage-workers"],
      slackWorkers: flags["slack-workers"],
      pubSubWorkers: flags["pubsub-workers"],
      podWorkers: flags["kubernetes-blob-storage-workers"],
      podFraction: flags["kubernetes-report-fraction"],
      agent: flags["report-agent"] || undefined,
      isEnabled: enabledRepos(flags),
      fence,
      lease:
        flags["leader-lease"] === LEASE_OF_PART ? leaseOfPart("crier", partOf(flags)) : flags["leader-lease"],
    };
    return startCrier(
      { jobs: watchJobs(clusters, around), clusters, apply, github, storage },
      options,
      around,
    );
  },
});

// cutwater crier: tells GitHub and object storage how jobs went.
import { githubReporter } from "../crier/github-reporter.ts";
import type { Reporter } from "../crier/reporter.ts";
import { type CrierDeps, runCrier } from "../crier/run.ts";
import { storageReporter } from "../crier/storage-reporter.ts";
import { bool, type Flag, type FlagValues, string, UsageError } from "../lib/flags.ts";
import { withBotComments } from "./bot-comments.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags, githubFrom, storageFrom } from "./connect.ts";
import { enabledRepos } from "./enabled-repos.ts";
import { dryRunFlag, githubFlags, kubeFlags, repoFlags, reporterFlags, storageFlags } from "./flag-groups.ts";
import { leaseFlag, leaseOfPart, led } from "./led.ts";
import { applyWith, type Ports, watchJobs } from "./ports.ts";
import { prowCrierFlags, prowGithubFlags } from "./prow-flags.ts";

export interface CrierOptions {
  /** Reports made side by side; a reporter with 0 is off. */
  githubWorkers: number;
  storageWorkers: number;
  /** Only jobs of this agent. */
  agent?: string;
  /** Jobs of other repositories are left to another crier. */
  isEnabled?: CrierDeps["isEnabled"];
  /** "" for no election among replicas. */
  lease?: string;
}

export function startCrier(
  ports: Pick<Ports, "jobs" | "clusters" | "apply"> & Partial<Pick<Ports, "github" | "storage">>,
  { githubWorkers, storageWorkers, agent, isEnabled, lease = "" }: CrierOptions,
  around: Surroundings,
): Running {
  const { host, log, metrics, config } = around;
  const { jobs, clusters, apply, github, storage } = ports;
  const shared = { prowJobs: jobs, config: config.config, agent };
  const reporters: Reporter[] = [
    ...(github
      ? [githubReporter({ ...shared, read: github.read, workers: githubWorkers, store: storage, log })]
      : []),
    ...(storage
      ? [storageReporter({ store: storage, config: config.config, workers: storageWorkers, log })]
      : []),
  ];
  const { clock, random } = host;
  const deps = { prowJobs: jobs, reporters, apply, clock, random, log, metrics, isEnabled };
  const done = led({ lease, clusters, mayGoWithout: true }, around, (signal) => runCrier(deps, signal));
  return { ready: () => jobs.synced(), done };
}

/** Criers that report different things, or for different repositories, do not wait for each other. */
const LEASE_OF_PART = "cutwater-crier-…";

function partOf(
  flags: FlagValues<typeof repoFlags & typeof reporterFlags & { "report-agent": Flag<string> }>,
) {
  return {
    github: flags["github-workers"] > 0,
    storage: flags["blob-storage-workers"] > 0,
    agent: flags["report-agent"],
    repos: Object.keys(repoFlags).map((name) => flags[name as keyof typeof repoFlags]),
  };
}

export const crier = component({
  name: "crier",
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...storageFlags,
    ...reporterFlags,
    ...repoFlags,
    ...leaseFlag(LEASE_OF_PART),
    ...prowGithubFlags,
    ...prowCrierFlags,
    // As Prow's crier has it, unlike most components.
    "dry-run": bool(false, dryRunFlag["dry-run"].doc),
    "report-agent": string("", "Only jobs of this agent."),
  },
  async start(flags, around) {
    if (flags["github-workers"] <= 0 && flags["blob-storage-workers"] <= 0) {
      throw new UsageError(
        "crier need to have at least one report worker to start: give --github-workers or --blob-storage-workers",
      );
    }
    const [clusters, storage] = await Promise.all([
      clustersOfFlags(flags, around),
      storageFrom(flags, around),
    ]);
    const github =
      flags["github-workers"] > 0
        ? withBotComments(await githubFrom(flags, around), around, { alone: false })
        : undefined;
    const apply = applyWith(flags["dry-run"], { github, clusters, storage }, around);
    const options = {
      githubWorkers: flags["github-workers"],
      storageWorkers: flags["blob-storage-workers"],
      agent: flags["report-agent"] || undefined,
      isEnabled: enabledRepos(flags),
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

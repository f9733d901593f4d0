// cutwater crier: tells GitHub and object storage how jobs went.
import { githubReporter } from "../crier/github-reporter.ts";
import type { Reporter } from "../crier/reporter.ts";
import { type CrierDeps, runCrier } from "../crier/run.ts";
import { storageReporter } from "../crier/storage-reporter.ts";
import { bool, string, UsageError } from "../lib/flags.ts";
import { withBotComments } from "./bot-comments.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags, githubFrom, storageFrom } from "./connect.ts";
import { enabledRepos } from "./enabled-repos.ts";
import { dryRunFlag, githubFlags, kubeFlags, repoFlags, reporterFlags, storageFlags } from "./flag-groups.ts";
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
}

export function startCrier(
  ports: Pick<Ports, "jobs" | "apply"> & Partial<Pick<Ports, "github" | "storage">>,
  { githubWorkers, storageWorkers, agent, isEnabled }: CrierOptions,
  { host, log, metrics, config, signal }: Surroundings,
): Running {
  const { jobs, apply, github, storage } = ports;
  const shared = { prowJobs: jobs, config: config.config, agent };
  const reporters: Reporter[] = [
    ...(github ? [githubReporter({ ...shared, read: github.read, workers: githubWorkers })] : []),
    ...(storage
      ? [storageReporter({ store: storage, config: config.config, workers: storageWorkers, log })]
      : []),
  ];
  const { clock, random } = host;
  const deps = { prowJobs: jobs, reporters, apply, clock, random, log, metrics, isEnabled };
  const done = runCrier(deps, signal);
  return { ready: () => jobs.synced(), done };
}

export const crier = component({
  name: "crier",
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...storageFlags,
    ...reporterFlags,
    ...repoFlags,
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
    };
    return startCrier({ jobs: watchJobs(clusters, around), apply, github, storage }, options, around);
  },
});

// cutwater crier: tells GitHub and object storage how jobs went.
import { githubReporter } from "../crier/github-reporter.ts";
import type { Reporter } from "../crier/reporter.ts";
import { runCrier } from "../crier/run.ts";
import { storageReporter } from "../crier/storage-reporter.ts";
import { string } from "../lib/flags.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags, githubFrom, storageFrom } from "./connect.ts";
import { githubFlags, kubeFlags, reporterFlags, storageFlags } from "./flag-groups.ts";
import { applyWith, type Ports, watchJobs } from "./ports.ts";

export interface CrierOptions {
  /** Reports made side by side; a reporter with 0 is off. */
  githubWorkers: number;
  storageWorkers: number;
  /** Only jobs of this agent. */
  agent?: string;
}

export function startCrier(
  ports: Pick<Ports, "jobs" | "apply"> & Partial<Pick<Ports, "github" | "storage">>,
  { githubWorkers, storageWorkers, agent }: CrierOptions,
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
  const done = runCrier({ prowJobs: jobs, reporters, apply, clock, random, log, metrics }, signal);
  return { ready: () => jobs.synced(), done };
}

export const crier = component({
  name: "crier",
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...storageFlags,
    ...reporterFlags,
    "report-agent": string("", "Only jobs of this agent."),
  },
  async start(flags, around) {
    const [clusters, storage] = await Promise.all([
      clustersOfFlags(flags, around),
      storageFrom(flags, around),
    ]);
    const github = flags["github-workers"] > 0 ? await githubFrom(flags, around) : undefined;
    const apply = applyWith(flags["dry-run"], { github, clusters, storage }, around);
    const options = {
      githubWorkers: flags["github-workers"],
      storageWorkers: flags["blob-storage-workers"],
      agent: flags["report-agent"] || undefined,
    };
    return startCrier({ jobs: watchJobs(clusters, around), apply, github, storage }, options, around);
  },
});

// cutwater sinker: cleans up old jobs and pods.
import { bool } from "../lib/flags.ts";
import { runSinker } from "../sinker/run.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags } from "./connect.ts";
import { kubeFlags } from "./flag-groups.ts";
import { applyWith, type Ports, watchJobs } from "./ports.ts";

export function startSinker(
  { jobs, clusters, apply }: Pick<Ports, "jobs" | "clusters" | "apply">,
  { host, log, metrics, config, signal }: Surroundings,
  options: { runOnce?: boolean } = {},
): Running {
  const { clock } = host;
  const done = runSinker(
    { ...options, jobs, clusters, apply, config: config.config, clock, log, metrics },
    signal,
  );
  return { ready: () => jobs.synced(), done };
}

export const sinker = component({
  name: "sinker",
  flags: { ...kubeFlags, "run-once": bool(false, "Clean up once and stop.") },
  async start(flags, around) {
    const clusters = await clustersOfFlags(flags, around);
    const apply = applyWith(flags["dry-run"], { clusters }, around);
    return startSinker({ jobs: watchJobs(clusters, around), clusters, apply }, around, {
      runOnce: flags["run-once"],
    });
  },
});

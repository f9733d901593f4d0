// cutwater horologium: starts periodic jobs.
import { runHorologium } from "../horologium/run.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags } from "./connect.ts";
import { kubeFlags } from "./flag-groups.ts";
import { applyWith, type Ports, watchJobs } from "./ports.ts";
import { prowListingFlags } from "./prow-flags.ts";

export function startHorologium(
  { jobs, apply }: Pick<Ports, "jobs" | "apply">,
  { host, log, config, signal }: Surroundings,
): Running {
  const done = runHorologium({ jobs, apply, config: config.config, clock: host.clock, log }, signal);
  return { ready: () => jobs.synced(), done };
}

export const horologium = component({
  name: "horologium",
  flags: { ...kubeFlags, ...prowListingFlags("1m0s") },
  async start(flags, around) {
    const clusters = await clustersOfFlags(flags, around);
    const apply = applyWith(flags["dry-run"], { clusters }, around);
    return startHorologium({ jobs: watchJobs(clusters, around), apply }, around);
  },
});

// cutwater horologium: starts periodic jobs.
import { runHorologium } from "../horologium/run.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags } from "./connect.ts";
import { kubeFlags } from "./flag-groups.ts";
import { leaseFlag, led } from "./led.ts";
import { applyWith, type Ports, watchJobs } from "./ports.ts";
import { prowListingFlags } from "./prow-flags.ts";

export function startHorologium(
  { jobs, clusters, apply }: Pick<Ports, "jobs" | "clusters" | "apply">,
  around: Surroundings,
  lease = "",
): Running {
  const { host, log, config } = around;
  const deps = { jobs, apply, config: config.config, clock: host.clock, log };
  const done = led({ lease, clusters, mayGoWithout: true }, around, (signal) => runHorologium(deps, signal));
  return { ready: () => jobs.synced(), done };
}

export const horologium = component({
  name: "horologium",
  flags: { ...kubeFlags, ...leaseFlag("cutwater-horologium"), ...prowListingFlags("1m0s") },
  async start(flags, around) {
    const clusters = await clustersOfFlags(flags, around);
    const apply = applyWith(flags["dry-run"], { clusters }, around);
    const jobs = watchJobs(clusters, around);
    return startHorologium({ jobs, clusters, apply }, around, flags["leader-lease"]);
  },
});

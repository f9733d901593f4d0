// cutwater horologium: starts periodic jobs.
import { CronTicks } from "../horologium/cron-ticks.ts";
import { runHorologium, standBy } from "../horologium/run.ts";
import { component } from "./component.ts";
import type { Running, Surroundings } from "./surroundings.ts";
import { clustersOfFlags } from "./wiring/connect.ts";
import { kubeFlags } from "./wiring/flag-groups.ts";
import { Fence, leaseFlag, led } from "./wiring/led.ts";
import { applyWith, type Ports, watchJobs } from "./wiring/ports.ts";
import { loop } from "./wiring/progress.ts";
import { prowListingFlags } from "./wiring/prow-flags.ts";

export function startHorologium(
  { jobs, clusters, apply }: Pick<Ports, "jobs" | "clusters" | "apply">,
  around: Surroundings,
  { lease = "", fence }: { lease?: string; fence?: Fence } = {},
): Running {
  const { host, log, config, signal } = around;
  const deps = { jobs, apply, config: config.config, clock: host.clock, log };
  const ticks = new CronTicks();
  let leads = false;
  void standBy(deps, ticks, () => leads, signal);
  const done = led({ lease, fence, clusters, mayGoWithout: true }, around, async (term) => {
    leads = true;
    await loop("horologium", around, (clock) => runHorologium({ ...deps, clock }, term, ticks)).finally(
      () => {
        leads = false;
      },
    );
  });
  return { ready: () => jobs.synced(), done };
}

export const horologium = component({
  name: "horologium",
  flags: { ...kubeFlags, ...leaseFlag("cutwater-horologium"), ...prowListingFlags("1m0s") },
  async start(flags, around) {
    const clusters = await clustersOfFlags(flags, around);
    const fence = new Fence();
    const apply = applyWith(flags["dry-run"], { clusters }, around, { fence });
    const jobs = watchJobs(clusters, around);
    return startHorologium({ jobs, clusters, apply }, around, { lease: flags["leader-lease"], fence });
  },
});

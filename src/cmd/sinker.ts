// cutwater sinker: cleans up old jobs and pods.
import { bool } from "../lib/flags.ts";
import { runSinker } from "../sinker/run.ts";
import { component } from "./component.ts";
import { jobConfigMapSizes } from "./config/job-config-maps.ts";
import type { Running, Surroundings } from "./surroundings.ts";
import { clustersOfFlags } from "./wiring/connect.ts";
import { kubeFlags } from "./wiring/flag-groups.ts";
import { Fence, leaseFlag, led } from "./wiring/led.ts";
import { applyWith, type Ports, watchJobs } from "./wiring/ports.ts";
import { loop } from "./wiring/progress.ts";

export function startSinker(
  { jobs, clusters, apply }: Pick<Ports, "jobs" | "clusters" | "apply">,
  around: Surroundings,
  { lease = "", fence, runOnce = false }: { lease?: string; fence?: Fence; runOnce?: boolean } = {},
): Running {
  const { log, metrics, config } = around;
  const deps = { runOnce, jobs, clusters, apply, config: config.config, log, metrics };
  const done = led({ lease, fence, clusters }, around, (signal) =>
    loop("sinker", around, (clock) => runSinker({ ...deps, clock }, signal)),
  );
  return { ready: () => jobs.synced(), done };
}

export const sinker = component({
  name: "sinker",
  flags: {
    ...kubeFlags,
    ...leaseFlag("prow-sinker-leaderlock"),
    "run-once": bool(false, "Clean up once and stop."),
  },
  async start(flags, around) {
    const clusters = await clustersOfFlags(flags, around);
    const jobs = flags["job-config-path"];
    if (jobs) jobConfigMapSizes(jobs, around.metrics, around.log);
    const fence = new Fence();
    const apply = applyWith(flags["dry-run"], { clusters }, around, { fence });
    return startSinker({ jobs: watchJobs(clusters, around), clusters, apply }, around, {
      lease: flags["leader-lease"],
      fence,
      runOnce: flags["run-once"],
    });
  },
});

// cutwater plank: ProwJobs to pods and back; Prow's prow-controller-manager.
import { snowflake } from "../jobs/build-id.ts";
import { string } from "../lib/flags.ts";
import { plankReady, runPlank } from "../plank/run.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags } from "./connect.ts";
import { githubFlags, kubeFlags, storageFlags } from "./flag-groups.ts";
import { leaseFlag, led } from "./led.ts";
import { applyWith, type Ports, watchJobs, watchPods } from "./ports.ts";
import { ignoredAll, prowGithubFlags, prowPlankFlags } from "./prow-flags.ts";
import { VERSION } from "./version.ts";

export function startPlank(
  ports: Pick<Ports, "jobs" | "pods" | "clusters" | "apply">,
  around: Surroundings,
  lease = "",
): Running {
  const { host, log, metrics, config } = around;
  const nextBuild = snowflake(host.clock, host.random);
  const deps = {
    ...ports,
    config: config.config,
    buildId: async () => nextBuild(),
    version: VERSION,
    clock: host.clock,
    random: host.random,
    log,
    metrics,
  };
  const done = led({ lease, clusters: ports.clusters }, around, (signal) => runPlank(deps, signal));
  return { ready: () => plankReady(ports), done };
}

export const plank = component({
  name: "plank",
  flags: {
    ...kubeFlags,
    ...prowGithubFlags,
    ...ignoredAll(githubFlags, "plank does not talk to GitHub"),
    ...ignoredAll(storageFlags, "plank does not use object storage"),
    ...prowPlankFlags,
    ...leaseFlag("prow-controller-manager-leader-lock"),
    "label-selector": string("", "Only ProwJobs with these labels, e.g. team=a."),
  },
  async start(flags, around) {
    const clusters = await clustersOfFlags(flags, around);
    const apply = applyWith(flags["dry-run"], { clusters }, around);
    return startPlank(
      {
        jobs: watchJobs(clusters, around, flags["label-selector"]),
        pods: watchPods(clusters, around),
        clusters,
        apply,
      },
      around,
      flags["leader-lease"],
    );
  },
});

// cutwater plank: ProwJobs to pods and back; Prow's prow-controller-manager.
import { snowflake } from "../jobs/build-id.ts";
import { string, strings, UsageError } from "../lib/flags.ts";
import { labelSelectorFault } from "../lib/label-selector.ts";
import { runClusterStatus } from "../plank/cluster-status.ts";
import { jobForPlank, podForPlank } from "../plank/projection.ts";
import { plankReady, runPlank } from "../plank/run.ts";
import { runScheduler } from "../plank/run-scheduler.ts";
import { buildIdsFromTot } from "../plank/tot.ts";
import { component } from "./component.ts";
import { VERSION } from "./process/version.ts";
import type { Running, Surroundings } from "./surroundings.ts";
import { clustersOfFlags, storageFrom } from "./wiring/connect.ts";
import { githubFlags, kubeFlags, storageFlags } from "./wiring/flag-groups.ts";
import { Fence, leaseFlag, led } from "./wiring/led.ts";
import { applyWith, type Ports, watchJobs, watchPods } from "./wiring/ports.ts";
import { ignoredAll, prowGithubFlags } from "./wiring/prow-flags.ts";

const CONTROLLERS = ["plank", "scheduler"] as const;
type Controller = (typeof CONTROLLERS)[number];

interface PlankOptions {
  /** Default: all. Without a configured scheduler there is no job for the second. */
  controllers?: ReadonlySet<Controller>;
  lease?: string;
  fence?: Fence;
  /** Default: none. */
  totURL?: string;
  /** Where the scheduler sees jobs; default: where plank does. */
  unplaced?: Ports["jobs"];
}

export function startPlank(
  ports: Pick<Ports, "jobs" | "pods" | "clusters" | "apply">,
  around: Surroundings,
  {
    controllers = new Set(CONTROLLERS),
    lease = "",
    fence,
    totURL = "",
    unplaced = ports.jobs,
  }: PlankOptions = {},
): Running {
  const { host, log, metrics, config } = around;
  const buildId = totURL ? fromTot(totURL, around) : fromClock(host);
  const deps = {
    ...ports,
    config: config.config,
    buildId,
    version: VERSION,
    clock: host.clock,
    random: host.random,
    log,
    metrics,
  };
  const run: Record<Controller, (signal: AbortSignal) => Promise<void>> = {
    plank: async (signal) => {
      await Promise.all([runPlank(deps, signal), runClusterStatus(deps, signal)]);
    },
    scheduler: (signal) => runScheduler({ ...deps, jobs: unplaced, web: fetch }, signal),
  };
  const done = led({ lease, fence, clusters: ports.clusters }, around, (signal) =>
    Promise.all([...controllers].map((name) => run[name](signal))),
  );
  return { ready: () => plankReady(ports) && unplaced.synced(), done };
}

function fromClock({ clock, random }: Surroundings["host"]): (job: string) => Promise<string> {
  const next = snowflake(clock, random);
  return async () => next();
}

function fromTot(url: string, { host, signal }: Surroundings): (job: string) => Promise<string> {
  if (!URL.canParse(url)) throw new UsageError(`--tot-url=${url} is no address: write http://tot`);
  return buildIdsFromTot(url, { web: fetch, clock: host.clock, signal });
}

function selectorOf(text: string): string {
  const fault = labelSelectorFault(text);
  if (fault) throw new UsageError(`--label-selector=${text} is no label selector: ${fault}`);
  return text;
}

function controllersOf(names: readonly string[]): ReadonlySet<Controller> {
  const known = (name: string): name is Controller => CONTROLLERS.some((controller) => controller === name);
  const strange = names.filter((name) => !known(name));
  if (strange.length > 0) {
    throw new UsageError(
      `unknown controller ${strange.join(", ")} was configured via --enable-controller: there are ${CONTROLLERS.join(" and ")}`,
    );
  }
  return new Set(names.filter(known));
}

export const plank = component({
  name: "plank",
  flags: {
    ...kubeFlags,
    ...ignoredAll({ ...githubFlags, ...prowGithubFlags }, "plank does not talk to GitHub"),
    ...storageFlags,
    ...leaseFlag("prow-controller-manager-leader-lock"),
    "enable-controller": strings(["plank"], "Controllers to run: plank, scheduler; may be repeated."),
    "tot-url": string("", "Address of tot, which numbers builds; empty: builds are numbered here."),
    "label-selector": string("", "Only ProwJobs with these labels, e.g. team=a."),
  },
  async start(flags, around) {
    const controllers = controllersOf(flags["enable-controller"]);
    const labelSelector = selectorOf(flags["label-selector"]);
    const clusters = await clustersOfFlags(flags, around);
    const fence = new Fence();
    const apply = applyWith(
      flags["dry-run"],
      { clusters, storage: await storageFrom(flags, around) },
      around,
      { fence },
    );
    const project = jobForPlank;
    return startPlank(
      {
        jobs: watchJobs(clusters, around, { labelSelector, project }),
        pods: watchPods(clusters, around, podForPlank),
        clusters,
        apply,
      },
      around,
      {
        controllers,
        totURL: flags["tot-url"],
        lease: flags["leader-lease"],
        fence,
        // The selector is plank's; every job needs a cluster.
        ...(labelSelector &&
          controllers.has("scheduler") && { unplaced: watchJobs(clusters, around, { project }) }),
      },
    );
  },
});

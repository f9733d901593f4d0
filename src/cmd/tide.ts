// cutwater tide: tests what is ready together with the newest base, merges it, and says why the rest is not.
import { resolve } from "node:path";
import { errorText } from "../lib/error-text.ts";
import { bool, type Flag, type FlagValues, int, string, UsageError } from "../lib/flags.ts";
import { synced } from "../lib/waiting/synced.ts";
import type { BlobStore } from "../storage/port.ts";
import { tideHandler } from "../tide/http.ts";
import { runTide, type TideDeps } from "../tide/run.ts";
import { TideState } from "../tide/state.ts";
import { component } from "./component.ts";
import { gitFor, mirrorsOf, repoJobsFor } from "./config/in-repo.ts";
import { openDataDirectory } from "./process/data-directory.ts";
import { listenFetch } from "./process/listen.ts";
import type { Running, Surroundings } from "./surroundings.ts";
import { clustersOfFlags, githubFrom, storageFrom } from "./wiring/connect.ts";
import { dataFlag, githubFlags, inRepoFlags, kubeFlags, storageFlags } from "./wiring/flag-groups.ts";
import { tideRates } from "./wiring/github-rates.ts";
import { Fence, leaseFlag, led } from "./wiring/led.ts";
import { applyWith, type Ports, watchJobs } from "./wiring/ports.ts";
import { loop } from "./wiring/progress.ts";
import { prowGithubFlags, prowListingFlags, prowTideFlags } from "./wiring/prow-flags.ts";
import { webAddress } from "./wiring/web-address.ts";

export type TideOptions = Pick<
  TideDeps,
  "jobs" | "state" | "splitByOrg" | "history" | "wake" | "shortestPauseMs" | "runOnce"
> & {
  git: TideDeps["git"];
};

export function startTide(
  { github, jobs, clusters, apply }: Pick<Ports, "github" | "jobs" | "clusters" | "apply">,
  options: TideOptions,
  around: Surroundings,
  { lease = "", fence }: { lease?: string; fence?: Fence } = {},
): Running {
  const { host, log, metrics, config } = around;
  const deps = {
    ...options,
    read: github.read,
    prowJobs: jobs,
    config: config.config,
    apply,
    record: around.record,
    log,
    metrics,
  };
  const done = led({ lease, fence, clusters, mayGoWithout: true }, around, async (signal) => {
    await synced(jobs, host.clock, signal);
    await loop("tide", around, (clock) => runTide({ ...deps, clock }, signal));
  });
  return { ready: () => jobs.synced(), done };
}

export const tide = component({
  name: "tide",
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...storageFlags,
    ...dataFlag,
    ...leaseFlag("cutwater-tide"),
    ...inRepoFlags,
    ...prowGithubFlags,
    ...prowListingFlags("30s"),
    ...prowTideFlags,
    port: int(8888, "Port of the pools (/), the history (/history) and the reasons (/snapshot)."),
    "max-records-per-pool": int(1000, "Records of the history kept for each pool."),
    "history-uri": string("", "What keeps the history over restarts: /a/file.json or gs://bucket/key."),
    "run-once": bool(false, "Look once, act, and stop."),
  },
  async start(values, around, given) {
    const flags = tideRates(values, given);
    const { host } = around;
    const fence = new Fence();
    const history = await historyFrom(flags, around);
    await openDataDirectory(flags.data);
    const [github, clusters] = await Promise.all([
      githubFrom(flags, { ...around, name: "tide", fence }),
      clustersOfFlags(flags, around),
    ]);
    // Tide writes no other object.
    const apply = applyWith(flags["dry-run"], { github, clusters, storage: history?.store }, around, {
      fence,
    });
    const state = new TideState(host.clock, flags["max-records-per-pool"]);
    const server = await listenFetch(tideHandler(state), "", flags.port, "port");
    const web = webAddress(flags["github-host"]);
    const directory = flags["cache-dir-base"] ? mirrorsOf("tide", flags) : flags.data;
    const git = gitFor({ github }, { web, directory, env: host.env });
    const running = startTide(
      { github, jobs: watchJobs(clusters, around), clusters, apply },
      {
        state,
        splitByOrg: Boolean(flags["github-app-id"]),
        git,
        jobs: repoJobsFor({ github }, git, flags["in-repo-config-cache-size"], around),
        history,
        runOnce: flags["run-once"],
      },
      around,
      { lease: flags["leader-lease"], fence },
    );
    return { ...running, done: running.done.finally(() => server.close()) };
  },
});

type HistoryFlags = FlagValues<typeof storageFlags & { "history-uri": Flag<string> }>;

/** undefined when no history is kept. Throws UsageError when what is there cannot be reached. */
export async function historyFrom(
  { "history-uri": uri, ...flags }: HistoryFlags,
  { host }: Pick<Surroundings, "host">,
): Promise<{ url: string; store: BlobStore } | undefined> {
  if (!uri) return undefined;
  // As in Prow, a path without a scheme is a local file.
  const url = /^[a-z][a-z0-9+.-]*:\/\//.test(uri) ? uri : `file://${resolve(host.cwd, uri)}`;
  // A file is where it says, also outside the directory that stands for the buckets.
  const store = await storageFrom(url.startsWith("file:") ? { ...flags, storage: "" } : flags, { host });
  try {
    await store.stat(url);
  } catch (error) {
    throw new UsageError(`--history-uri=${uri} cannot be used: ${errorText(error)}`, { cause: error });
  }
  return { url, store };
}

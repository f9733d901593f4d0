// cutwater tide: tests what is ready together with the newest base, merges it, and says why the rest is not.
import { join } from "node:path";
import { gitCLI } from "../git/cli.ts";
import { int, string } from "../lib/flags.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import { tideHandler } from "../tide/http.ts";
import { runTide, type TideDeps } from "../tide/run.ts";
import { TideState } from "../tide/state.ts";
import { component, type Running, type Surroundings } from "./component.ts";
import { clustersOfFlags, githubFrom, storageFrom } from "./connect.ts";
import { dataFlag, githubFlags, kubeFlags, storageFlags, tideBudgetFlags } from "./flag-groups.ts";
import { type GitOfRepositories, mirrorsOf, repoJobsFor } from "./in-repo.ts";
import { listenFetch } from "./listen.ts";
import { applyWith, type Ports, watchJobs } from "./ports.ts";
import { synced } from "./synced.ts";

export type TideOptions = Pick<
  TideDeps,
  "jobs" | "state" | "splitByOrg" | "history" | "wake" | "shortestPauseMs"
> & {
  git: TideDeps["git"];
};

export function startTide(
  { github, jobs, apply }: Pick<Ports, "github" | "jobs" | "apply">,
  options: TideOptions,
  { host, log, metrics, config, signal }: Surroundings,
): Running {
  const run = async () => {
    await synced(jobs, host.clock, signal);
    await runTide(
      {
        ...options,
        read: github.read,
        prowJobs: jobs,
        config: config.config,
        apply,
        clock: host.clock,
        log,
        metrics,
      },
      signal,
    );
  };
  return { ready: () => jobs.synced(), done: run() };
}

/** git over HTTPS with the token that the API is used with. */
export function gitFor(
  { github }: Pick<Ports, "github">,
  {
    url,
    directory,
    env,
  }: { url(repo: RepoRef): string; directory: string; env: Surroundings["host"]["env"] },
): GitOfRepositories {
  return gitCLI({ cacheDir: join(directory, "git"), url, env, token: (repo) => github.gitToken(repo) });
}

export const tide = component({
  name: "tide",
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...storageFlags,
    ...tideBudgetFlags,
    ...dataFlag,
    port: int(8888, "Port of the pools (/), the history (/history) and the reasons (/snapshot)."),
    "max-records-per-pool": int(1000, "Records of the history kept for each pool."),
    "history-uri": string("", "Object that keeps the history over restarts: gs://…, file:///…."),
    "status-path": string("", "Accepted as Prow has it: what statuses say is read from GitHub."),
  },
  async start(flags, around) {
    const { host } = around;
    const [github, clusters] = await Promise.all([githubFrom(flags, around), clustersOfFlags(flags, around)]);
    const storage = await storageFrom(flags, around);
    const apply = applyWith(flags["dry-run"], { github, clusters, storage }, around);
    const state = new TideState(host.clock, flags["max-records-per-pool"]);
    const server = await listenFetch(tideHandler(state), "", flags.port, "port");
    const url = (repo: RepoRef) => `https://${flags["github-host"]}/${repoName(repo)}`;
    const directory = flags["cache-dir-base"] ? mirrorsOf("tide", flags) : flags.data;
    const git = gitFor({ github }, { url, directory, env: host.env });
    const running = startTide(
      { github, jobs: watchJobs(clusters, around), apply },
      {
        state,
        splitByOrg: Boolean(flags["github-app-id"]),
        git,
        jobs: repoJobsFor({ github }, git, flags["in-repo-config-cache-size"], around),
        history: flags["history-uri"] ? { url: flags["history-uri"], store: storage } : undefined,
      },
      around,
    );
    return { ...running, done: running.done.finally(() => server.close()) };
  },
});

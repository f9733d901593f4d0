// cutwater hook: takes webhooks in, and hands them to the plugins.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { memoised } from "../github/memoise.ts";
import { HOOK_DEFAULTS, type HookDeps, runHook } from "../hook/run.ts";
import { secretFile } from "../hook/secret-file.ts";
import { duration, int, string, strings, UsageError } from "../lib/flags.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import { declarations, plugins } from "../plugins/index.ts";
import { openQueue } from "../queue/open.ts";
import { component, type Surroundings } from "./component.ts";
import { clustersOfFlags, githubFrom } from "./connect.ts";
import { dataFlag, githubFlags, kubeFlags } from "./flag-groups.ts";
import { mirrorsOf, repoJobsFor } from "./in-repo.ts";
import { applyWith, type Ports } from "./ports.ts";
import { gitFor } from "./tide.ts";

export type HookOptions = Pick<HookDeps, "role" | "queue" | "secrets" | "jobs"> &
  Partial<Pick<HookDeps, "host" | "port" | "webhookPath" | "repoEnabled" | "onListening">>;

/** Everything hook needs; its gateway can also be mounted on another server by `hookHandler`. */
export function hookDeps(
  { github, clusters, apply }: Pick<Ports, "github" | "clusters" | "apply">,
  options: HookOptions,
  { host, log, metrics, config }: Surroundings,
): HookDeps {
  return {
    ...HOOK_DEFAULTS,
    host: "",
    ...options,
    all: plugins,
    declared: declarations,
    config: config.config,
    plugins: config.plugins,
    reader: () => memoised(github.read),
    github: github.read,
    kube: clusters.home.read,
    apply,
    clock: host.clock,
    log,
    metrics,
  };
}

const ROLES = ["gateway", "worker", "all"] as const;

export const hook = component({
  name: "hook",
  plugins: true,
  flags: {
    ...githubFlags,
    ...kubeFlags,
    ...dataFlag,
    port: int(HOOK_DEFAULTS.port, "Port for webhooks."),
    "webhook-path": string(HOOK_DEFAULTS.webhookPath, "Path for webhooks."),
    "hmac-secret-file": string(
      "/etc/webhook/hmac",
      "File with the webhook secret, or Prow's YAML map of secrets.",
    ),
    "grace-period": duration(
      "180s",
      "Accepted as Prow has it: what is under way is always finished or kept in the queue.",
    ),
    queue: string("", "redis://… or sqlite:FILE; default a file in the data directory."),
    role: string("all", "gateway takes webhooks in, worker runs plugins, all does both."),
    "slack-token-file": string("", "Accepted as Prow has it."),
    "github-enabled-org": strings([], "Only these organisations."),
    "github-enabled-repo": strings([], "Only these repositories, org/repo."),
    "github-disabled-org": strings([], "Not these organisations."),
    "github-disabled-repo": strings([], "Not these repositories, org/repo."),
  },
  async start(flags, around) {
    const role = ROLES.find((name) => name === flags.role);
    if (!role) throw new UsageError(`--role=${flags.role} is none of ${ROLES.join(", ")}`);
    const [github, clusters] = await Promise.all([githubFrom(flags, around), clustersOfFlags(flags, around)]);
    const apply = applyWith(flags["dry-run"], { github, clusters }, around);
    const { clock, random } = around.host;
    if (!flags.queue) await mkdir(flags.data, { recursive: true });
    const url = flags.queue || `sqlite:${join(flags.data, "hook-queue.db")}`;
    const queue = await openQueue({ url, clock, random, log: around.log });
    const repository = (repo: RepoRef) => `https://${flags["github-host"]}/${repoName(repo)}`;
    const git = gitFor(
      { github },
      { url: repository, directory: mirrorsOf("hook", flags), env: around.host.env },
    );
    let listening = role === "worker";
    const deps = hookDeps(
      { github, clusters, apply },
      {
        role,
        port: flags.port,
        webhookPath: flags["webhook-path"],
        queue,
        secrets: secretFile(flags["hmac-secret-file"]),
        jobs: repoJobsFor({ github }, git, flags["in-repo-config-cache-size"], around),
        repoEnabled: enabled(flags),
        onListening: () => {
          listening = true;
        },
      },
      around,
    );
    const done = runHook(deps, around.signal).finally(() => queue.close());
    return { ready: () => listening, done };
  },
});

interface RepoFlags {
  "github-enabled-org": readonly string[];
  "github-enabled-repo": readonly string[];
  "github-disabled-org": readonly string[];
  "github-disabled-repo": readonly string[];
}

/** What is disabled is out; with anything enabled, only that is in. As in Prow. */
export function enabled(flags: RepoFlags): (repo: RepoRef) => boolean {
  const onlySome = flags["github-enabled-org"].length + flags["github-enabled-repo"].length > 0;
  return ({ org, repo }) => {
    const name = `${org}/${repo}`;
    if (flags["github-disabled-org"].includes(org) || flags["github-disabled-repo"].includes(name))
      return false;
    return (
      !onlySome || flags["github-enabled-org"].includes(org) || flags["github-enabled-repo"].includes(name)
    );
  };
}

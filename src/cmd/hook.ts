// cutwater hook: takes webhooks in, and hands them to the plugins.
import { randomUUID } from "node:crypto";
import { frugal } from "../github/frugal.ts";
import { memoised } from "../github/memoise.ts";
import { configMapMarks } from "../hook/mark-store.ts";
import { configMapSizes } from "../hook/metrics.ts";
import { HOOK_DEFAULTS, type HookDeps, runHook } from "../hook/run.ts";
import { int, string, UsageError } from "../lib/flags.ts";
import { isRedis } from "../lib/place.ts";
import { declarations, plugins } from "../plugins/index.ts";
import { redisShared } from "../shared/redis.ts";
import { component } from "./component.ts";
import { gitFor, mergedTextsFor, mirrorsOf, repoJobsFor } from "./config/in-repo.ts";
import { openDataDirectory } from "./process/data-directory.ts";
import type { Surroundings } from "./surroundings.ts";
import { withBotComments } from "./wiring/bot-comments.ts";
import { clustersOfFlags, githubFrom } from "./wiring/connect.ts";
import { enabledRepos } from "./wiring/enabled-repos.ts";
import {
  dataFlag,
  githubFlags,
  inRepoFlags,
  kubeFlags,
  pluginFlags,
  repoFlags,
} from "./wiring/flag-groups.ts";
import { guestsFor } from "./wiring/guests.ts";
import { pluginTools } from "./wiring/plugin-tools.ts";
import { applyWith, type Ports } from "./wiring/ports.ts";
import { prowGithubFlags, prowHookFlags } from "./wiring/prow-flags.ts";
import { queueFlags, queueURL } from "./wiring/queue-url.ts";
import { deliveryFence, queuesAt } from "./wiring/queues.ts";
import { resyncOf, sweepFlags, sweepOf } from "./wiring/sweep.ts";
import { webAddress } from "./wiring/web-address.ts";
import { hmacFlag, webhookSecrets } from "./wiring/webhook-secrets.ts";

export type HookOptions = Pick<
  HookDeps,
  | "role"
  | "queue"
  | "outside"
  | "guests"
  | "inside"
  | "secrets"
  | "jobs"
  | "merged"
  | "hear"
  | "marks"
  | "sweep"
  | "resync"
  | "lingerMs"
> &
  Partial<Pick<HookDeps, "host" | "port" | "webhookPath" | "repoEnabled" | "onListening">>;

/** Everything hook needs; its gateway can also be mounted on another server by `hookHandler`. */
export function hookDeps(
  { github, clusters, apply }: Pick<Ports, "github" | "clusters" | "apply">,
  options: HookOptions,
  { host, log, metrics, config, record }: Surroundings,
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
    ...pluginTools(host),
    ...(host.failpoints && { answering: (side) => host.failpoints!.at("hook", "answer", side) }),
    log,
    record,
    metrics,
  };
}

/** What is connected when a port is closed gets no answer, and GitHub does not try again by itself. */
const LINGER_MS = 3_000;

const ROLES = ["gateway", "worker", "all"] as const;

export const hook = component({
  name: "hook",
  plugins: true,
  flags: {
    ...pluginFlags,
    ...githubFlags,
    ...kubeFlags,
    ...repoFlags,
    ...dataFlag,
    ...prowGithubFlags,
    ...inRepoFlags,
    ...prowHookFlags,
    port: int(HOOK_DEFAULTS.port, "Port for webhooks."),
    "webhook-path": string(HOOK_DEFAULTS.webhookPath, "Path for webhooks."),
    ...hmacFlag,
    ...queueFlags,
    ...sweepFlags,
    role: string("all", "gateway takes webhooks in, worker runs plugins, all does both."),
  },
  async start(flags, around, given) {
    const role = ROLES.find((name) => name === flags.role);
    if (!role) throw new UsageError(`--role=${flags.role} is none of ${ROLES.join(", ")}`);
    const secrets = await webhookSecrets(flags["hmac-secret-file"], {
      clock: around.host.clock,
      log: around.log,
    });
    const url = await queueURL(flags);
    const { clock } = around.host;
    const { connected, clusters, told } = await reached(flags, url, around);
    // A file is the queue of one process; several tell each other in the Redis of theirs.
    const hearsAll = role === "all" && !told;
    const github = frugal(withBotComments(connected, around, { alone: false }), {
      ...{ clock, hearsAll, told, log: around.log },
    });
    const apply = applyWith(flags["dry-run"], { github, clusters }, around, {
      onConfigMap: configMapSizes(around.metrics),
    });
    await openData(flags, given, around);
    const { webhooks: queue, outside } = await queuesAt(url, around);
    const web = webAddress(flags["github-host"]);
    const git = gitFor({ github }, { web, directory: mirrorsOf("hook", flags), env: around.host.env });
    let listening = role === "worker";
    const deps = hookDeps(
      { github, clusters, apply },
      {
        role,
        port: flags.port,
        webhookPath: flags["webhook-path"],
        queue,
        outside,
        guests: guestsFor(
          { github },
          {
            pluginConfig: flags["plugin-config"],
            endpoint: flags["github-endpoint"][0]!,
            dryRun: flags["dry-run"],
          },
          around,
        ),
        secrets,
        lingerMs: LINGER_MS,
        hear: github.hear,
        ...(told && {
          marks: configMapMarks(clusters.home, () => around.config.config().prowjob_namespace),
        }),
        ...sweepOf(github, flags, around),
        ...resyncOf(github, flags, enabledRepos(flags), around),
        jobs: repoJobsFor({ github }, git, flags["in-repo-config-cache-size"], around),
        merged: mergedTextsFor({ github }, git, around),
        repoEnabled: enabledRepos(flags),
        onListening: () => {
          listening = true;
        },
      },
      around,
    );
    const done = runHook(deps, around.signal).finally(() =>
      Promise.all([queue.close(), outside.close(), told?.shared.close()]),
    );
    return { ready: () => listening && !around.signal.aborted, done };
  },
});

/** GitHub, the clusters, and where all hooks of one Redis tell each other what they hear. */
async function reached(
  flags: Parameters<typeof githubFrom>[0] & Parameters<typeof clustersOfFlags>[0],
  url: string,
  around: Surroundings,
) {
  const shared = isRedis(url) ? await redisShared({ url, log: around.log }) : undefined;
  try {
    const [connected, clusters] = await Promise.all([
      githubFrom(flags, { ...around, name: "hook", shared, fence: deliveryFence }),
      clustersOfFlags(flags, around),
    ]);
    return { connected, clusters, told: shared && { shared, id: randomUUID() } };
  } catch (error) {
    await shared?.close();
    throw error;
  }
}

async function openData(
  flags: { queue: string; data: string; "dry-run": boolean },
  given: ReadonlySet<string>,
  around: Surroundings,
): Promise<void> {
  if (!flags.queue) await openDataDirectory(flags.data);
  if (!given.has("queue") && !given.has("data") && !flags["dry-run"]) {
    around.log.warn(
      { data: flags.data },
      "Neither --data nor --queue is given: webhooks that are stored and not worked on yet are lost with this container.",
    );
  }
}

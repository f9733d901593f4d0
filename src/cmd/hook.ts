// cutwater hook: takes webhooks in, and hands them to the plugins.
import { randomUUID } from "node:crypto";
import { type FrugalGitHub, frugal } from "../github/frugal.ts";
import { configMapMarks } from "../hook/mark-store.ts";
import { configMapSizes } from "../hook/metrics.ts";
import { HOOK_DEFAULTS, type HookDeps, runHook } from "../hook/run.ts";
import type { Clusters } from "../kube/port.ts";
import { type FlagValues, int, string, UsageError } from "../lib/flags.ts";
import { isRedis } from "../lib/place.ts";
import { closeQueues, type Queues } from "../queue/open.ts";
import type { Shared } from "../shared/port.ts";
import { redisShared } from "../shared/redis.ts";
import { component } from "./component.ts";
import { gitFor, mirrorsOf, repoJobsFor } from "./config/in-repo.ts";
import { openDataDirectory } from "./process/data-directory.ts";
import type { Surroundings } from "./surroundings.ts";
import { withBotComments } from "./wiring/bot-comments.ts";
import { clustersOfFlags, githubFrom } from "./wiring/connect.ts";
import { enabledRepos } from "./wiring/enabled-repos.ts";
import {
  type cacheFlag,
  dataFlag,
  type dryRunFlag,
  githubFlags,
  inRepoFlags,
  kubeFlags,
  pluginFlags,
  repoFlags,
} from "./wiring/flag-groups.ts";
import { hookDeps } from "./wiring/hook-deps.ts";
import { applyWith } from "./wiring/ports.ts";
import { prowGithubFlags, prowHookFlags } from "./wiring/prow-flags.ts";
import { queueFlags, queueURL } from "./wiring/queue-url.ts";
import { deliveryFence, queuesAt } from "./wiring/queues.ts";
import { resyncOf, sweepFlags, sweepOf } from "./wiring/sweep.ts";
import { webAddress } from "./wiring/web-address.ts";
import { hmacFlag, webhookSecrets } from "./wiring/webhook-secrets.ts";

/** What is connected when a port is closed gets no answer, and GitHub does not try again by itself. */
const LINGER_MS = 3_000;

const ROLES = ["gateway", "worker", "all"] as const;

const flags = {
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
};

type Flags = FlagValues<typeof flags & typeof dryRunFlag & typeof cacheFlag>;

export const hook = component({
  name: "hook",
  plugins: true,
  flags,
  async start(values, around, given) {
    const { host, log, signal } = around;
    const role = roleOf(values.role);
    const secrets = await webhookSecrets(values["hmac-secret-file"], { clock: host.clock, log });
    const url = await queueURL(values);
    const world = await reached(values, { url, role }, around);
    const queues = await opened(values, { url, given }, around);
    let listening = role === "worker";
    const onListening = () => {
      listening = true;
    };
    const deps = wired(values, { ...world, queues, role, secrets, onListening }, around);
    const done = runHook(deps, signal).finally(() =>
      Promise.all([closeQueues(queues), world.shared?.close()]),
    );
    return { ready: () => listening && !signal.aborted, done };
  },
});

function roleOf(text: string): HookDeps["role"] {
  const role = ROLES.find((name) => name === text);
  if (!role) throw new UsageError(`--role=${text} is none of ${ROLES.join(", ")}`);
  return role;
}

interface World {
  github: FrugalGitHub;
  clusters: Clusters;
  /** Where all hooks of one Redis tell each other what they hear; undefined where the queue is a file. */
  shared: Shared | undefined;
}

/** GitHub, the clusters and the other hooks. Throws UsageError when the flags do not say how to reach them. */
async function reached(
  values: Flags,
  { url, role }: { url: string; role: HookDeps["role"] },
  around: Surroundings,
): Promise<World> {
  const { host, log } = around;
  const shared = isRedis(url) ? await redisShared({ url, log }) : undefined;
  try {
    const [connected, clusters] = await Promise.all([
      githubFrom(values, { ...around, name: "hook", shared, fence: deliveryFence }),
      clustersOfFlags(values, around),
    ]);
    const github = frugal(withBotComments(connected, around, { alone: false }), {
      clock: host.clock,
      log,
      // A file is the queue of one process; several tell each other in the Redis of theirs.
      hearsAll: role === "all" && !shared,
      told: shared && { shared, id: randomUUID() },
    });
    return { github, clusters, shared };
  } catch (error) {
    await shared?.close();
    throw error;
  }
}

/** The data directory, where the queues are in it, and the queues. Throws UsageError when they cannot be used. */
async function opened(
  { queue, data, "dry-run": dryRun }: Flags,
  { url, given }: { url: string; given: ReadonlySet<string> },
  around: Surroundings,
): Promise<Queues> {
  if (!queue) await openDataDirectory(data);
  if (!given.has("queue") && !given.has("data") && !dryRun) {
    around.log.warn(
      { data },
      "Neither --data nor --queue is given: webhooks that are stored and not worked on yet are lost with this container.",
    );
  }
  return queuesAt(url, around);
}

type Parts = World & { queues: Queues } & Pick<HookDeps, "role" | "secrets" | "onListening">;

function wired(
  values: Flags,
  { github, clusters, shared, queues, ...rest }: Parts,
  around: Surroundings,
): HookDeps {
  const { "dry-run": dryRun } = values;
  const web = webAddress(values["github-host"]);
  const git = gitFor({ github }, { web, directory: mirrorsOf("hook", values), env: around.host.env });
  const onConfigMap = configMapSizes(around.metrics);
  const apply = applyWith(dryRun, { github, clusters }, around, { onConfigMap });
  const repoEnabled = enabledRepos(values);
  return hookDeps(
    { github, clusters, apply, git, queues },
    {
      ...rest,
      port: values.port,
      webhookPath: values["webhook-path"],
      lingerMs: LINGER_MS,
      guests: {
        pluginConfig: values["plugin-config"],
        endpoint: values["github-endpoint"][0]!,
        dryRun,
      },
      ...(shared && {
        marks: configMapMarks(clusters.home, () => around.config.config().prowjob_namespace),
      }),
      ...sweepOf(github, values, around),
      ...resyncOf(github, values, repoEnabled, around),
      jobs: repoJobsFor({ github }, git, values["in-repo-config-cache-size"], around),
      repoEnabled,
    },
    around,
  );
}

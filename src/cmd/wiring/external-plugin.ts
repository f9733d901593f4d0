// What the external plugins share as components: flags, their queue, and how they are started.
import { join } from "node:path";
import { pluginsConfig } from "../../config/plugins-config.ts";
import type { Apply } from "../../effects/apply.ts";
import type { GitHubRead } from "../../github/port.ts";
import { HOOK_DEFAULTS } from "../../hook/run.ts";
import { type ExternalPluginDeps, runExternalPlugin } from "../../hook/run-external.ts";
import { KubeError } from "../../kube/error.ts";
import type { KubeRead } from "../../kube/port.ts";
import { type FlagValues, int, string } from "../../lib/flags.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { openQueue } from "../../queue/open.ts";
import { openDataDirectory } from "../process/data-directory.ts";
import type { Running, Surroundings } from "../surroundings.ts";
import { dataFlag, githubFlags } from "./flag-groups.ts";
import { pluginTools } from "./plugin-tools.ts";
import { prowGithubFlags } from "./prow-flags.ts";
import { hmacFlag, webhookSecrets } from "./webhook-secrets.ts";

export const externalPluginFlags = {
  ...githubFlags,
  ...prowGithubFlags,
  ...dataFlag,
  port: int(HOOK_DEFAULTS.port, "Port to listen on."),
  ...hmacFlag,
};

/** For the components that read no config.yaml. */
export const logLevelFlag = {
  "log-level": string("debug", "What is logged: debug, info, warning or error."),
};

export interface ExternalParts {
  plugin: Plugin;
  read: GitHubRead;
  apply: Apply;
}

/** Webhooks lie in the data directory until they are worked on. */
export async function startExternalPlugin(
  parts: ExternalParts,
  flags: FlagValues<typeof externalPluginFlags>,
  around: Surroundings,
): Promise<Running> {
  const { host, log, signal } = around;
  const { plugin } = parts;
  const secrets = await webhookSecrets(flags["hmac-secret-file"], { clock: host.clock, log });
  await openDataDirectory(flags.data);
  const url = `sqlite:${join(flags.data, `${plugin.name}-queue.db`)}`;
  const queue = await openQueue({ url, clock: host.clock, random: host.random, log });
  let listening = false;
  const deps: ExternalPluginDeps = {
    ...HOOK_DEFAULTS,
    ...externalPluginDeps(parts, around),
    host: "",
    port: flags.port,
    queue,
    secrets,
    onListening: () => {
      listening = true;
    },
  };
  const done = runExternalPlugin(plugin, deps, signal).finally(() => queue.close());
  return { ready: () => listening, done };
}

/** What it takes to work on deliveries, wherever they come from. */
export function externalPluginDeps(
  { read, apply }: Omit<ExternalParts, "plugin">,
  { config, host, log, metrics, record }: Surroundings,
) {
  return {
    config: config.config,
    // It hands nothing on to further ones.
    plugins: () => NO_PLUGINS,
    // Not remembered: it may ask again until GitHub has made up its mind.
    reader: () => read,
    kube: NO_CLUSTER,
    apply,
    ...pluginTools(host),
    log,
    record,
    metrics,
  };
}

const NO_PLUGINS = pluginsConfig({ sections: {} });

const refuse = (): never => {
  throw new KubeError(0, "", "an external plugin has no cluster");
};
const NO_CLUSTER: KubeRead = { get: refuse, list: refuse, watch: refuse, podLog: refuse };

// `/plugin-help`: what the plugins do and where they are enabled, in the JSON that Prow's deck reads.
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { GitHubRead } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { brieflyEach } from "../lib/kept/briefly.ts";
import type { Logger } from "../lib/logger.ts";
import type { EventKind } from "../model/event.ts";
import { refOfScope } from "../model/github.ts";
import type { PluginHelp, PluginsHelp } from "../model/plugin-help.ts";
import { type PluginDeclaration, told } from "../plugins/plugin.ts";
import { externalHelps } from "./external-help.ts";
import type { Inside } from "./hand-over.ts";
import { commandsOf } from "./help-entry.ts";

export interface HelpDeps {
  /** Plugins with and without a handler, and external ones. */
  declared: readonly PluginDeclaration[];
  plugins: () => PluginsConfig;
  github: Pick<GitHubRead, "repositories">;
  inside?: Inside;
  /** For external plugins, which are asked for their help. */
  web: typeof fetch;
  clock: Pick<Clock, "now">;
  log: Logger;
}

/** New repositories of an org appear after this long at most. */
const RELIST_MS = 3_600_000;

/** Prow's names for the events that a plugin listens to. */
const EVENT_NAMES: Record<EventKind, string> = {
  check: "check_run",
  issue: "issue",
  pull_request: "pull_request",
  push: "push",
  review: "pull_request_review",
  status: "status",
  comment: "GenericCommentEvent (any event for user text)",
};

export function pluginHelp(deps: HelpDeps): () => Promise<PluginsHelp> {
  const listed = brieflyEach(RELIST_MS, deps.clock, (org) => deps.github.repositories(org));

  async function reposOf(org: string): Promise<string[]> {
    try {
      return (await listed(org)).map(({ full_name }) => full_name);
    } catch (error) {
      deps.log.error({ error }, `Getting repos for org or user: ${org}.`);
      return [];
    }
  }

  const own = deps.declared.filter(({ external }) => !external);
  const externalHelp = externalHelps(deps);
  return async () => {
    const config = deps.plugins();
    const scopes = config.repos();
    const externalScopes = Object.keys(config.scopes().external);
    const expanded = new Map<string, string[]>();
    for (const scope of new Set([...scopes, ...externalScopes]))
      expanded.set(scope, scope.includes("/") ? [scope] : await reposOf(scope));
    return {
      AllRepos: [...new Set([...expanded.values()].flat())].sort(),
      RepoPlugins: {
        "": own.map(({ name }) => name),
        ...Object.fromEntries(scopes.map((scope) => [scope, ownPlugins(config, scope)])),
      },
      RepoExternalPlugins: { "": externalNames(config), ...externalPlugins(config) },
      PluginHelp: Object.fromEntries(
        own.map((plugin) => [plugin.name, helpOf(plugin, config, enabledIn(config, plugin, expanded))]),
      ),
      ExternalPluginHelp: await externalHelp(config, expanded),
    };
  };
}

/** What is written under that key itself: a repository's own, without its org's. */
function ownPlugins(config: PluginsConfig, scope: string): string[] {
  const names = config.enabled(refOfScope(scope));
  if (!scope.includes("/")) return names;
  const ofOrg = new Set(config.enabled({ ...refOfScope(scope), repo: "" }));
  return names.filter((name) => !ofOrg.has(name));
}

const enabledIn = (
  config: PluginsConfig,
  { name }: PluginDeclaration,
  expanded: Map<string, string[]>,
): string[] => [
  ...new Set(
    [...expanded].flatMap(([scope, repos]) => (ownPlugins(config, scope).includes(name) ? repos : [])),
  ),
];

/** Said of a plugin of Prow's that is declared but has no handler. */
const NOT_RUN = "Cutwater does not run this plugin yet: enabling it has no effect.";

function helpOf(plugin: PluginDeclaration, config: PluginsConfig, repos: string[]): PluginHelp {
  const explained = [
    ["", plugin.explainAll?.(config, repos)],
    ...repos.map((repo) => [repo, plugin.explain?.(config, refOfScope(repo))]),
  ].filter(([, text]) => text);
  const description = told(plugin.description, config);
  return {
    Description: "handle" in plugin ? description : `${NOT_RUN} ${description}`,
    Config: explained.length > 0 ? Object.fromEntries(explained) : null,
    Events: plugin.on.map((kind) => EVENT_NAMES[kind]),
    Commands: commandsOf(plugin, config),
  };
}

/** As it is written, scope by scope. */
function externalPlugins(config: PluginsConfig): Record<string, string[]> {
  const entries = Object.entries(config.scopes().external).map(([scope, plugins]): [string, string[]] => [
    scope,
    plugins.map(({ name }) => name ?? ""),
  ]);
  return Object.fromEntries(entries.filter(([, names]) => names.length > 0));
}

const externalNames = (config: PluginsConfig): string[] => [
  ...new Set(Object.values(externalPlugins(config)).flat()),
];

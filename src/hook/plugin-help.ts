// `/plugin-help`: what the plugins do and where they are enabled, in the JSON that Prow's deck reads.
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { GitHubRead } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { EventKind } from "../model/event.ts";
import type { RepoRef } from "../model/github.ts";
import type { PluginHelp, PluginsHelp } from "../model/plugin-help.ts";
import type { Plugin } from "../plugins/plugin.ts";

export interface HelpDeps {
  all: readonly Plugin[];
  plugins: () => PluginsConfig;
  github: Pick<GitHubRead, "repositories">;
  clock: Pick<Clock, "now">;
  log: Logger;
}

/** New repositories of an org appear after this long at most. */
const RELIST_MS = 3_600_000;

/** Prow's names for the events that a plugin listens to. */
const EVENT_NAMES: Record<EventKind, string> = {
  issue: "issue",
  pull_request: "pull_request",
  push: "push",
  review: "pull_request_review",
  status: "status",
  comment: "GenericCommentEvent (any event for user text)",
};

export function pluginHelp(deps: HelpDeps): () => Promise<PluginsHelp> {
  const listed = new Map<string, { at: number; repos: Promise<string[]> }>();

  function reposOf(org: string): Promise<string[]> {
    const now = deps.clock.now().getTime();
    const held = listed.get(org);
    if (held && now - held.at < RELIST_MS) return held.repos;
    const repos = deps.github.repositories(org).then(
      (found) => found.map(({ full_name }) => full_name),
      (error: unknown) => {
        deps.log.error({ error }, `Getting repos for org or user: ${org}.`);
        listed.delete(org);
        return [];
      },
    );
    listed.set(org, { at: now, repos });
    return repos;
  }

  return async () => {
    const config = deps.plugins();
    const scopes = config.repos();
    const expanded = new Map<string, string[]>();
    for (const scope of scopes) expanded.set(scope, scope.includes("/") ? [scope] : await reposOf(scope));
    return {
      AllRepos: [...new Set([...expanded.values()].flat())].sort(),
      RepoPlugins: {
        "": deps.all.map(({ name }) => name),
        ...Object.fromEntries(scopes.map((scope) => [scope, ownPlugins(config, scope)])),
      },
      RepoExternalPlugins: { "": externalNames(config, scopes), ...externalPlugins(config, scopes) },
      PluginHelp: Object.fromEntries(
        deps.all.map((plugin) => [plugin.name, helpOf(plugin, config, enabledIn(config, plugin, expanded))]),
      ),
      ExternalPluginHelp: {},
    };
  };
}

const refOf = (scope: string): RepoRef => {
  const [org = "", repo = ""] = scope.split("/");
  return { org, repo };
};

/** What is written under that key itself: a repository's own, without its org's. */
function ownPlugins(config: PluginsConfig, scope: string): string[] {
  const names = config.enabled(refOf(scope));
  if (!scope.includes("/")) return names;
  const ofOrg = new Set(config.enabled({ ...refOf(scope), repo: "" }));
  return names.filter((name) => !ofOrg.has(name));
}

const enabledIn = (config: PluginsConfig, plugin: Plugin, expanded: Map<string, string[]>): string[] => [
  ...new Set(
    [...expanded].flatMap(([scope, repos]) => (ownPlugins(config, scope).includes(plugin.name) ? repos : [])),
  ),
];

function helpOf(plugin: Plugin, config: PluginsConfig, repos: string[]): PluginHelp {
  const explained: Record<string, string> = {};
  if (plugin.explain) {
    for (const repo of ["", ...repos]) {
      const text = plugin.explain(config, refOf(repo));
      if (text) explained[repo] = text;
    }
  }
  return {
    Description: plugin.description,
    Config: Object.keys(explained).length > 0 ? explained : null,
    Events: plugin.on.map((kind) => EVENT_NAMES[kind]),
    Commands: plugin.commands.map(({ usage, featured, description, examples, whoCanUse }) => ({
      Usage: usage,
      Featured: featured,
      Description: description,
      Examples: examples,
      WhoCanUse: whoCanUse,
    })),
  };
}

function externalPlugins(config: PluginsConfig, scopes: string[]): Record<string, string[]> {
  const entries = scopes.map((scope): [string, string[]] => {
    const names = config.external(refOf(scope)).map(({ name }) => name ?? "");
    return [scope, names];
  });
  return Object.fromEntries(entries.filter(([, names]) => names.length > 0));
}

const externalNames = (config: PluginsConfig, scopes: string[]): string[] => [
  ...new Set(Object.values(externalPlugins(config, scopes)).flat()),
];

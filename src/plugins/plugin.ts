// What a plugin is: a declaration (name, help, commands, config) and, once it is ours, a handler from an event to effects.
import type { Config } from "../config/config.ts";
import type { PluginsConfig, Section } from "../config/plugins-config.ts";
import type { MergedTexts } from "../git/port.ts";
import type { GitHubRead } from "../github/port.ts";
import type { RepoJobs } from "../jobs/repo-jobs.ts";
import type { KubeRead } from "../kube/port.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Effect } from "../model/effect.ts";
import type { Event, EventKind } from "../model/event.ts";
import type { RepoRef } from "../model/github.ts";

export interface CommandHelp {
  /** As Prow's command page shows it, e.g. `/lgtm [cancel]`. */
  usage: string;
  description: string;
  whoCanUse: string;
  featured: boolean;
  examples: string[];
}

export interface Context {
  config: Config;
  plugins: PluginsConfig;
  /** Memoised for this event. */
  read: GitHubRead;
  /** Another look: after a pause, what `read` remembers may be out of date. */
  again(): GitHubRead;
  kube: KubeRead;
  /** Jobs of the repository at a commit, its own among them. */
  jobs: RepoJobs;
  /** Files as a merge would leave them that nobody has made yet. */
  merged: MergedTexts;
  /** Login of the bot; an App's ends in `[bot]`. */
  bot: string;
  clock: Pick<Clock, "now" | "sleep">;
  /** From 0 up to but not 1. */
  random: () => number;
  /** For services that a plugin itself names (pictures, jokes): never for an address out of an event. */
  web: typeof fetch;
  /** Text of a file on this machine that plugins.yaml names: never of one out of an event. */
  localFile: (path: string) => Promise<string>;
  log: Logger;
}

/** What is known of a plugin without running it: enough to read its configuration and to tell what it is for. */
export interface PluginDeclaration {
  /** As `plugins` or `external_plugins` of plugins.yaml calls it. */
  name: string;
  on: readonly EventKind[];
  description: Told<string>;
  commands: Told<readonly CommandHelp[]>;
  /** A program of its own, which is sent the webhooks: `external_plugins` names it. */
  external?: true;
  /** Its part of plugins.yaml. */
  sections?: readonly Section<unknown>[];
  /** What its configuration means wherever it is enabled (in `repos`, as org/repo), for the help page; "" is nothing. */
  explainAll?(plugins: PluginsConfig, repos: readonly string[]): string;
  /** What its configuration means for a repository; "" is nothing. */
  explain?(plugins: PluginsConfig, repo: RepoRef): string;
}

/** Help that is the same everywhere, or follows from the configuration. */
export type Told<T> = T | ((plugins: PluginsConfig) => T);

export function told<T extends string | readonly CommandHelp[]>(help: Told<T>, plugins: PluginsConfig): T {
  return typeof help === "function" ? help(plugins) : help;
}

export interface Plugin extends PluginDeclaration {
  handle(event: Event, context: Context): Promise<Effect[]>;
}

// What a plugin is: a declaration (name, help, commands, config) and a handler from an event to effects.
import type { Config } from "../config/config.ts";
import type { PluginsConfig, Section } from "../config/plugins-config.ts";
import type { GitHubRead } from "../github/port.ts";
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
  kube: KubeRead;
  /** Login of the bot; an App's ends in `[bot]`. */
  bot: string;
  clock: Pick<Clock, "now">;
  log: Logger;
}

export interface Plugin {
  name: string;
  on: readonly EventKind[];
  description: string;
  commands: readonly CommandHelp[];
  /** Its part of plugins.yaml. */
  sections?: readonly Section<unknown>[];
  /** What its configuration means for a repository ("" for the org-wide view), for the help page. */
  explain?(plugins: PluginsConfig, repo: RepoRef): string;
  handle(event: Event, context: Context): Promise<Effect[]>;
}

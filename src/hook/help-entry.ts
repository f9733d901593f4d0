// One plugin's entry in the JSON of `/plugin-help`.
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { PluginHelp } from "../model/plugin-help.ts";
import { type PluginDeclaration, told } from "../plugins/plugin.ts";

export const commandsOf = (plugin: PluginDeclaration, config: PluginsConfig): PluginHelp["Commands"] =>
  told(plugin.commands, config).map(({ usage, featured, description, examples, whoCanUse }) => ({
    Usage: usage,
    Featured: featured,
    Description: description,
    Examples: examples,
    WhoCanUse: whoCanUse,
  }));

/** Its events are those that plugins.yaml gives it. */
export function helpOfExternal(
  plugin: PluginDeclaration,
  config: PluginsConfig,
  Events: string[] | null,
): PluginHelp {
  const Description = told(plugin.description, config);
  return { Description, Config: null, Events, Commands: commandsOf(plugin, config) };
}

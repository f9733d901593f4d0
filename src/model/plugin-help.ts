// The JSON of `/plugin-help`, in Prow's field names: hook serves it, deck shows it.

export interface CommandHelpEntry {
  Usage: string;
  Featured: boolean;
  Description: string;
  Examples: string[] | null;
  WhoCanUse: string;
}

export interface PluginHelp {
  Description: string;
  /** What the configuration means, by `org/repo`; "" is the whole. */
  Config: Record<string, string> | null;
  Events: string[] | null;
  Commands: CommandHelpEntry[] | null;
  Snippet?: string;
}

export interface PluginsHelp {
  AllRepos: string[] | null;
  /** By org, by `org/repo`, and "" for every plugin there is. */
  RepoPlugins: Record<string, string[]> | null;
  RepoExternalPlugins: Record<string, string[]> | null;
  PluginHelp: Record<string, PluginHelp> | null;
  ExternalPluginHelp: Record<string, PluginHelp> | null;
}

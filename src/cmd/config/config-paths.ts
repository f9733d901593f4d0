// Where the configuration is, as flags name it.
import type { ConfigPaths } from "../../config/read-files.ts";
import type { FlagValues } from "../../lib/flags.ts";
import { configFlags, type pluginFlags } from "../wiring/flag-groups.ts";

const SUFFIX = "supplemental-prow-configs-filename-suffix";

/** What plugins.yaml and its supplements are; without them the component reads none. */
export type PluginPaths = FlagValues<typeof pluginFlags>;

export function configPaths(flags: FlagValues<typeof configFlags>, plugins?: PluginPaths): ConfigPaths {
  const isOldName = flags[SUFFIX] === configFlags[SUFFIX].initial;
  return {
    ...(flags["config-path"] && { configPath: flags["config-path"] }),
    ...(flags["job-config-path"] && { jobConfigPath: flags["job-config-path"] }),
    supplementalProwConfigDirs: flags["supplemental-prow-config-dir"],
    supplementalProwConfigSuffix: flags[isOldName ? "supplemental-prow-configs-filename" : SUFFIX],
    ...(plugins?.["plugin-config"] && {
      pluginConfigPath: plugins["plugin-config"],
      supplementalPluginConfigDirs: plugins["supplemental-plugin-config-dir"],
      supplementalPluginConfigSuffix: plugins["supplemental-plugin-configs-filename-suffix"],
    }),
  };
}

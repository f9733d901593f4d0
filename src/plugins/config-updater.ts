// Keeps ConfigMaps in step with files of the repository.
import { configUpdaterSection } from "./config-updater/options.ts";
import type { PluginDeclaration } from "./plugin.ts";

export const configUpdater: PluginDeclaration = {
  name: "config-updater",
  on: ["pull_request"],
  sections: [configUpdaterSection],
  description:
    "The config-updater plugin automatically redeploys configuration and plugin configuration files when they change. The plugin watches for pull request merges that modify either of the config files and updates the cluster's configmap resources in response.",
  commands: [],
  /** Only when there is one repository, whose files they then are. */
  explainAll: (plugins, repos) =>
    repos.length === 1
      ? Object.entries(plugins.get(configUpdaterSection).maps)
          .map(
            ([file, { name = "" }]) =>
              `Files matching ${repos[0]}/${file} are used to populate the ${name} ConfigMap in `,
          )
          .join("")
      : "",
};

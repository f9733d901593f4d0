// cutwater refresh: the external plugin that reports the jobs of a pull request once more.
import { reportAgain } from "../crier/report-again.ts";
import { string, UsageError } from "../lib/flags.ts";
import { refreshPlugin } from "../plugins/refresh/handle.ts";
import { component } from "./component.ts";
import { githubFrom } from "./wiring/connect.ts";
import { externalPluginFlags, startExternalPlugin } from "./wiring/external-plugin.ts";
import { configFlags } from "./wiring/flag-groups.ts";
import { applyWith } from "./wiring/ports.ts";

export const refresh = component({
  name: "refresh",
  flags: {
    ...externalPluginFlags,
    "config-path": string("/etc/config/config.yaml", configFlags["config-path"].doc),
    "prow-url": string("", "Address of deck."),
  },
  async start(flags, around) {
    const prowURL = flags["prow-url"];
    if (!/^https?:\/\//.test(prowURL) || !URL.canParse(prowURL))
      throw new UsageError(`invalid -prow-url URI: ${JSON.stringify(prowURL)}: deck's address is meant`);
    const github = await githubFrom(flags, { ...around, name: "refresh" });
    const apply = applyWith(flags["dry-run"], { github }, around);
    const plugin = refreshPlugin({ prowURL, report: reportAgain });
    return startExternalPlugin({ plugin, read: github.read, apply }, flags, around);
  },
});

// cutwater cherrypicker: the external plugin that picks pull requests onto other branches.
import { bool, string, strings } from "../lib/flags.ts";
import { cherrypickerPlugin } from "../plugins/cherrypicker/handle.ts";
import { component } from "./component.ts";
import { gitFor, mirrorsOf } from "./config/in-repo.ts";
import { withPoints } from "./process/failpoints.ts";
import { githubFrom } from "./wiring/connect.ts";
import { externalPluginFlags, logLevelFlag, startExternalPlugin } from "./wiring/external-plugin.ts";
import { applyWith } from "./wiring/ports.ts";
import { webAddress } from "./wiring/web-address.ts";

export const cherrypicker = component({
  name: "cherrypicker",
  withoutConfig: true,
  flags: {
    ...externalPluginFlags,
    ...logLevelFlag,
    labels: strings([], "Labels of the new pull requests; may be repeated."),
    "use-prow-assignments": bool(true, "Assign the new pull request to who asked for it."),
    "allow-all": bool(false, "Let anybody ask, not only members of the org."),
    "create-issue-on-conflict": bool(
      false,
      "Make an issue, assigned to who asked, of what cannot be picked without conflict.",
    ),
    "label-prefix": string("cherrypick/", "Labels that ask for a cherry-pick begin so; the branch follows."),
  },
  async start(flags, around) {
    const github = await githubFrom(flags, { ...around, name: "cherrypicker" });
    const { env, failpoints } = around.host;
    const place = { web: webAddress(flags["github-host"]), directory: mirrorsOf("cherrypicker", flags), env };
    const git = withPoints(failpoints, "git", gitFor({ github }, place));
    const apply = applyWith(flags["dry-run"], { github, git }, around);
    const plugin = cherrypickerPlugin({
      allowAll: flags["allow-all"],
      labels: flags.labels,
      labelPrefix: flags["label-prefix"],
      issueOnConflict: flags["create-issue-on-conflict"],
      prowAssignments: flags["use-prow-assignments"],
    });
    return startExternalPlugin({ plugin, read: github.read, apply }, flags, around);
  },
});

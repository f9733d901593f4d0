// Tells Slack of merges made by hand and of mentions of groups.
import { section } from "../config/plugins-config.ts";
import { list, map, object, string } from "../lib/schema.ts";
import { forRepo, reposField } from "./for-repo.ts";
import type { PluginDeclaration } from "./plugin.ts";

const slackSection = section(
  "slack",
  object({
    mentionchannels: list(string("A channel in which mentions are repeated.")),
    mergewarnings: list(
      object({
        repos: reposField,
        channels: list(string("A channel that is told.")),
        exempt_users: list(string("Login of somebody who may merge by hand.")),
        exempt_branches: map(list(string("Login of somebody who may merge there.")), "By branch."),
      }),
      "Who is told of merges that were not the bot's.",
    ),
  }),
);

export const slackevents: PluginDeclaration = {
  name: "slackevents",
  on: ["push", "comment"],
  sections: [slackSection],
  description: `The slackevents plugin reacts to various GitHub events by commenting in Slack channels.
<ol><li>The plugin can create comments to alert on manual merges. Manual merges are merges made by a normal user instead of a bot or trusted user.</li>
<li>The plugin can create comments to reiterate SIG mentions like '@kubernetes/sig-testing-bugs' from GitHub.</li></ol>`,
  commands: [],
  explainAll(plugins) {
    const channels = plugins.get(slackSection)?.mentionchannels ?? [];
    return `SIG mentions on GitHub are reiterated for the following SIG Slack channels: ${channels.join(", ")}.`;
  },
  explain(plugins, repo) {
    const warning = forRepo(plugins.get(slackSection)?.mergewarnings, repo);
    if (!warning) return "There are no manual merge warnings configured for this repo.";
    const { channels = [], exempt_branches, exempt_users = [] } = warning;
    return `In this repo merges are considered manual and trigger manual merge warnings if the user who merged is not a member of this universal exemption list: ${exempt_users.join(", ")} or merged to a branch they are not specifically exempted for: ${goMap(exempt_branches)}.<br>Warnings are sent to the following Slack channels: ${channels.join(", ")}.`;
  },
};

/** As fmt's %#v shows it. */
function goMap(branches: Record<string, string[]> | undefined): string {
  if (!branches) return "map[string][]string(nil)";
  const entries = Object.keys(branches)
    .sort()
    .map((branch) => {
      const users = branches[branch]!.map((user) => JSON.stringify(user));
      return `${JSON.stringify(branch)}:[]string{${users.join(", ")}}`;
    });
  return `map[string][]string{${entries.join(", ")}}`;
}

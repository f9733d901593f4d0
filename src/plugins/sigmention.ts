// Labels what mentions a team of a special interest group.
import { section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { object } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const MENTION =
  "(?m)@kubernetes/sig-([\\w-]*)-(misc|test-failures|bugs|feature-requests|proposals|pr-reviews|api-reviews)";

const sigmentionSection = section(
  "sigmention",
  object({
    regexp: pattern(
      "A mention of a team: its first group names sig/*, its second (bugs, feature-requests, api-reviews, proposals) kind/*. Default: the teams of Kubernetes.",
    ),
  }),
  { complete: (written = {}) => ({ regexp: written.regexp || MENTION }) },
);

export const sigmention: PluginDeclaration = {
  name: "sigmention",
  on: ["comment"],
  sections: [sigmentionSection],
  description: `The sigmention plugin responds to SIG (Special Interest Group) GitHub team mentions like '@kubernetes/sig-testing-bugs'. The plugin responds in two ways:
<ol><li> The appropriate 'sig/*' and 'kind/*' labels are applied to the issue or pull request. In this case 'sig/testing' and 'kind/bug'.</li>
<li> If the user who mentioned the GitHub team is not a member of the organization that owns the repository the bot will create a comment that repeats the mention. This is necessary because non-member mentions do not trigger GitHub notifications.</li></ol>`,
  commands: [],
  explainAll: (plugins) =>
    `Labels added by the plugin are triggered by mentions of GitHub teams matching the following regexp:\n${plugins.get(sigmentionSection).regexp}`,
};

// approve's part of plugins.yaml.
import { concatenate, type PluginsConfig, section } from "../../config/plugins-config.ts";
import { boolean, type Infer, list, object, string } from "../../lib/schema.ts";
import type { RepoRef } from "../../model/github.ts";
import { checkNamedOnce, forRepo, reposField } from "../for-repo.ts";

const approveSchema = object({
  repos: reposField,
  issue_required: boolean("Approval also needs an associated issue, or /approve no-issue."),
  require_self_approval: boolean("Authors do not approve their own pull requests by opening them."),
  lgtm_acts_as_approve: boolean("/lgtm is an approval too."),
  ignore_review_state: boolean("Approving and rejecting reviews say nothing."),
  commandHelpLink: string("Where the commands are explained."),
  pr_process_link: string("Where the review process is explained."),
});
type Written = Infer<typeof approveSchema>;
/** With the links that the notification shows. */
export type ApproveOptions = Written & { commandHelpLink: string; pr_process_link: string };

export const approveSection = section("approve", list(approveSchema), {
  check: (entries, judge) => checkNamedOnce(entries, "approve", judge),
  merge: concatenate,
});

/** Where no entry applies, and for what it leaves out, these count. */
const DEFAULTS = {
  commandHelpLink: "https://go.k8s.io/bot-commands",
  pr_process_link: "https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process",
};

export function approveFor(plugins: PluginsConfig, repo: RepoRef): ApproveOptions {
  const found = forRepo(plugins.get(approveSection), repo);
  return {
    ...found,
    commandHelpLink: found?.commandHelpLink || DEFAULTS.commandHelpLink,
    pr_process_link: found?.pr_process_link || DEFAULTS.pr_process_link,
  };
}

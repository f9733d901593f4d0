// approve's part of plugins.yaml.
import { type PluginsConfig, section } from "../../config/plugins-config.ts";
import { boolean, type Infer, list, object, string } from "../../lib/schema.ts";
import type { RepoRef } from "../../model/github.ts";
import { forRepo } from "../for-repo.ts";

const approveSchema = object({
  repos: list(string("org or org/repo.")),
  issue_required: boolean("Approval also needs an associated issue, or /approve no-issue."),
  require_self_approval: boolean("Authors do not approve their own pull requests by opening them."),
  lgtm_acts_as_approve: boolean("/lgtm is an approval too."),
  ignore_review_state: boolean("Approving and rejecting reviews say nothing."),
  commandHelpLink: string("Where the commands are explained."),
  pr_process_link: string("Where the review process is explained."),
});
export type ApproveOptions = Infer<typeof approveSchema>;

export const approveSection = section("approve", list(approveSchema));

export const approveFor = (plugins: PluginsConfig, repo: RepoRef): ApproveOptions =>
  forRepo(plugins.get(approveSection), repo) ?? {};

export const COMMAND_HELP_LINK = "https://go.k8s.io/bot-commands";
export const PROCESS_LINK =
  "https://git.k8s.io/community/contributors/guide/owners.md#the-code-review-process";

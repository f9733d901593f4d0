// Tells how to ask for another merge method.
import type { Config } from "../config/config.ts";
import { mergeMethod } from "../config/tide.ts";
import type { RepoRef } from "../model/github.ts";
import { formatSimple } from "../model/reply.ts";
import { prRef } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const ACTIONS = ["opened", "reopened", "synchronize", "edited"];

export const mergeMethodComment: Plugin = {
  name: "merge-method-comment",
  on: ["pull_request"],
  description:
    "The merge-method-comment plugin adds a comment on how to request a different-from-default merge method to PRs with more than 1 commit",
  commands: [],
  async handle(event, { config }) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const { pr, repo } = event;
    if ((pr.commits ?? 0) <= 1) return [];
    const text = methodText(repo, config);
    return [{ do: "createComment", issue: prRef(repo, pr), body: formatSimple(text), marker: text }];
  },
};

/** The method of the repository, whatever a branch of it may have. */
function methodText(repo: RepoRef, config: Pick<Config, "tide">): string {
  const method = mergeMethod(config, repo, "");
  const { merge_label, squash_label } = config.tide;
  const told = `This PR has multiple commits, and the default merge method is: ${method}.\n`;
  if (method === "squash") {
    return merge_label
      ? `${told}You can request commits to be merged using the label: ${merge_label}`
      : `${told}Commits will be squashed, as no merge labels are defined`;
  }
  if (method !== "merge") return told;
  return squash_label
    ? `${told}You can request commits to be squashed using the label: ${squash_label}`
    : `${told}Commits will be merged, as no squash labels are defined`;
}

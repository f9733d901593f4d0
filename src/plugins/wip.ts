// Labels pull requests that are drafts, or whose title says WIP, so that they are not merged.
import { regex } from "../lib/re2.ts";
import { WORK_IN_PROGRESS } from "../model/labels.ts";
import { prRef } from "./event-issue.ts";
import { labelChange } from "./label-change.ts";
import type { Plugin } from "./plugin.ts";

const ACTIONS = ["opened", "reopened", "edited", "ready_for_review", "converted_to_draft"];
const WIP_TITLE = regex("(?i)^\\W?WIP\\W");

export const wip: Plugin = {
  name: "wip",
  on: ["pull_request"],
  description: `The wip (Work In Progress) plugin applies the '${WORK_IN_PROGRESS}' Label to pull requests whose title starts with 'WIP' or are in the 'draft' stage, and removes it from pull requests when they remove the title prefix or become ready for review. The '${WORK_IN_PROGRESS}' Label is typically used to block a pull request from merging while it is still in progress.`,
  commands: [],
  async handle(event, { read }) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const { pr, repo } = event;
    const issue = prRef(repo, pr);
    const labels = await read.issueLabels(issue);
    const has = labels.some(({ name }) => name === WORK_IN_PROGRESS);
    return labelChange(issue, WORK_IN_PROGRESS, has, pr.draft || WIP_TITLE.test(pr.title));
  },
};

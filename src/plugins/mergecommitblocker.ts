// Holds pull requests up that contain merge commits.
import type { PullRequestEvent } from "../model/event.ts";
import { hasLabel, MERGE_COMMITS } from "../model/labels.ts";
import { formatSimple } from "../model/reply.ts";
import { prRef } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";

const ACTIONS = ["opened", "reopened", "synchronize"];
const FOUND = `Adding label \`${MERGE_COMMITS}\` because PR contains merge commits, which are not allowed in this repository.
Use \`git rebase\` to reapply your commits on top of the target branch. Detailed instructions for doing so can be found [here](https://git.k8s.io/community/contributors/guide/github-workflow.md#4-keep-your-branch-in-sync).`;
/** GitHub lists no more commits of a pull request. */
const MOST_LISTED = 250;

export const mergecommitblocker: Plugin = {
  name: "mergecommitblocker",
  on: ["pull_request"],
  description:
    "The merge commit blocker plugin adds the do-not-merge/contains-merge-commits label to pull requests that contain merge commits",
  commands: [],
  async handle(event, context) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const issue = prRef(event.repo, event.pr);
    const merges = await hasMerges(event, context);
    const has = hasLabel(MERGE_COMMITS, await context.read.issueLabels(issue));
    if (merges === has) return [];
    if (!merges) {
      const unsaid = await pruneComments(issue, context, (words) => words.includes(FOUND));
      return [...unsaid, { do: "removeLabel", issue, label: MERGE_COMMITS }];
    }
    // Before the label: once that is on, a retry of this event would do nothing more.
    return [
      { do: "createComment", issue, body: formatSimple(FOUND), marker: FOUND },
      { do: "addLabels", issue, labels: [MERGE_COMMITS] },
    ];
  },
};

async function hasMerges({ pr, repo }: PullRequestEvent, { read }: Context): Promise<boolean> {
  const many = (pr.commits ?? 0) > MOST_LISTED;
  const commits = many
    ? await read.commitsBetween(repo, pr.base.sha, pr.head.sha)
    : await read.pullRequestCommits(prRef(repo, pr));
  return commits.some(({ parents }) => parents.length > 1);
}

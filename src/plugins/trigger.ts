// Starts jobs: presubmits for pull requests and comments on them, postsubmits for pushes.
import type { Plugin } from "./plugin.ts";
import { onCheck } from "./trigger/check.ts";
import { onComment } from "./trigger/comment.ts";
import { onPullRequest } from "./trigger/pull-request.ts";
import { onPush } from "./trigger/push.ts";
import { triggerFor, triggersSection } from "./trust.ts";

export const trigger: Plugin = {
  name: "trigger",
  on: ["comment", "pull_request", "push", "check"],
  sections: [triggersSection],
  description: `The trigger plugin starts jobs in reaction to various events.
<br>Presubmit jobs are run automatically on pull requests that are trusted and not in a draft state with file changes matching the file filters and targeting a branch matching the branch filters.
<br>A pull request is considered trusted if the author is a member of the 'trusted organization' for the repository or if such a member has left an '/ok-to-test' command on the PR.
<br>Trusted status granted by '/ok-to-test' can be revoked by a trusted user with '/ok-to-test cancel', which restores the 'needs-ok-to-test' label.
<br>Trigger will not automatically start jobs for a PR in draft state, and if a PR is changed to draft it cancels pending jobs.
<br>If jobs are not run automatically for a PR because it is not trusted or is in draft state, a trusted user can still start jobs manually via the '/test' command.
<br>The '/retest' command can be used to rerun jobs that have reported failure.
<br>The '/test-manual-required' command can be used to start required manually triggered presubmit jobs.
<br>Trigger starts postsubmit jobs when commits are pushed if the filters on the job match files and branches affected by that push.`,
  commands: [
    {
      usage: "/ok-to-test",
      description: "Marks a PR as 'trusted' and starts tests.",
      featured: false,
      whoCanUse: "Members of the trusted organization for the repo.",
      examples: ["/ok-to-test"],
    },
    {
      usage: "/ok-to-test cancel",
      description:
        "Revokes trusted status previously granted by '/ok-to-test', removing the 'ok-to-test' label and restoring 'needs-ok-to-test'.",
      featured: false,
      whoCanUse: "Members of the trusted organization for the repo.",
      examples: ["/ok-to-test cancel"],
    },
    {
      usage: "/test [<job name>|all]",
      description:
        "Manually starts a/all automatically triggered test job(s). Lists all possible job(s) when no jobs/an invalid job are specified.",
      featured: true,
      whoCanUse: "Anyone can trigger this command on a trusted PR.",
      examples: ["/test all", "/test pull-bazel-test"],
    },
    {
      usage: "/retest",
      description: "Rerun test jobs that have failed.",
      featured: true,
      whoCanUse: "Anyone can trigger this command on a trusted PR.",
      examples: ["/retest"],
    },
    {
      usage: "/test-manual-required",
      description:
        "Manually starts required presubmit jobs that require an explicit trigger and do not use file change conditions.",
      featured: true,
      whoCanUse: "Anyone can trigger this command on a trusted PR.",
      examples: ["/test-manual-required"],
    },
    {
      usage: "/test ?",
      description: "List available test job(s) for a trusted PR.",
      featured: true,
      whoCanUse: "Anyone can trigger this command on a trusted PR.",
      examples: ["/test ?"],
    },
  ],
  explain(plugins, repo) {
    const { ok_to_test, trusted_org } = triggerFor(plugins, repo);
    const perCommit = ok_to_test === "per-sha" ? " Trust by /ok-to-test is in one commit." : "";
    return `The trusted GitHub organization for this repository is ${JSON.stringify(trusted_org || repo.org)}.${perCommit}`;
  },
  async handle(event, context) {
    switch (event.kind) {
      case "comment":
        return onComment(event, context);
      case "pull_request":
        return onPullRequest(event, context);
      case "push":
        return onPush(event, context);
      case "check":
        return onCheck(event, context);
      default:
        return [];
    }
  },
};

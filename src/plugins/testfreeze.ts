// Tells new pull requests of Kubernetes about a freeze.
import { prRef } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";
import { type Freeze, freezeOf } from "./testfreeze/freeze.ts";

const ACTIONS = ["opened", "reopened"];
const KUBERNETES = "kubernetes";
const BRANCH = "master";
const BUG = "kind/bug";

export const testfreeze: Plugin = {
  name: "testfreeze",
  on: ["pull_request"],
  description:
    "The testfreeze plugin adds additional documentation about Code Freeze and Test Freeze periods, including milestone requirements and cherry-pick processes.",
  commands: [],
  async handle(event, context) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const { pr, repo } = event;
    if (repo.org !== KUBERNETES || repo.repo !== KUBERNETES || pr.base.ref !== BRANCH) return [];
    const freeze = await freezeOf(repo, context);
    if (!freeze?.code && !freeze?.test) return [];
    const isBugFix = pr.labels.some(({ name }) => name === BUG);
    const body = `${freeze.code ? codeFreeze(freeze, isBugFix) : ""}\n${freeze.test ? testFreeze(freeze) : ""}`;
    return [{ do: "createComment", issue: prRef(repo, pr), body, marker: body.trim() }];
  },
};

const PHASES = "https://github.com/kubernetes/sig-release/blob/master/releases/release_phases.md";
const SLACK = "[#sig-release Slack channel](https://kubernetes.slack.com/archives/C2C40FMNF)";
const REVIEW = "1. Technical review: get the PR reviewed and approved as usual (`/lgtm` and `/approve`)";

function codeFreeze({ tag }: Freeze, isBugFix: boolean): string {
  const told = `Please note that we're already in [Code Freeze](${PHASES}#code-freeze) for the upcoming ${tag} release.\n\n`;
  return isBugFix
    ? `${told}This PR is labeled \`${BUG}\`, so it **may** be included in the ${tag} release as a bug fix. Please make sure to:
${REVIEW}
2. Release team awareness: tag \`@kubernetes/sig-release-leads\` on this PR so the release team is aware of the fix going in. You can also ping the ${SLACK} for time-sensitive cases.
`
    : `${told}**Adding the milestone to this PR is strictly prohibited without proper approval.** If this PR needs to be included in the ${tag} release:
${REVIEW}
2. Inclusion in release: tag \`@kubernetes/sig-release-leads\` on this PR and ping the ${SLACK} to request adding the \`${tag}\` milestone
`;
}

const testFreeze = ({ branch, code, lastFastForward, tag }: Freeze): string => `
---

We're${code ? " also" : ""} in [Test Freeze](${PHASES}#test-freeze) for the \`${branch}\` branch. This means every merged PR will be automatically fast-forwarded via the periodic [ci-fast-forward](https://testgrid.k8s.io/sig-release-releng-blocking#git-repo-kubernetes-fast-forward) job to the release branch of the upcoming ${tag} release.

Fast forwards are scheduled to happen every 6 hours, whereas the most recent run was: ${lastFastForward}.
`;

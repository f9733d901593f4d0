// Checks that every commit is signed off.
import { type PluginsConfig, section } from "../config/plugins-config.ts";
import { regex } from "../lib/re2.ts";
import { boolean, type Infer, list, map, object, string } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import { type Commit, type PullRequest, type RepoRef, repoName } from "../model/github.ts";
import { ABOUT_THIS_BOT } from "../model/reply.ts";
import { commitList } from "./commit-list.ts";
import { commentIssue, prRef } from "./event-issue.ts";
import { labelChange } from "./label-change.ts";
import type { Context, Plugin } from "./plugin.ts";
import { pruneComments } from "./prune.ts";
import { isTrustedUser } from "./trust.ts";

const CHECK = command("(?mi)^/check-dco\\s*$");
const SIGNED_OFF = regex("(?mi)^signed-off-by:");
const YES = "dco-signoff: yes";
const NO = "dco-signoff: no";
const CONTEXT = "dco";
const MISSING =
  "Thanks for your pull request. Before we can look at it, you'll need to add a 'DCO signoff' to your commits.";
/** Whether they are commented on when commits lack a sign-off. */
const ACTIONS = new Map([
  ["opened", true],
  ["synchronize", true],
  ["reopened", false],
]);

const dcoSchema = object({
  skip_dco_check_for_members: boolean("Members of the trusted org need not sign off."),
  skip_dco_check_for_collaborators: boolean("Collaborators need not sign off."),
  trusted_apps: list(string("A GitHub App whose commits need no sign-off, without [bot].")),
  trusted_org: string("Default: the org of the repository."),
  contributing_repo: string(
    "org/repo with the CONTRIBUTING.md that explains it; default: the repository itself.",
  ),
  contributing_branch: string("Its branch."),
  contributing_path: string("Its path; default CONTRIBUTING.md."),
});
type DCOOptions = Infer<typeof dcoSchema>;

const dcoSection = section("dco", map(dcoSchema, "By org/repo, org, or * for the rest."));

const dcoFor = (plugins: PluginsConfig, repo: RepoRef): DCOOptions => {
  const written = plugins.get(dcoSection);
  return written?.[repoName(repo)] ?? written?.[repo.org] ?? written?.["*"] ?? {};
};

export const dco: Plugin = {
  name: "dco",
  on: ["pull_request", "comment"],
  sections: [dcoSection],
  description:
    "The dco plugin checks pull request commits for 'DCO sign off' and maintains the 'dco' status context, as well as the 'dco' label.",
  commands: [
    {
      usage: "/check-dco",
      description: "Forces rechecking of the DCO status.",
      featured: true,
      whoCanUse: "Anyone",
      examples: ["/check-dco"],
    },
  ],
  explain(plugins, repo) {
    const options = dcoFor(plugins, repo);
    return options.skip_dco_check_for_members || options.skip_dco_check_for_collaborators
      ? `The trusted GitHub organization for this repository is "${repoName(repo)}".`
      : "";
  },
  async handle(event, context) {
    const { repo } = event;
    if (event.kind === "pull_request") {
      const comments = ACTIONS.get(event.action);
      return comments === undefined ? [] : check(repo, event.pr, { comments }, context);
    }
    if (event.kind !== "comment" || event.action !== "created" || !event.isPR) return [];
    if (event.issue.state !== "open" || !CHECK.test(event.body)) return [];
    const pr = await context.read.pullRequest(commentIssue(event));
    return check(repo, pr, { comments: true }, context);
  },
};

async function check(
  repo: RepoRef,
  pr: PullRequest,
  { comments }: { comments: boolean },
  context: Context,
): Promise<Effect[]> {
  const { read } = context;
  const issue = prRef(repo, pr);
  const options = dcoFor(context.plugins, repo);
  const unsigned = await unsignedCommits(repo, pr, options, context);
  const signed = unsigned.length === 0;
  const statuses = await read.statuses(repo, pr.head.sha);
  const state = signed ? "success" : "failure";
  const isSet = statuses.find((one) => one.context === CONTEXT)?.state === state;
  const names = (await read.issueLabels(issue)).map(({ name }) => name);
  const guide = contributingGuide(repo, options);
  const description = signed ? "All commits have Signed-off-by" : "Commits in PR missing Signed-off-by";
  const status: Effect = {
    ...{ do: "createStatus", repo, sha: pr.head.sha },
    status: { context: CONTEXT, state, target_url: guide, description },
  };
  const outdated =
    signed || comments ? await pruneComments(issue, context, (words) => words.includes(MISSING)) : [];
  // An earlier comment is deleted first, so that doing all of it again leaves one.
  const body = explanation(guide, repo, unsigned);
  return [
    ...labelChange(issue, NO, names.includes(NO), !signed),
    ...labelChange(issue, YES, names.includes(YES), signed),
    ...(isSet ? [] : [status]),
    ...outdated,
    ...(comments && !signed ? [{ do: "createComment", issue, body } as const] : []),
  ];
}

/** Those without a sign-off, of people who need one; merges need none. */
async function unsignedCommits(
  repo: RepoRef,
  pr: PullRequest,
  options: DCOOptions,
  context: Context,
): Promise<Commit[]> {
  const commits = await context.read.pullRequestCommits(prRef(repo, pr));
  const unsigned = commits.filter(({ message, parents }) => parents.length <= 1 && !SIGNED_OFF.test(message));
  const { skip_dco_check_for_collaborators: byCollaborators, trusted_apps, trusted_org } = options;
  if (!options.skip_dco_check_for_members && !byCollaborators && !trusted_apps?.length) return unsigned;
  const trust = {
    only_org_members: !byCollaborators,
    ...(trusted_apps && { trusted_apps }),
    ...(trusted_org && { trusted_org }),
  };
  const left: Commit[] = [];
  for (const commit of unsigned) {
    // An address of nobody's account says nothing about who wrote it.
    if (!commit.author || !(await isTrustedUser(commit.author, repo, trust, context))) left.push(commit);
  }
  return left;
}

function contributingGuide(repo: RepoRef, options: DCOOptions): string {
  const place = options.contributing_repo || repoName(repo);
  const branch = options.contributing_branch || "master";
  return `https://github.com/${place}/blob/${branch}/${options.contributing_path || "CONTRIBUTING.md"}`;
}

const explanation = (guide: string, repo: RepoRef, commits: readonly Commit[]): string => `${MISSING}

:memo: **Please follow instructions in the [contributing guide](${guide}) to update your commits with the DCO**

Full details of the Developer Certificate of Origin can be found at [developercertificate.org](https://developercertificate.org/).

**The list of commits missing DCO signoff**:

${commitList(repo, commits)}

<details>

${ABOUT_THIS_BOT}
</details>
`;

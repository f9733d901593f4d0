// The approve plugin's notification: every word of it, given the state of the approvals.
import { compareText } from "../lib/compare-text.ts";
import { type Approval, type Approvals, type Coverage, suggestedApprovers } from "./approvers.ts";

export interface ApprovalState {
  number: number;
  org: string;
  repo: string;
  branch: string;
  files: readonly string[];
  /** Name of the owners file. */
  ownersFilename: string;
  change: Coverage;
  approvals: Approvals;
  /** Logins. */
  assignees: readonly string[];
  requireIssue: boolean;
  /** 0: none. */
  associatedIssue: number;
  /** A person has put the label on by hand. */
  manuallyApproved: boolean;
}

/** Where the words link to. */
export interface Links {
  /** GitHub's address, without trailing slash. */
  github: string;
  commandHelp: string;
  process: string;
}

const areFilesApproved = (state: ApprovalState): boolean =>
  state.files.length > 0 && state.change.unapproved(state.approvals.keys()).size === 0;

/** Without regard to a label put on by hand. */
export const meetsRequirements = (state: ApprovalState): boolean =>
  areFilesApproved(state) &&
  (!state.requireIssue || state.associatedIssue !== 0 || noIssueApprovals(state).length > 0);

export const isApproved = (state: ApprovalState): boolean =>
  meetsRequirements(state) || state.manuallyApproved;

/** Those that waive the issue, by people who may approve at least one of the files. */
function noIssueApprovals({ approvals, change }: ApprovalState): Approval[] {
  const owners = [...change.approvers.values()];
  return sorted(approvals)
    .filter(([login, { noIssue }]) => noIssue && owners.some((names) => names.has(login)))
    .map(([, approval]) => approval);
}

const sorted = (approvals: Approvals): [string, Approval][] =>
  [...approvals].sort(([a], [b]) => compareText(a, b));

/** The whole comment; the same state always gives the same text. */
export function notification(state: ApprovalState, links: Links): string {
  const { approvals, assignees, change, org, repo } = state;
  const logins = new Set(assignees.map((login) => login.toLowerCase()));
  const ccs = suggestedApprovers(change, new Set(approvals.keys()), logins, state.number);
  const settled = areFilesApproved(state) || state.manuallyApproved;
  const body = [
    bypassed(state),
    `This pull-request has been approved by:${listed(sorted(approvals).map(([, approval]) => approval))}`,
    settled ? "" : `\n${request(ccs, logins, links)}`,
    `\n\n${issueText(state)}`,
    `The full list of commands accepted by this bot can be found [here](${links.commandHelp}?repo=${org}%2F${repo}).\n\n`,
    settled ? `The pull request process is described [here](${links.process})\n\n` : "",
    `<details ${settled ? "" : "open"}>\nNeeds approval from an approver in each of these files:\n\n`,
    ...fileLines(state, links),
    "\nApprovers can indicate their approval by writing `/approve` in a comment\n",
    "Approvers can cancel approval by writing `/approve cancel` in a comment\n</details>",
    `\n<!-- META=${JSON.stringify({ approvers: ccs })} -->`,
  ];
  const verdict = isApproved(state) ? "APPROVED" : "NOT APPROVED";
  return `[APPROVALNOTIFIER] This PR is **${verdict}**\n\n${body.join("")}`;
}

const bypassed = (state: ApprovalState): string =>
  !meetsRequirements(state) && state.manuallyApproved
    ? "Approval requirements bypassed by manually added approval.\n\n"
    : "";

const listed = (approvals: Approval[]): string =>
  approvals.length === 0
    ? ""
    : ` ${approvals.map(({ reference, how, login }) => `*<a href="${reference}" title="${how}">${login}</a>*`).join(", ")}`;

/** The sentence that says whom to ask; links go to github.com whatever the host, as Prow's do. */
function request(ccs: readonly string[], assignees: ReadonlySet<string>, links: Links): string {
  const people = (logins: string[]) =>
    logins.map((login) => `[${login}](https://github.com/${login})`).join(", ");
  const assigned = people(ccs.filter((login) => assignees.has(login)));
  const suggested = people(ccs.filter((login) => !assignees.has(login)));
  if (!assigned && !suggested) return "";
  const ask =
    assigned && suggested
      ? `please ask for approval from ${assigned} and additionally assign ${suggested} for approval`
      : suggested
        ? `please assign ${suggested} for approval`
        : `please ask for approval from ${assigned}`;
  return `**Once this PR has been reviewed and has the lgtm label**, ${ask}. For more information see [the Code Review Process](${links.process}).`;
}

function issueText(state: ApprovalState): string {
  if (!state.requireIssue) return "";
  if (state.associatedIssue !== 0) return `Associated issue: *#${state.associatedIssue}*\n\n`;
  const waivers = noIssueApprovals(state);
  if (waivers.length > 0) return `Associated issue requirement bypassed by:${listed(waivers)}\n\n`;
  if (state.manuallyApproved) {
    return "*No associated issue*. Requirement bypassed by manually added approval.\n\n";
  }
  return "*No associated issue*. Update pull-request body to add a reference to an issue, or get approval with `/approve no-issue`\n\n";
}

function fileLines(
  { approvals, branch, change, org, ownersFilename, repo }: ApprovalState,
  links: Links,
): string[] {
  const unapproved = change.unapproved(approvals.keys());
  return change.directories.map((directory) => {
    const isFile = directory.endsWith(".md");
    const path = isFile ? directory : directory ? `${directory}/${ownersFilename}` : ownersFilename;
    const link = `[${path}](${links.github}/${org}/${repo}/blob/${branch}/${path})`;
    const by = [...approvals]
      .filter(([login]) => change.approvers.get(directory)?.has(login))
      .map(([, { login }]) => login)
      .sort()
      .join(",");
    if (!unapproved.has(directory)) return `- ~~${link}~~ [${by}]\n`;
    return by ? `- **${link}** [${by}]\n  > Need more approvers for rest parts.\n` : `- **${link}**\n`;
  });
}

// What people have said about a pull request, in order, and what that means for its approval.
import { command } from "../../model/commands.ts";
import type { IssueComment, Review, ReviewComment, ReviewState } from "../../model/github.ts";
import { type Approvals, addApproval } from "../../owners/approvers.ts";
import type { ApproveOptions } from "./options.ts";

/** A comment, review comment or review. */
export interface Remark {
  author: string;
  body: string;
  /** RFC 3339. */
  at: string;
  url: string;
  /** Only of reviews. */
  state?: ReviewState;
}

const COMMAND = command("(?mi)^/(remove-approve|approve|lgtm)(?:[\\t\\f ]([^\\n\\r]*)|[\\n\\r]|\\z)");

/** Oldest first; of the same second: review comments, comments, reviews. */
export function remarks(
  comments: readonly IssueComment[],
  reviewComments: readonly ReviewComment[],
  reviews: readonly Review[],
): Remark[] {
  const said = ({ body, created_at, html_url, user }: IssueComment | ReviewComment): Remark => ({
    author: user.login,
    body,
    at: created_at,
    url: html_url,
  });
  const reviewed = ({ body, html_url, state, submitted_at, user }: Review): Remark => ({
    author: user.login,
    body: body ?? "",
    at: submitted_at,
    url: html_url,
    state,
  });
  return [...reviewComments.map(said), ...comments.map(said), ...reviews.map(reviewed)].sort(
    (a, b) => time(a) - time(b),
  );
}

/** A review that is not submitted yet has no time; it comes first. */
const time = ({ at }: Remark): number => Date.parse(at) || 0;

/** Whether the text commands something about approval. */
export const isApprovalCommand = (body: string, options: ApproveOptions): boolean =>
  concernsApproval(verbs(body), options);

const concernsApproval = (said: readonly Verb[], { lgtm_acts_as_approve }: ApproveOptions): boolean =>
  said.some(({ verb }) => verb !== "LGTM" || lgtm_acts_as_approve);

/** Whether the state of a review says something about approval; webhooks spell it in lower case. */
export const isApprovalState = (state: string, { ignore_review_state }: ApproveOptions): boolean =>
  !ignore_review_state && ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(state.toUpperCase());

interface Verb {
  /** APPROVE, REMOVE-APPROVE or LGTM. */
  verb: string;
  argument: string;
}

/** All that was ever said is looked through for each event, and hardly any of it is about that. */
const MAY_COMMAND = /\/(?:remove-)?(?:approve|lgtm)/i;

const verbs = (body: string): Verb[] =>
  MAY_COMMAND.test(body)
    ? COMMAND.all(body).map(([, verb = "", argument = ""]) => ({
        verb: verb.toUpperCase(),
        argument: argument.trim().toLowerCase(),
      }))
    : [];

/** Goes through what was said and records who approves in the end. `author`: of the pull request. */
export function tally(
  approvals: Approvals,
  said: readonly Remark[],
  author: string,
  options: ApproveOptions,
): void {
  for (const remark of said) {
    const { body, state } = remark;
    const commands = verbs(body);
    const counts = concernsApproval(commands, options) || (state && isApprovalState(state, options));
    if (!counts || remark.author === "") continue;
    const login = remark.author;
    if (!options.ignore_review_state && state === "APPROVED") {
      addApproval(approvals, { login, how: "Approved", reference: remark.url, noIssue: false });
    }
    if (!options.ignore_review_state && state === "CHANGES_REQUESTED") approvals.delete(login.toLowerCase());
    obey(approvals, commands, remark, author);
  }
}

/** `/lgtm` counts even without lgtm_acts_as_approve when an approval command stands in the same remark. */
function obey(
  approvals: Approvals,
  commands: readonly Verb[],
  { author: login, url: reference }: Remark,
  author: string,
): void {
  for (const { verb, argument } of commands) {
    if (verb === "REMOVE-APPROVE" || argument.includes("cancel")) {
      approvals.delete(login.toLowerCase());
      continue;
    }
    const noIssue = argument === "no-issue";
    if (login === author) addApproval(approvals, { login, how: "Author self-approved", reference, noIssue });
    addApproval(approvals, { login, how: verb === "APPROVE" ? "Approved" : "LGTM", reference, noIssue });
  }
}

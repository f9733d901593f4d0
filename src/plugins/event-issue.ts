// What plugins ask of an event: which issue or pull request it is about, and what is on it now.
import type { GitHubRead } from "../github/port.ts";
import type { CommentEvent } from "../model/event.ts";
import type { IssueRef, Label, PullRequest, RepoRef } from "../model/github.ts";
import type { Quoted } from "../model/reply.ts";

export const commentIssue = ({ repo, number }: CommentEvent): IssueRef => ({ ...repo, number });
export const prRef = (repo: RepoRef, pr: Pick<PullRequest, "number">): IssueRef => ({
  ...repo,
  number: pr.number,
});

/** What a reply to the comment quotes. */
export const quoted = ({ author, body, htmlUrl }: CommentEvent): Quoted => ({
  login: author.login,
  body,
  url: htmlUrl,
});

/**
 * Labels as they are now: what the event tells may be older than what the bot itself did for the event before.
 * A pull request is read whole, since most plugins that look at its labels need more of it.
 */
export async function currentLabels(event: CommentEvent, read: GitHubRead): Promise<Label[]> {
  const issue = commentIssue(event);
  return event.isPR ? (await read.pullRequest(issue, { known: true })).labels : read.issueLabels(issue);
}

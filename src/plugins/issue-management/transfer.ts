// /transfer-issue: moves an issue to another repository of the org, for its members.
import { isRefusal } from "../../github/error.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent } from "../../model/event.ts";
import { isName, type RepoRef, type Repository, repoName } from "../../model/github.ts";
import { replyTo } from "../../model/reply.ts";
import { commentIssue, quoted } from "../event-issue.ts";
import type { Context } from "../plugin.ts";

const NOT_ON_PULL_REQUESTS = "The `/transfer-issue` command is only supported on issues, not pull requests.";
const ONE_DESTINATION = "`/transfer-issue` must only be used once and with a single destination repo.";
const NOT_A_MEMBER = "You must be an org member to transfer this issue.";

/** `destinations` are what stands after each of the comment's commands. */
export async function transferIssue(
  event: CommentEvent,
  destinations: string[],
  context: Context,
): Promise<Effect[]> {
  const { read } = context;
  const issue = commentIssue(event);
  const { org } = issue;
  const say = (message: string) => [replyTo(issue, quoted(event), message)];
  if (event.isPR) return say(NOT_ON_PULL_REQUESTS);
  if (destinations.length !== 1 || destinations[0] === "") return say(ONE_DESTINATION);
  const repo = destinations[0]!.trim();
  if (repo === "") return [];
  const to = { org, repo };
  const destination = await find(to, context);
  if (!destination?.node_id)
    return say(`Something went wrong or the destination repo **${repoName(to)}** does not exist.`);
  if (!(await read.isMember(org, event.author.login))) return say(NOT_A_MEMBER);
  const { html_url, node_id: id } = await read.issue(issue);
  // GitHub leads on from an issue that has moved to where it is now.
  const here = html_url
    .toLowerCase()
    .endsWith(`/${repoName(event.repo)}/issues/${issue.number}`.toLowerCase());
  if (!id || !here) return [];
  return [{ do: "transferIssue", issue, id, repositoryId: destination.node_id, to }];
}

async function find(repo: RepoRef, { log, read }: Context): Promise<Repository | undefined> {
  if (!isName(repo.repo)) return undefined;
  try {
    return await read.repository(repo);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn({ err: error.message, dstRepo: repoName(repo) }, "could not fetch destination repo");
    return undefined;
  }
}

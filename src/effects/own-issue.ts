// An issue that the bot has made just now: for an attempt that was cut short before anybody was told of it.
import type { GitHubRead } from "../github/port.ts";
import { isBot, restLogin } from "../model/bot.ts";
import type { RepoRef } from "../model/github.ts";
import { sameText } from "../model/same-text.ts";

/** Newest last. The list of issues is current, other than the index of the search. */
const NEWEST = `query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    issues(last: 100) { nodes { number title body author { __typename login } } }
  }
}`;

interface Answer {
  repository: {
    issues: {
      nodes: {
        number: number;
        title: string;
        body: string;
        author: { __typename: string; login: string } | null;
      }[];
    };
  } | null;
}

/** Its number; undefined when the newest issues hold none of these words that is the bot's. */
export async function ownIssue(
  read: Pick<GitHubRead, "graphql">,
  { org, repo }: RepoRef,
  { bot, title, body }: { bot: string; title: string; body: string },
): Promise<number | undefined> {
  const { repository } = await read.graphql<Answer>(NEWEST, { owner: org, name: repo }, org);
  return repository?.issues.nodes.findLast(
    (issue) =>
      issue.author !== null &&
      isBot(bot, restLogin(issue.author)) &&
      sameText(issue.title, title) &&
      sameText(issue.body, body),
  )?.number;
}

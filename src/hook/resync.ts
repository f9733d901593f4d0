// Decides what on open pull requests no webhook has told of: a head, a comment, a review.
import { isBot } from "../model/bot.ts";
import { issueName, type RepoRef } from "../model/github.ts";
import { commentName, headName, openedName, reopenedName, reviewName } from "../model/happening.ts";
import { isWithin, type Span } from "./memory-mark.ts";

/** An open pull request as the search shows it; times are ISO 8601. */
export interface OpenPull {
  repo: RepoRef;
  number: number;
  createdAt: string;
  head: string;
  /** Where the head was when the search showed it; undefined when that repository is there no more. */
  branch?: Branch;
  comments: { id: number; at: string; author: string }[];
  reviews: { id: number; at: string }[];
}

export interface Branch {
  repo: RepoRef;
  ref: string;
}

/** `told`: another name under which a webhook may have told of it. */
export type Happening = { name: string; told?: string; repo: RepoRef; number: number } & (
  | { what: "opened" }
  | { what: "head"; sha: string; branch: Branch | undefined }
  | { what: "comment" | "review"; id: number }
);

/** What happened at these times, told or not; the last of them ends with what is old enough to have been told. When a head came, the search does not say. */
export function happenings(
  { repo, number, createdAt, head, branch, comments, reviews }: OpenPull,
  { spans, bot }: { spans: readonly Span[]; bot: string },
): Happening[] {
  const pr = issueName({ ...repo, number }).toLowerCase();
  const within = (time: string) => isWithin(Date.parse(time), spans);
  const to = Math.max(...spans.map((span) => span.to));
  const of = { repo, number };
  const heads: Happening[] = [
    ...(within(createdAt) ? [{ name: openedName(pr), ...of, what: "opened" } as const] : []),
    { name: headName(pr, head), told: reopenedName(pr, head), ...of, what: "head", sha: head, branch },
  ];
  return [
    ...(Date.parse(createdAt) <= to ? heads : []),
    ...comments
      // What the bot says is told too, but nobody acts on it.
      .filter(({ at, author }) => within(at) && !isBot(bot, author))
      .map(({ id }): Happening => ({ name: commentName(pr, id), ...of, what: "comment", id })),
    ...reviews
      .filter(({ at }) => within(at))
      .map(({ id }): Happening => ({ name: reviewName(pr, id), ...of, what: "review", id })),
  ];
}

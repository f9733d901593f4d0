// `ok_to_test: per-sha`: trust is in one commit, kept in a comment of the bot's, and given only by who has seen it.
import { isRefusal } from "../../github/error.ts";
import { regex } from "../../lib/re2.ts";
import { command } from "../../model/commands.ts";
import type { Effect } from "../../model/effect.ts";
import { type IssueRef, type PullRequest, repoName } from "../../model/github.ts";
import { keptComment } from "../../model/kept-comment.ts";
import type { Context } from "../plugin.ts";
import { headAt } from "./head-at.ts";
import { askForCommit, commitRevoked, commitTrusted } from "./texts.ts";

/** Only a comment that begins so counts: what others write may stand further on in comments of the bot's. */
const TAG = "<!-- cutwater: ok-to-test ";
const RECORD = /^<!-- cutwater: ok-to-test ([0-9a-f]{40,64}|none) -->/;
const NONE = "none";

/** What the pull request's record says: a commit, that none is trusted, or (undefined) nothing yet. */
export async function trustRecord(
  pr: IssueRef,
  { bot, read }: Pick<Context, "bot" | "read">,
): Promise<string | undefined> {
  const comment = keptComment(await read.comments(pr), bot, TAG);
  return comment && (RECORD.exec(comment.body)?.[1] ?? NONE);
}

const record = (issue: IssueRef, commit: string, text: string): Effect => ({
  do: "keepComment",
  issue,
  tag: TAG,
  body: `${TAG}${commit} -->\n${text}`,
});

export const recordTrust = (issue: IssueRef, sha: string, login: string): Effect =>
  record(issue, sha, commitTrusted(sha, login));
export const recordRevoked = (issue: IssueRef, login: string): Effect =>
  record(issue, NONE, commitRevoked(login));
export const recordUnseen = (issue: IssueRef, sha: string): Effect =>
  record(issue, NONE, askForCommit(issue.org, sha));

const NAMED = command("(?m)^/ok-to-test[ \\t]+([0-9a-fA-F]{7,64})\\s*$");
/** In full only: a second commit with the same first digits is made in seconds. */
const COMMIT = "\\b[0-9a-fA-F]{40,64}\\b";

/** The text with `/ok-to-test <commit>` as the plain command, which all else knows. */
export const withPlainCommands = (text: string): string =>
  text
    .split("\n")
    .map((line) => (NAMED.test(line) ? "/ok-to-test" : line))
    .join("\n");

/** A sign of life of somebody trusted. */
export interface Sign {
  /** When GitHub received it. */
  at?: string | undefined;
  /** What they wrote, without code blocks. */
  text?: string;
  /** The commit that a review was given for. */
  commit?: string | undefined;
}

/**
 * Whether who gave the sign has surely seen the head: they name it in full, or nothing was pushed since before they gave
 * it. A short name proves nothing, but may tell that another commit was meant.
 */
export async function hasSeenHead(
  sign: Sign,
  pr: PullRequest,
  org: string,
  context: Context,
): Promise<boolean> {
  const { head } = pr;
  const { at, commit, text = "" } = sign;
  const mayBeHead = (name = "") => name !== "" && head.sha.startsWith(name.toLowerCase());
  const isHead = (name = "") => name.toLowerCase() === head.sha;
  // What is quoted are somebody else's words.
  const own = text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith(">"))
    .join("\n");
  const meant = NAMED.all(own).map(([, name]) => name);
  if (!meant.every(mayBeHead)) return false;
  if (
    regex(COMMIT)
      .matchAll(own)
      .some(([name]) => isHead(name))
  )
    return true;
  if (commit !== undefined && commit !== head.sha) return false;
  if (at === undefined || !head.repo) return false;
  const repo = { org: head.repo.owner.login, repo: head.repo.name };
  try {
    return headAt(await context.read.branchMoves(repo, head.ref, org), at) === head.sha;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    context.log.info({ err: error.message, head: repoName(repo) }, "the pushes of a fork can not be listed");
    return false;
  }
}

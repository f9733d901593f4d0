// /link-issue and /unlink-issue: the line of a pull request's text that says which issues it fixes.
import { isRefusal } from "../../github/error.ts";
import { regex } from "../../lib/re2.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent } from "../../model/event.ts";
import { type IssueRef, isName, type RepoRef, repoName } from "../../model/github.ts";
import { replyTo } from "../../model/reply.ts";
import { commentIssue, quoted } from "../event-issue.ts";
import type { Context } from "../plugin.ts";

const ONLY_PULL_REQUESTS = "`/link-issue` and `/unlink-issue` can only be used on pull requests.";
const NOT_A_MEMBER = "You must be an org member to use this command.";
const UPDATED = "Updated the `Fixes` line in the pull request body.";
const UP_TO_DATE = "The PR body is already up-to-date. No changes were made.";
const ERRORS = "there are one or more errors with issue references provided. Please cross check and retry.\n";

const FIXES = "(?i)^fixes\\s+(.*)$";

export async function linkIssues(
  event: CommentEvent,
  link: string[],
  unlink: string[],
  context: Context,
): Promise<Effect[]> {
  const { repo } = event;
  const issue = commentIssue(event);
  const say = (message: string) => replyTo(issue, quoted(event), message);
  if (!event.isPR) return [say(ONLY_PULL_REQUESTS)];
  if (!(await context.read.isMember(repo.org, event.author.login))) return [say(NOT_A_MEMBER)];
  const { errors, refs } = await checked(link, repo, context);
  // What is no reference may still stand in the line, and can be taken out of it.
  const gone = unlink.map((text) => shortName(parseIssueRef(text, repo), repo) ?? text);
  const { body: update, message } = await updated(issue, refs, gone, context);
  const more = message !== "" && errors.length > 0 ? "\n\nHowever, " : "";
  const faults = errors.length > 0 ? ERRORS + errors.map((error) => `* ${error}\n`).join("") : "";
  const reply = say(message + more + faults);
  return update === undefined ? [reply] : [{ do: "editIssue", issue, body: update }, reply];
}

async function updated(
  issue: IssueRef,
  add: string[],
  remove: string[],
  { read }: Context,
): Promise<{ body?: string; message: string }> {
  if (add.length + remove.length === 0) return { message: "" };
  const body = (await read.pullRequest(issue)).body ?? "";
  const after = withFixes(body, add, remove);
  return after === body ? { message: UP_TO_DATE } : { body: after, message: UPDATED };
}

/** References to issues that are there, and what is wrong with the others. */
async function checked(link: string[], repo: RepoRef, context: Context) {
  const refs: string[] = [];
  const errors: string[] = [];
  for (const text of link) {
    const ref = parseIssueRef(text, repo);
    const error = ref
      ? await fault(ref, repo, context)
      : `Invalid format for issue **${text}**. Supported formats are **issue-number** (e.g., \`123\`) and **organization/repository#issue-number** (e.g., \`kubernetes/test-infra#456\`)`;
    if (error) errors.push(error);
    else refs.push(shortName(ref, repo)!);
  }
  return { refs, errors };
}

async function fault(ref: IssueRef, home: RepoRef, { read }: Context): Promise<string | undefined> {
  const name = repoName(ref);
  const elsewhere = name !== repoName(home);
  if (elsewhere && !(await found(ref, () => read.repository({ org: ref.org, repo: ref.repo }))))
    return `Repository **${name}** does not exist.`;
  const issue = await found(ref, () => read.issue(ref));
  if (!issue) return `Issue **#${ref.number}** in repository **${name}** does not exist.`;
  return issue.pull_request
    ? `Skipped issue #${issue.number} of **${name}** as it is a ***pull request***.`
    : undefined;
}

async function found<T>({ org, repo }: RepoRef, read: () => Promise<T>): Promise<T | undefined> {
  if (!isName(org) || !isName(repo)) return undefined;
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** `123` or `org/repo#123`. */
export function parseIssueRef(text: string, home: RepoRef): IssueRef | undefined {
  const {
    org,
    repo,
    number = "",
  } = /^(?:(?<org>[^/#]*)\/(?<repo>[^/#]*)#)?(?<number>[+-]?\d+)$/.exec(text)?.groups ?? {};
  const whole = Number(number);
  if (number === "" || !Number.isSafeInteger(whole)) return undefined;
  return { org: org ?? home.org, repo: repo ?? home.repo, number: whole };
}

const shortName = (ref: IssueRef | undefined, home: RepoRef): string | undefined =>
  ref && `${repoName(ref) === repoName(home) ? "" : repoName(ref)}#${ref.number}`;

/** The text with its first `Fixes` line changed, made, or taken out when it names nothing any more. */
export function withFixes(body: string, add: readonly string[], remove: readonly string[]): string {
  const fixes = regex(FIXES);
  const lines = body.split("\n");
  const at = lines.findIndex((line) => fixes.test(line));
  const present = at < 0 ? [] : (fixes.exec(lines[at]!)?.[1] ?? "").split(/\s+/);
  const kept = present.filter((ref) => ref !== "" && !remove.includes(ref));
  const refs = [...new Set([...kept, ...add])].sort();
  const line = `Fixes ${refs.join(" ")}`;
  if (at >= 0) lines.splice(at, 1, ...(refs.length > 0 ? [line] : []));
  else if (refs.length > 0) lines.push(...(lines.at(-1) === "" ? [line] : ["", line]));
  return lines.join("\n");
}

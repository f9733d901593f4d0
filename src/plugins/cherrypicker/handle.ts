// cherrypicker: comments and labels that ask for a pull request on other branches, now or once it is merged.
import { GitHubError } from "../../github/error.ts";
import { compareText } from "../../lib/compare-text.ts";
import { type CherryPick, cherryPickAnswer } from "../../model/cherry-pick.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent, Event, PullRequestEvent } from "../../model/event.ts";
import type { IssueRef, PullRequest } from "../../model/github.ts";
import { isOwnMessage, type Quoted, replyTo } from "../../model/reply.ts";
import { cherrypicker } from "../cherrypicker.ts";
import type { Context, Plugin } from "../plugin.ts";
import { earlierRequests, type PickRequest } from "./requests.ts";
import {
  askedBranches,
  later,
  noPatch,
  notMember,
  ownBase,
  pickBody,
  pickTitle,
  sameBranch,
} from "./texts.ts";

export interface CherrypickerOptions {
  /** `--allow-all`: not only members may ask. */
  allowAll: boolean;
  /** `--labels` of every new pull request. */
  labels: readonly string[];
  labelPrefix: string;
  /** `--create-issue-on-conflict`. */
  issueOnConflict: boolean;
  /** `--use-prow-assignments`. */
  prowAssignments: boolean;
}

type Needs = Pick<Context, "bot" | "read">;

interface Tools extends Needs {
  options: CherrypickerOptions;
  issue: IssueRef;
}

export const cherrypickerPlugin = (options: CherrypickerOptions): Plugin => ({
  ...cherrypicker,
  async handle(event: Event, { bot, read }: Needs): Promise<Effect[]> {
    const tools = (number: number): Tools => ({ bot, read, options, issue: { ...event.repo, number } });
    if (event.kind === "comment") return commented(event, tools(event.number));
    if (event.kind !== "pull_request") return [];
    if (event.action === "labeled") return labelled(event, tools(event.pr.number));
    return event.action === "closed" ? closed(event.pr, tools(event.pr.number)) : [];
  },
});

async function commented(event: CommentEvent, tools: Tools): Promise<Effect[]> {
  if (!event.isPR || event.action !== "created" || event.source !== "issue_comment") return [];
  const asked = askedBranches(event.body);
  if (asked.size === 0) return [];
  const { issue, read } = tools;
  const pr = await read.pullRequest(issue);
  const base = pr.base.ref;
  const quoted: Quoted = { login: event.author.login, body: event.body, url: event.htmlUrl };
  const say = (message: string) => replyTo(issue, quoted, message);
  const hasBase = asked.delete(base);
  if (asked.size === 0) return [say(ownBase(base))];
  const isOpen = event.issue.state !== "closed";
  if (!isOpen && !pr.merged) return [say("cannot cherry-pick an unmerged PR")];
  if (!(await mayAsk(event.author.login, tools))) return [say(notMember(issue.org, event.author.login))];
  const branches = [...asked.keys()].sort(compareText);
  if (isOpen) return [say(later(branches, hasBase ? base : undefined))];
  const picks = branches.map((branch) => ({
    requester: event.author.login,
    branch,
    chain: asked.get(branch) ?? [],
    quoted,
  }));
  return [...(hasBase ? [say(ownBase(base))] : []), ...(await pick(pr, picks, tools))];
}

async function labelled({ pr, label }: PullRequestEvent, tools: Tools): Promise<Effect[]> {
  const { issue, options } = tools;
  if (!label?.name.startsWith(options.labelPrefix)) return [];
  const branch = label.name.slice(options.labelPrefix.length);
  const author = pr.user.login;
  const say = (message: string) => answer(issue, undefined, message);
  if (!(await mayAsk(author, tools))) return [say(notMember(issue.org, author))];
  if (branch === pr.base.ref) return [say(sameBranch(branch))];
  if (!pr.merged) return [say(`@${author} ${later([branch], undefined)}`)];
  return pick(pr, [{ requester: author, branch, chain: [] }], tools);
}

/** What was asked for while it was open; nobody is told that they may not. */
async function closed(pr: PullRequest, tools: Tools): Promise<Effect[]> {
  if (!pr.merged || !pr.merge_commit_sha) return [];
  const { bot, issue, options, read } = tools;
  const [conversation, labels] = await Promise.all([read.comments(issue), read.issueLabels(issue)]);
  const comments = conversation.filter(({ body, user }) => !isOwnMessage(bot, user.login, body));
  const all = earlierRequests(pr, comments, labels, options.labelPrefix);
  const people = [...new Set(all.map(({ requester }) => requester))];
  const allowed = new Set<string>();
  for (const login of people) if (await mayAsk(login, tools)) allowed.add(login);
  // What nobody else may ask for follows no branch of theirs either.
  const heard = comments.filter(({ user }) => allowed.has(user.login));
  const original = allowed.has(pr.user.login) ? pr : { ...pr, body: "" };
  const requests = earlierRequests(original, heard, labels, options.labelPrefix).filter(({ requester }) =>
    allowed.has(requester),
  );
  const isToBase = ({ branch }: PickRequest) => branch === pr.base.ref;
  const toBase = requests.filter(isToBase);
  // Of those who want the same branch the first gets it.
  const others = Map.groupBy(
    requests.filter((request) => !isToBase(request)),
    ({ branch }) => branch,
  );
  const first = [...others.values()].map(([request]) => request!);
  return [
    ...toBase.map(({ quoted, branch }) => answer(issue, quoted, sameBranch(branch))),
    ...(first.length > 0 ? await pick(pr, first, tools) : []),
  ];
}

/** The bot asks for those that follow, as a member has asked it to; an App can be no member. */
async function mayAsk(login: string, { bot, issue, options, read }: Tools): Promise<boolean> {
  return options.allowAll || login === bot || read.isMember(issue.org, login);
}

/** Said once, however often the event is worked on. */
function answer(issue: IssueRef, quoted: Quoted | undefined, message: string): Effect {
  const body = cherryPickAnswer(quoted, message);
  return { do: "createComment", issue, body, marker: body.trim() };
}

/** GitHub lists no more, and says not whether there are. */
const MOST_COMMITS = 250;

async function pick(pr: PullRequest, requests: readonly PickRequest[], tools: Tools): Promise<Effect[]> {
  const { issue, options, read } = tools;
  const commits = await commitsOf(tools);
  if ("problem" in commits)
    return requests.map(({ quoted }) => answer(issue, quoted, noPatch(commits.problem)));
  const labels = await read.issueLabels(issue);
  const picks = requests.map(({ branch, chain, quoted, requester }): CherryPick => {
    const assignee = options.prowAssignments ? requester : "";
    return {
      pr: issue,
      onto: branch,
      commits: commits.shas,
      title: pickTitle(pr.title, branch, pr.base.ref),
      body: pickBody({ number: issue.number, original: pr.body ?? "", assignee, chain, labels }),
      labels: [...options.labels],
      requester,
      assign: options.prowAssignments,
      issueOnConflict: options.issueOnConflict,
      ...(quoted && { quoted }),
    };
  });
  return [{ do: "cherryPick", picks }];
}

/** Without merges: what they bring is on the base branch. */
async function commitsOf({ issue, read }: Tools): Promise<{ shas: string[] } | { problem: string }> {
  try {
    const commits = await read.pullRequestCommits(issue);
    if (commits.length >= MOST_COMMITS) return { problem: `it has ${MOST_COMMITS} commits or more` };
    return { shas: commits.filter(({ parents }) => parents.length === 1).map(({ sha }) => sha) };
  } catch (error) {
    // Refused for good; anything else is tried again.
    if (error instanceof GitHubError && [404, 410, 422].includes(error.status))
      return { problem: error.message };
    throw error;
  }
}

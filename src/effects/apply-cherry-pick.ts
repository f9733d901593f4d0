// A cherry-pick from beginning to end: picked, pushed to a fork or to the repository itself, proposed, answered.
import { GitError } from "../git/error.ts";
import type { CherryPicks } from "../git/port.ts";
import { type GitHubError, isNotFound, mayPass } from "../github/error.ts";
import type { GitHub } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { isBot } from "../model/bot.ts";
import {
  type CherryPick,
  cherryPickAnswer,
  cherryPickBranch,
  hasConflict,
  wasCreated,
} from "../model/cherry-pick.ts";
import { type PullRequest, type RepoRef, repoName } from "../model/github.ts";
import { isRefName } from "../model/ref-name.ts";
import { ownWords } from "../model/reply.ts";
import { unix } from "../model/same-text.ts";
import { comment } from "./comment.ts";
import type { InHalves } from "./in-halves.ts";
import { ownIssue } from "./own-issue.ts";

export interface PickTools {
  github: GitHub;
  git: CherryPicks;
  clock: Pick<Clock, "now" | "sleep">;
  log: Logger;
  inHalves: InHalves;
}

/** Throws an AggregateError of what is to be tried again; what goes wrong for good is told in answers. */
export async function applyCherryPicks(picks: readonly CherryPick[], tools: PickTools): Promise<void> {
  const errors: unknown[] = [];
  for (const pick of picks) {
    try {
      await applyCherryPick(pick, tools);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(errorText).join("; "));
}

async function applyCherryPick(pick: CherryPick, tools: PickTools): Promise<void> {
  const { read } = tools.github;
  const { org, repo } = pick.pr;
  const target = { org, repo };
  const bot = await read.botLogin();
  const place = await destination(target, bot, tools);
  if ("problem" in place)
    return answer(pick, `cannot decide how to push into ${repoName(target)}: ${place.problem}`, tools);
  const onto = isRefName(pick.onto) ? await read.branchSHA(target, pick.onto) : undefined;
  if (!onto) return answer(pick, cannotCheckOut(pick.onto), tools);
  const branch = cherryPickBranch(pick);
  const [open] = await read.pullRequestsFrom(target, `${place.repo.org}:${branch}`, pick.onto);
  const said = await ownComments(pick, bot, tools.github);
  if (open && answersTo(pick, said).includes(wasCreated(open.number))) return undefined;
  // One that nobody has been told of is ours, from an attempt that was cut short.
  if (open && tellsOf(open, said))
    return answer(
      pick,
      `Looks like #${pick.pr.number} has already been cherry picked in ${open.html_url}`,
      tools,
    );
  const number = open?.number ?? (await propose(pick, { onto, place: place.repo, branch, bot, said }, tools));
  if (number !== undefined) await finish(pick, number, tools);
}

/** git's words, in Prow's. */
const cannotCheckOut = (branch: string): string =>
  `cannot checkout \`${branch}\`: error checking out ${JSON.stringify(branch)}: exit status 1 error: pathspec '${branch}' did not match any file(s) known to git`;

const answer = ({ pr, quoted }: CherryPick, message: string, { github }: PickTools): Promise<void> => {
  const body = cherryPickAnswer(quoted, message);
  return comment(github, pr, body, body.trim());
};

const FORK_LOOKS = 60;
const FORK_PAUSE_MS = 5_000;

/** The bot's fork; the repository itself where it may not fork, as with a private repository or for an App. */
async function destination(
  target: RepoRef,
  bot: string,
  { clock, github, log }: PickTools,
): Promise<{ repo: RepoRef } | { problem: string }> {
  if (bot.endsWith("[bot]")) return { repo: target };
  let fork: RepoRef;
  try {
    fork = await github.write.fork(target);
  } catch (error) {
    if (mayPass(error)) throw error;
    if ((error as GitHubError).status !== 403)
      return { problem: `failed to ensure fork exists: ${errorText(error)}` };
    log.warn({ ...target }, "Forking is forbidden; the branch is pushed into the repository itself.");
    return { repo: target };
  }
  for (let look = 1; ; look++) {
    try {
      await github.read.repository(fork);
      return { repo: fork };
    } catch (error) {
      // A new one takes a while.
      if (!isNotFound(error)) throw error;
      if (look >= FORK_LOOKS) return { problem: `${repoName(fork)} does not show up on GitHub` };
      await clock.sleep(FORK_PAUSE_MS);
    }
  }
}

async function ownComments({ pr }: CherryPick, bot: string, { read }: GitHub): Promise<string[]> {
  const comments = await read.comments(pr);
  return comments.filter(({ user }) => isBot(bot, user.login)).map(({ body }) => unix(body));
}

/** A comment and the merge may both lead to the same pick: what was said of it already. */
function answersTo({ quoted }: CherryPick, said: readonly string[]): string[] {
  const [head = "", tail = ""] = unix(cherryPickAnswer(quoted, "\0")).split("\0");
  const end = tail.trimEnd();
  return said
    .map((body) => body.trimEnd())
    .filter((body) => body.startsWith(head) && body.endsWith(end))
    .map((body) => body.slice(head.length, body.length - end.length));
}

const tellsOf = ({ number }: PullRequest, said: readonly string[]): boolean =>
  said.some((body) =>
    ownWords(body)
      .split("\n")
      .some((line) => line.endsWith(wasCreated(number))),
  );

interface Proposal {
  onto: string;
  place: RepoRef;
  branch: string;
  bot: string;
  /** By the bot, before. */
  said: readonly string[];
}

/** Number of the new pull request; undefined when there is none, which has been told then. */
async function propose(
  pick: CherryPick,
  { onto, place, branch, bot, said }: Proposal,
  tools: PickTools,
): Promise<number | undefined> {
  const { clock, git, github, log } = tools;
  const target = { org: pick.pr.org, repo: pick.pr.repo };
  const committer = { name: bot, email: `${bot}@users.noreply.github.com`, date: clock.now() };
  const picked = await git.cherryPick(target, { onto, commits: pick.commits, committer });
  if ("conflict" in picked) {
    await tellConflict(pick, picked.conflict, { bot, said }, tools);
    return undefined;
  }
  try {
    await git.push(target, picked.sha, { repo: place, branch });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    log.warn({ ...pick.pr, error }, "A cherry-pick could not be pushed.");
    await answer(pick, `failed to push cherry-picked changes in GitHub: ${error.message}`, tools);
    return undefined;
  }
  const isOwn = place.org === target.org && place.repo === target.repo;
  const head = isOwn ? branch : `${place.org}:${branch}`;
  const { body, title } = pick;
  try {
    return await github.write.createPullRequest(target, { title, body, head, base: pick.onto });
  } catch (error) {
    if (mayPass(error)) throw error;
    log.warn({ ...pick.pr, error }, "A cherry-pick could not be proposed.");
    await answer(pick, `new pull request could not be created: ${errorText(error)}`, tools);
    return undefined;
  }
}

const ISSUE_CREATED = "new issue created for failed cherrypick: #";

async function tellConflict(
  pick: CherryPick,
  conflict: string,
  { bot, said: earlier }: Pick<Proposal, "bot" | "said">,
  tools: PickTools,
): Promise<void> {
  const { github } = tools;
  const message = hasConflict(pick, conflict);
  await answer(pick, message, tools);
  const answers = answersTo(pick, earlier);
  if (!pick.issueOnConflict || answers.some((text) => text.startsWith(ISSUE_CREATED))) return;
  const { org, repo } = pick.pr;
  const issue = {
    title: pick.title,
    body: `Manual cherrypick required.\n\n${message}`,
    assignees: [pick.requester],
  };
  let said: string;
  try {
    // Told before: an earlier attempt may have come as far as the issue.
    const made = answers.includes(message)
      ? await ownIssue(github.read, pick.pr, { bot, ...issue })
      : undefined;
    said = `${ISSUE_CREATED}${made ?? (await github.write.createIssue({ org, repo }, issue))}`;
  } catch (error) {
    if (mayPass(error)) throw error;
    said = `new issue could not be created for failed cherrypick: ${errorText(error)}`;
  }
  await answer(pick, said, tools);
}

/** The answer last: it says that all is done. */
async function finish(pick: CherryPick, number: number, tools: PickTools): Promise<void> {
  const { github, inHalves, log } = tools;
  const { org, repo } = pick.pr;
  const made = { org, repo, number };
  const tryTo = async (what: string, act: () => Promise<unknown>) => {
    try {
      await act();
    } catch (error) {
      if (mayPass(error)) throw error;
      // It is there all the same, and people shall know.
      log.warn({ ...made, error }, `A cherry-pick could not be ${what}.`);
    }
  };
  await inHalves(
    `label and assign ${repoName(made)}#${number}`,
    async () => {
      if (pick.labels.length > 0) await tryTo("labelled", () => github.write.addLabels(made, pick.labels));
      if (pick.assign) await tryTo("assigned", () => github.write.assign(made, [pick.requester]));
    },
    () => answer(pick, wasCreated(number), tools),
  );
}

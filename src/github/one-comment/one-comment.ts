// A GitHub on which the bot has one comment a pull request: what are comments to everybody here are parts of it there.
import type { Clock } from "../../lib/clock.ts";
import { boundedMap } from "../../lib/kept/bounded-map.ts";
import type { Logger } from "../../lib/logger.ts";
import { timestamp } from "../../lib/timestamp.ts";
import { keyedLock } from "../../lib/waiting/keyed-lock.ts";
import { isBot } from "../../model/bot.ts";
import { type IssueComment, type IssueRef, issueName, type RepoRef } from "../../model/github.ts";
import { answeredURL } from "../../model/reply.ts";
import { isNotFound } from "../error.ts";
import type { GitHub, GitHubRead, GitHubWrite } from "../port.ts";
import { type Change, changed, isBuiltOn, secondAfter, united, withWrite } from "./change.ts";
import { EMPTY, type OneComment, parseOneComment, renderOneComment, sealable } from "./document.ts";

export interface OneCommentOptions {
  /** Where the bot shall have one comment; where it has one already its parts are found anyway. */
  wanted(repo: RepoRef): boolean;
  clock: Pick<Clock, "now" | "sleep">;
  /** 0 ≤ x < 1. */
  random: () => number;
  log: Logger;
  /**
   * How long after a write it is looked whether another process has written over it: longer than from a read to the
   * write that follows it. 0 when no other process writes comments.
   */
  settleMs: number;
}

/** Posted anew no more than this: what a person is notified of by the bot on one pull request. */
const MOST_POSTS = 3;
const ATTEMPTS = 12;
/** Parts that were listed here and may be changed or deleted. */
const MOST_KNOWN = 20_000;

interface Found {
  at: IssueComment;
  comment: OneComment;
}

type Tools = OneCommentOptions & Pick<GitHub, "read" | "write" | "seal">;

/** A part has the negative of its id as a comment's id: GitHub gives out none such. */
export function oneComment(github: GitHub, options: OneCommentOptions): GitHub {
  const tools: Tools = { ...options, ...github };
  const lock = keyedLock();
  const places = boundedMap<IssueRef>(MOST_KNOWN);
  const inTurn = <T>(issue: IssueRef, work: () => Promise<T>) => lock(issueName(issue), work);
  const change = (issue: IssueRef, what: Change, notify = false) =>
    settle(issue, what, notify, tools, (work) => inTurn(issue, work));
  const changePart = (id: number, what: Change) => {
    const issue = places.get(String(id));
    if (!issue)
      throw new Error(`part ${-id} of the one comment was not listed here, so where it is is unknown`);
    return change(issue, what);
  };
  const read: GitHubRead = {
    ...github.read,
    async comments(issue) {
      const comments = await github.read.comments(issue);
      const found = await among(comments, issue, tools);
      const shown = asComments(found);
      for (const { id } of shown) places.set(String(id), issue);
      return found.length === 0 ? comments : withParts(comments, found, shown);
    },
  };
  const write: GitHubWrite = {
    ...github.write,
    async createComment(issue, body, how) {
      if (!options.wanted(issue)) return github.write.createComment(issue, body, how);
      const id = 1 + Math.floor(options.random() * 2 ** 48);
      const at = (await change(issue, { add: { id, body } }, how?.notify))!;
      await pointOut(issue, body, tools);
      places.set(String(-id), issue);
      return { ...at, id: -id, body };
    },
    async editComment(repo, id, body) {
      if (id >= 0) await github.write.editComment(repo, id, body);
      else await changePart(id, { edit: { id: -id, body } });
    },
    async deleteComment(repo, id) {
      if (id >= 0) await github.write.deleteComment(repo, id);
      else await changePart(id, { remove: { id: -id } });
    },
  };
  return { ...github, read, write };
}

/** Those that are the one comment, oldest first: of several (two processes began it at once) the newest stays. */
async function among(comments: readonly IssueComment[], issue: IssueRef, tools: Tools): Promise<Found[]> {
  const found: Found[] = [];
  for (const at of comments) {
    const parsed = parseOneComment(at.body);
    if (!parsed || !isBot(await tools.read.botLogin(), at.user.login)) continue;
    const { seal, ...comment } = parsed;
    const isOurs = seal === (await tools.seal(sealedText(issue, sealable(at.body))));
    found.push({ at, comment: isOurs ? comment : touched(comment, at.updated_at) });
  }
  return found.sort((a, b) => a.at.id - b.at.id);
}

/** Whoever may write to the repository can edit the bot's comments: the parts of such a text count as edited. */
const touched = (comment: OneComment, at: string): OneComment => ({
  ...comment,
  parts: comment.parts.map((part) => ({
    ...part,
    updated: at > part.created ? at : secondAfter(part.created),
  })),
});

const sealedText = (issue: IssueRef, text: string): string => `${issueName(issue)}\n${text}`;

function asComments(found: readonly Found[]): IssueComment[] {
  const at = found.at(-1)?.at;
  const all = united(found.map(({ comment }) => comment));
  if (!at || !all) return [];
  const { user, html_url } = at;
  return all.parts.map(({ id, body, created, updated }) => ({
    id: -id,
    body,
    user,
    html_url,
    created_at: created,
    updated_at: updated,
  }));
}

function withParts(comments: readonly IssueComment[], found: readonly Found[], parts: IssueComment[]) {
  const whole = new Set(found.map(({ at }) => at.id));
  const others = comments.filter(({ id }) => !whole.has(id));
  return [...others, ...parts].sort((a, b) =>
    a.created_at === b.created_at ? 0 : a.created_at < b.created_at ? -1 : 1,
  );
}

/** Writes until the write stands: GitHub takes any text at any time, so another process may have written over it. */
async function settle(
  issue: IssueRef,
  change: Change,
  notify: boolean,
  tools: Tools,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<IssueComment | undefined> {
  const { clock, random, settleMs } = tools;
  const id = Math.floor(random() * 36 ** 8).toString(36);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await inTurn(() => write(issue, change, { id, notify: notify && attempt === 1 }, tools));
    if (written === "nothing to do") return undefined;
    if (written === "gone") continue;
    const isAlone = settleMs === 0 && !written.others;
    if (isAlone) return written.at;
    if (settleMs > 0) await clock.sleep(settleMs);
    if (await inTurn(() => stands(issue, id, tools))) return written.at;
    tools.log.info({ ...named(issue), attempt }, "Another process wrote over the bot's comment; once more.");
    // Not all at once again.
    if (settleMs > 0) await clock.sleep(settleMs * attempt * random());
  }
  throw new Error(
    `the bot's comment on ${issueName(issue)} was written over ${ATTEMPTS} times by other processes`,
  );
}

const named = ({ org, repo, number }: IssueRef) => ({ org, repo, pr: number });

async function write(
  issue: IssueRef,
  change: Change,
  { id, notify }: { id: string; notify: boolean },
  tools: Tools,
): Promise<{ at: IssueComment; others: boolean } | "nothing to do" | "gone"> {
  const found = await among(await tools.read.comments(issue), issue, tools);
  const now = timestamp(tools.clock.now());
  const before = united(found.map(({ comment }) => comment)) ?? EMPTY;
  const after = changed(before, change, now);
  const newest = found.at(-1)?.at;
  // Written a second time the change is there already, but perhaps in a comment that is to go.
  if (after === before && !before.writes.includes(id) && !("add" in change)) return "nothing to do";
  const anew = newest === undefined || (notify && before.posts < MOST_POSTS);
  const text = await sealed(issue, withWrite(anew ? { ...after, posts: after.posts + 1 } : after, id), tools);
  if (anew) return { at: await tools.write.createComment(issue, text), others: found.length > 0 };
  try {
    await tools.write.editComment(issue, newest.id, text);
    return { at: newest, others: found.length > 1 };
  } catch (error) {
    if (isNotFound(error)) return "gone";
    throw error;
  }
}

async function sealed(issue: IssueRef, comment: OneComment, tools: Tools): Promise<string> {
  const text = renderOneComment(comment, () => "");
  const seal = await tools.seal(sealedText(issue, sealable(text)));
  return renderOneComment(comment, () => seal);
}

/** Whether the newest comment has that write and all that older ones have; those go then. */
async function stands(issue: IssueRef, id: string, tools: Tools): Promise<boolean> {
  const found = await among(await tools.read.comments(issue), issue, tools);
  const newest = found.at(-1);
  if (!newest?.comment.writes.includes(id)) return false;
  const older = found.slice(0, -1);
  if (!older.every(({ comment }) => isBuiltOn(newest.comment, comment))) return false;
  for (const { at } of older) await tools.write.deleteComment(issue, at.id);
  return true;
}

/** An edit notifies nobody: who gave the command sees by its comment that there is an answer. */
async function pointOut(issue: IssueRef, body: string, { write: to, log }: Tools): Promise<void> {
  const [, id] = /#issuecomment-(\d+)$/.exec(answeredURL(body) ?? "") ?? [];
  if (!id) return;
  try {
    await to.reactToComment(issue, Number(id), "eyes");
  } catch (error) {
    log.warn({ error, ...named(issue) }, "The command that was answered got no reaction.");
  }
}

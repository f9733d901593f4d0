// /release-note-none and /release-note-edit, and what is said of those that are no more.
import { command } from "../../model/commands.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent } from "../../model/event.ts";
import { normaliseLogin, type PullRequest } from "../../model/github.ts";
import { hasLabel } from "../../model/labels.ts";
import { type Quoted, replyTo } from "../../model/reply.ts";
import { commentIssue, quoted } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import {
  ACTION_REQUIRED,
  DEPRECATION,
  labelFor,
  NONE,
  noteIn,
  RELEASE_NOTE,
  setLabel,
  withNote,
} from "./note.ts";

const EDIT = command("(?mi)^/release-note-edit\\s*$");
export const SET_NONE = command("(?mi)^/release-note-none\\s*$");
const DEPRECATED = [
  command("(?mi)^/release-note\\s*$"),
  command("(?mi)^/release-note-action-required\\s*$"),
] as const;

export async function onComment(event: CommentEvent, context: Context): Promise<Effect[]> {
  const { action, body, isPR, source } = event;
  if (action !== "created" || !isPR || source !== "issue_comment") return [];
  if (EDIT.test(body)) return edit(event, context);
  const [plain, actionRequired] = DEPRECATED.map((pattern) => pattern.test(body));
  const isNone = SET_NONE.test(body);
  if (plain || (actionRequired && !isNone)) {
    return [
      answer(
        event,
        `the \`/${RELEASE_NOTE}\` and \`/${ACTION_REQUIRED}\` commands have been deprecated.\nPlease edit the \`release-note\` block in the PR body text to include the release note. If the release note requires additional action include the string \`action required\` in the release note. For example:\n\`\`\`\`\n\`\`\`release-note\nSome release note with action required.\n\`\`\`\n\`\`\`\``,
      ),
    ];
  }
  return isNone ? setNone(event, context) : [];
}

const answer = (event: CommentEvent, message: string, more: Partial<Quoted> = {}): Effect =>
  replyTo(commentIssue(event), { ...quoted(event), ...more }, message, event.at);

async function setNone(event: CommentEvent, { read }: Context): Promise<Effect[]> {
  const { author, repo } = event;
  const isAuthor = normaliseLogin(author.login) === normaliseLogin(event.issue.author.login);
  if (!isAuthor && !(await read.isMember(repo.org, author.login))) {
    const refusal = `you can only set the release note label to ${NONE} if you are the PR author or an org member.`;
    return [answer(event, refusal)];
  }
  const issue = commentIssue(event);
  const pr = await read.pullRequest(issue);
  const refusal = refuseNone(pr);
  if (refusal) return [answer(event, refusal)];
  return setLabel(
    issue,
    NONE,
    pr.labels.map(({ name }) => name),
  );
}

function refuseNone({ body, labels }: PullRequest): string | undefined {
  const names = labels.map(({ name }) => name);
  const told = labelFor(body ?? "", names);
  if (told === RELEASE_NOTE || told === ACTION_REQUIRED)
    return `you can only set the release note label to ${NONE} if the release-note block in the PR body text is empty or "none".`;
  return hasLabel(DEPRECATION, labels)
    ? `you can not set the release note label to "${NONE}" because the PR has the label "${DEPRECATION}".`
    : undefined;
}

/** GitHub tells of the edit, and the labels follow from that. */
async function edit(event: CommentEvent, { read }: Context): Promise<Effect[]> {
  if (!(await read.isMember(event.repo.org, event.author.login))) {
    // Prow links to the pull request here, not to the comment.
    const url = event.issue.htmlUrl;
    return [answer(event, "You must be an org member to edit the release note.", { url })];
  }
  const note = noteIn(event.body);
  if (note === "") return [answer(event, "/release-note-edit must be used with a release note block.")];
  const issue = commentIssue(event);
  const now = (await read.pullRequest(issue)).body ?? "";
  const body = withNote(now, note);
  if (body === undefined)
    return [answer(event, "/release-note-edit must be used with a single release note block.")];
  return body === now ? [] : [{ do: "editIssue", issue, body }];
}

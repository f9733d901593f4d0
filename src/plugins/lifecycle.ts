// /close, /reopen, /lifecycle: where an issue stands in its life.
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent } from "../model/event.ts";
import { hasLabel } from "../model/labels.ts";
import { formatReply, replyTo } from "../model/reply.ts";
import { commentIssue, currentLabels, quoted } from "./event-issue.ts";
import { exclusiveLabels } from "./exclusive-labels.ts";
import type { Context, Plugin } from "./plugin.ts";

const CLOSE = command("(?mi)^/close\\s*$");
const CLOSE_NOT_PLANNED = command("(?mi)^/close not-planned\\s*$");
const REOPEN = command("(?mi)^/reopen\\s*$");
const LIFECYCLE = {
  pattern: command("(?mi)^/(remove-)?lifecycle (active|frozen|stale|rotten)\\s*$"),
  prefix: "lifecycle/",
  names: ["active", "frozen", "stale", "rotten"],
};
const FROZEN = "lifecycle/frozen";
/** Of what carries one of these nobody thinks any more, so that anybody may close it. */
const INACTIVE = ["lifecycle/stale", "lifecycle/rotten"];

export const lifecycle: Plugin = {
  name: "lifecycle",
  on: ["comment"],
  description: "Close, reopen, flag and/or unflag an issue or PR as frozen/stale/rotten",
  commands: [
    {
      usage: "/close [not-planned]",
      description: "Closes an issue or PR.",
      featured: false,
      whoCanUse: "Authors and collaborators on the repository can trigger this command.",
      examples: ["/close", "/close not-planned"],
    },
    {
      usage: "/reopen",
      description: "Reopens an issue or PR",
      featured: false,
      whoCanUse: "Authors and collaborators on the repository can trigger this command.",
      examples: ["/reopen"],
    },
    {
      usage: "/[remove-]lifecycle <frozen|stale|rotten>",
      description: "Flags an issue or PR as frozen/stale/rotten",
      featured: false,
      whoCanUse: "Anyone can trigger this command.",
      examples: ["/lifecycle frozen", "/remove-lifecycle stale"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const state = event.issue.state === "open" ? await close(event, context) : await reopen(event, context);
    const labels = await exclusiveLabels(
      event,
      { ...LIFECYCLE, refuse: (label) => refuseFrozen(event, label) },
      context,
    );
    return [...state, ...labels];
  },
};

const answer = (event: CommentEvent, message: string): Effect =>
  replyTo(commentIssue(event), quoted(event), message);

/** Spelled exactly so: Prow lets other spellings pass. */
const refuseFrozen = (event: CommentEvent, label: string): string | undefined =>
  event.isPR && label === FROZEN ? `The \`${FROZEN}\` label cannot be applied to Pull Requests.` : undefined;

async function mayChange({ author, issue, repo }: CommentEvent, { read }: Context): Promise<boolean> {
  return author.login === issue.author.login || (await read.isCollaborator(repo, author.login));
}

async function close(event: CommentEvent, context: Context): Promise<Effect[]> {
  const notPlanned = CLOSE_NOT_PLANNED.test(event.body);
  if (!notPlanned && !CLOSE.test(event.body)) return [];
  const allowed = (await mayChange(event, context)) || !(await isActive(event, context));
  if (!allowed) {
    const refusal = "You can't close an active issue/PR unless you authored it or you are a collaborator.";
    return [answer(event, refusal)];
  }
  // A pull request has no reason why it was closed.
  if (event.isPR && notPlanned) return [answer(event, "PRs cannot be closed as Not Planned.")];
  const [what, message] = event.isPR
    ? [{}, "Closed this PR."]
    : notPlanned
      ? [{ notPlanned }, 'Closing this issue, marking it as "Not Planned".']
      : [{}, "Closing this issue."];
  const done = formatReply(quoted(event), message);
  return [{ do: "setState", issue: commentIssue(event), state: "closed", ...what, done }];
}

async function isActive(event: CommentEvent, { read }: Context): Promise<boolean> {
  const labels = await currentLabels(event, read);
  return !INACTIVE.some((label) => hasLabel(label, labels));
}

async function reopen(event: CommentEvent, context: Context): Promise<Effect[]> {
  if (!REOPEN.test(event.body)) return [];
  if (!(await mayChange(event, context))) {
    const refusal = "You can't reopen an issue/PR unless you authored it or you are a collaborator.";
    return [answer(event, refusal)];
  }
  // Merged since it was said, before it came: GitHub would refuse, and in Prow nobody hears of that.
  if (event.isPR && (await context.read.pullRequest(commentIssue(event))).merged) return [];
  const [done, kind] = event.isPR ? ["Reopened this PR.", "PR"] : ["Reopened this issue.", "Issue"];
  return [
    {
      do: "setState",
      issue: commentIssue(event),
      state: "open",
      done: formatReply(quoted(event), done),
      refused: formatReply(quoted(event), `Failed to re-open ${kind}: {reason}`),
    },
  ];
}

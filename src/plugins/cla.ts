// Tells by label whether the author has signed the CNCF's licence agreement.
import { command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent, StatusEvent } from "../model/event.ts";
import { type Issue, type IssueRef, repoName, type StatusState } from "../model/github.ts";
import { CLA_NO, CLA_YES, hasLabel } from "../model/labels.ts";
import { commentIssue } from "./event-issue.ts";
import { labelChange } from "./label-change.ts";
import type { Context, Plugin } from "./plugin.ts";

const CHECK = command("(?mi)^/check-cla\\s*$");
const CONTEXT = "EasyCLA";

/** GitHub's search finds a commit some time after it tells of its status. */
const SEARCHES = 5;
const PAUSE_MS = 10_000;

export const cla: Plugin = {
  name: "cla",
  on: ["status", "comment"],
  description:
    "The cla plugin manages the application and removal of the 'cncf-cla' prefixed labels on pull requests as a reaction to the EasyCLA github status context. It is also responsible for warning unauthorized PR authors that they need to sign the CNCF CLA before their PR will be merged.",
  commands: [
    {
      usage: "/check-cla",
      description: "Forces rechecking of the CLA status.",
      featured: true,
      whoCanUse: "Anyone",
      examples: ["/check-cla"],
    },
  ],
  async handle(event, context) {
    if (event.kind === "status") return onStatus(event, context);
    return event.kind === "comment" ? onComment(event, context) : [];
  },
};

async function onStatus(event: StatusEvent, context: Context): Promise<Effect[]> {
  const { context: name, repo, sha, state } = event;
  if (name !== CONTEXT || state === "pending" || state === "") return [];
  const signed = state === "success";
  const effects: Effect[] = [];
  for (const { labels, number } of await pullRequestsWith(event, context)) {
    if (hasLabel(signed ? CLA_YES : CLA_NO, labels)) continue;
    const issue = { ...repo, number };
    // Whatever is said of a commit that is not the last one no longer matters.
    const { head } = await context.read.pullRequest(issue);
    if (head.sha === sha) effects.push(...setLabels(issue, signed, labels));
  }
  return effects;
}

async function pullRequestsWith({ repo, sha }: StatusEvent, { again, clock }: Context): Promise<Issue[]> {
  for (let searches = 1; ; searches++) {
    const { items } = await again().searchIssues(`${sha} repo:${repoName(repo)} type:pr state:open`);
    if (items.length > 0 || searches === SEARCHES) return items;
    await clock.sleep(PAUSE_MS);
  }
}

function setLabels(issue: IssueRef, signed: boolean, now: readonly { name: string }[]): Effect[] {
  const [right, wrong] = signed ? [CLA_YES, CLA_NO] : [CLA_NO, CLA_YES];
  return [
    ...labelChange(issue, wrong, hasLabel(wrong, now), false),
    ...labelChange(issue, right, hasLabel(right, now), true),
  ];
}

const SIGNED: Partial<Record<StatusState, boolean>> = { success: true, failure: false };

async function onComment(event: CommentEvent, { read }: Context): Promise<Effect[]> {
  if (event.action !== "created" || !event.isPR || event.issue.state !== "open") return [];
  if (!CHECK.test(event.body)) return [];
  const { head, labels } = await read.pullRequest(commentIssue(event));
  const status = (await read.statuses(event.repo, head.sha)).find((one) => one.context === CONTEXT);
  const signed = status && SIGNED[status.state];
  return signed === undefined ? [] : setLabels(commentIssue(event), signed, labels);
}

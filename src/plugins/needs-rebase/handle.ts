// needs-rebase on what happens to one pull request: pushes, and comments as a chance to look again.
import type { Clock } from "../../lib/clock.ts";
import type { Effect } from "../../model/effect.ts";
import type { Event } from "../../model/event.ts";
import { type IssueRef, issueName, type PullRequest } from "../../model/github.ts";
import { hasLabel, NEEDS_REBASE } from "../../model/labels.ts";
import { needsRebase } from "../needs-rebase.ts";
import type { Context, Plugin } from "../plugin.ts";
import { rebaseEffects } from "./decide.ts";

/** GitHub is given this long to find out whether it can be merged. */
const FIRST_PAUSE_MS = 5_000;
const PAUSES_MS = [3_000, 6_000];
const ACTIONS = ["opened", "synchronize", "reopened"];

type Needs = Pick<Context, "clock" | "log" | "read">;

export interface NeedsRebaseOptions {
  /** A comment within this long after the last look at a pull request causes none; 0: each causes one. */
  cacheValidMs: number;
}

/** `read` of the context has to ask GitHub anew each time. */
export function needsRebasePlugin({ cacheValidMs }: NeedsRebaseOptions): Plugin {
  const looked = lookTimes(cacheValidMs);
  return {
    ...needsRebase,
    async handle(event: Event, context: Needs): Promise<Effect[]> {
      const { clock, read } = context;
      if (event.kind === "pull_request" && ACTIONS.includes(event.action))
        return look({ ...event.repo, number: event.pr.number }, event.pr, context);
      if (event.kind !== "comment" || event.source !== "issue_comment" || !event.isPR) return [];
      const issue = { ...event.repo, number: event.number };
      if (looked.isRecent(issue, clock)) return [];
      const effects = await look(issue, await read.pullRequest(issue), context);
      looked.note(issue, clock);
      return effects;
    },
  };
}

async function look(issue: IssueRef, pr: PullRequest, context: Needs): Promise<Effect[]> {
  if (pr.state !== "open") return [];
  const { clock, read } = context;
  await clock.sleep(FIRST_PAUSE_MS);
  const mergeable = await mergeability(issue, pr.head.sha, context);
  if (mergeable === undefined) return [];
  const isLabelled = hasLabel(NEEDS_REBASE, await read.issueLabels(issue));
  return rebaseEffects({ issue, author: pr.user.login, mergeable, hasLabel: isLabelled }, read);
}

/** undefined when it cannot be told: the next event or the next look at all tells. */
async function mergeability(
  issue: IssueRef,
  sha: string,
  { clock, log, read }: Needs,
): Promise<boolean | undefined> {
  for (const pause of [...PAUSES_MS, undefined]) {
    const now = await read.pullRequest(issue);
    if (now.head.sha !== sha || now.state !== "open") return undefined;
    if (now.mergeable !== null) return now.mergeable;
    if (pause !== undefined) await clock.sleep(pause);
  }
  log.info({ ...issue }, "GitHub does not say yet whether it can be merged.");
  return undefined;
}

/** When each pull request was looked at last because of a comment. */
function lookTimes(validMs: number) {
  const times = new Map<string, number>();
  return {
    isRecent: (issue: IssueRef, clock: Pick<Clock, "now">): boolean =>
      clock.now().getTime() - (times.get(issueName(issue)) ?? Number.NEGATIVE_INFINITY) < validMs,
    note(issue: IssueRef, clock: Pick<Clock, "now">): void {
      if (validMs === 0) return;
      const now = clock.now().getTime();
      for (const [key, time] of times) {
        if (now - time < validMs) break;
        times.delete(key);
      }
      times.delete(issueName(issue));
      times.set(issueName(issue), now);
    },
  };
}

// New commits take lgtm back, unless they change nothing or their author is trusted with it.
import type { Effect } from "../../model/effect.ts";
import type { PullRequestEvent } from "../../model/event.ts";
import { hasLabel, LGTM } from "../../model/labels.ts";
import { prRef } from "../event-issue.ts";
import { skipsCollaborators } from "../owners-of.ts";
import type { Context } from "../plugin.ts";
import { wasGivenSince } from "./given-since.ts";
import type { LGTMOptions } from "./options.ts";
import { isSticky } from "./sticky.ts";
import { REMOVED } from "./texts.ts";
import { rememberedTreeHash } from "./tree-hash.ts";

export async function onNewCommits(
  { pr, repo }: PullRequestEvent,
  assignees: string[],
  options: LGTMOptions,
  context: Context,
): Promise<Effect[]> {
  const { bot, read } = context;
  const issue = prRef(repo, pr);
  if (await isSticky(options.trusted_team_for_sticky_lgtm, repo.org, pr.user.login, read)) return [];
  if (!hasLabel(LGTM, await read.issueLabels(issue))) return [];
  const byOwners = skipsCollaborators(repo, context.plugins.owners);
  if (await wasGivenSince({ issue, pushed: pr, byOwners }, context)) return [];
  if (options.store_tree_hash) {
    const reviewed = rememberedTreeHash(await read.comments(issue), bot);
    if (reviewed && reviewed === (await read.commit(repo, pr.head.sha)).tree) return [];
  }
  const again: Effect[] =
    options.store_tree_hash && assignees.length > 0
      ? [{ do: "requestReviews", issue, logins: assignees }]
      : [];
  return [{ do: "removeLabel", issue, label: LGTM }, { do: "createComment", issue, body: REMOVED }, ...again];
}

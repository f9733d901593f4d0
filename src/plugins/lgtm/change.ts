// Somebody wants lgtm added or removed: may they, and what follows.
import type { Effect } from "../../model/effect.ts";
import type { IssueRef } from "../../model/github.ts";
import { normaliseLogin } from "../../model/github.ts";
import { hasLabel, LGTM } from "../../model/labels.ts";
import { type Quoted, replyTo } from "../../model/reply.ts";
import { ownersOf, skipsCollaborators } from "../owners-of.ts";
import type { Context } from "../plugin.ts";
import { pruneComments } from "../prune.ts";
import type { LGTMOptions } from "./options.ts";
import { wasPushedSince } from "./pushed-since.ts";
import { isSticky } from "./sticky.ts";
import { REMOVED } from "./texts.ts";
import { isTreeHashComment, treeHashComment } from "./tree-hash.ts";

export interface Request {
  pr: IssueRef;
  /** Or remove. */
  add: boolean;
  reviewer: string;
  /** Of the pull request. */
  author: string;
  assignees: string[];
  /** When GitHub received it. */
  at: string | undefined;
  quoted: Quoted;
}

export async function changeLGTM(
  request: Request,
  options: LGTMOptions,
  context: Context,
): Promise<Effect[]> {
  const { add, author, pr, quoted, reviewer } = request;
  const isAuthor = reviewer === author;
  if (isAuthor && add) return [replyTo(pr, quoted, "you cannot LGTM your own PR.")];
  const byOwners = skipsCollaborators(pr, context.plugins.owners);
  const refusal = isAuthor ? undefined : await refuse(request, byOwners, context);
  if (refusal) return [replyTo(pr, quoted, refusal)];

  const pull = await context.read.pullRequest(pr, { known: true });
  const has = hasLabel(LGTM, pull.labels);
  const assigns = !isAuthor && !byOwners && !request.assignees.includes(reviewer);
  const assign: Effect[] = assigns ? [{ do: "assign", issue: pr, logins: [reviewer] }] : [];
  if (has === add) return assign;
  // Their webhook may be over, so that nothing else would take it back.
  if (add && (await wasPushedSince(request.at, pull, pr.org, context)))
    return [{ do: "createComment", issue: pr, body: REMOVED, marker: REMOVED }, ...assign];
  const change = add ? await added(request, options, context) : await removed(request, options, context);
  return [...change, ...assign];
}

/** Why the reviewer may not: collaborators may, or, where OWNERS files alone decide, who may review a changed file. */
export async function refuse(
  { pr, reviewer }: Pick<Request, "pr" | "reviewer">,
  byOwners: boolean,
  context: Context,
): Promise<string | undefined> {
  const { read } = context;
  const repo = { org: pr.org, repo: pr.repo };
  if (!byOwners) {
    return (await read.isCollaborator(repo, reviewer))
      ? undefined
      : "changing LGTM is restricted to collaborators";
  }
  const { base } = await read.pullRequest(pr, { known: true });
  const files = (await read.changedFiles(pr)).map(({ filename }) => filename);
  const owners = await ownersOf(repo, base.ref, files, context);
  const login = normaliseLogin(reviewer);
  const mayReview = files.some(
    (file) => owners.approvers(file).has(login) || owners.reviewers(file).has(login),
  );
  return mayReview ? undefined : "adding LGTM is restricted to approvers and reviewers in OWNERS files.";
}

async function added({ author, pr }: Request, options: LGTMOptions, context: Context): Promise<Effect[]> {
  const { read } = context;
  const effects: Effect[] = [{ do: "addLabels", issue: pr, labels: [LGTM] }];
  if (await isSticky(options.trusted_team_for_sticky_lgtm, pr.org, author, read)) return effects;
  if (options.store_tree_hash) {
    const { head } = await read.pullRequest(pr);
    const { tree } = await read.commit({ org: pr.org, repo: pr.repo }, head.sha);
    // Before the label: once that is on, a retry of this event would change nothing more.
    effects.unshift({ do: "createComment", issue: pr, body: treeHashComment(tree) });
  }
  const outdated = await pruneComments(pr, context, (words) => words.includes(REMOVED));
  return [...outdated, ...effects];
}

async function removed(
  { assignees, pr }: Request,
  options: LGTMOptions,
  context: Context,
): Promise<Effect[]> {
  const removal: Effect = { do: "removeLabel", issue: pr, label: LGTM };
  if (!options.store_tree_hash) return [removal];
  const outdated = await pruneComments(pr, context, isTreeHashComment);
  const again: Effect[] =
    assignees.length > 0 ? [{ do: "requestReviews", issue: pr, logins: assignees }] : [];
  return [removal, ...again, ...outdated];
}

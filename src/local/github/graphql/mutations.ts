// The mutations that bots use where REST has nothing: comments by node id, drafts, transferred and pinned issues.
import { GraphQLError } from "graphql";
import { can } from "../access.ts";
import { createComment } from "../acts/comments.ts";
import { setDraft } from "../acts/pulls.ts";
import { pinIssue, transferIssue } from "../acts/transfer.ts";
import { ApiError } from "../api-error.ts";
import { ISSUES_WRITE, PULLS } from "../call.ts";
import type { Issue } from "../records.ts";
import { isPull, repoOf } from "../world.ts";
import { issueNode, pullNode } from "./issues.ts";
import { issueById, repositoryById } from "./queries.ts";
import { missing, type Root } from "./root.ts";

interface Input<T> {
  input: T & { clientMutationId?: string };
}

export function mutations(root: Root) {
  const { world, actor } = root;
  const login = actor.account?.login ?? "";
  const draft =
    (to: boolean) =>
    async ({ input }: Input<{ pullRequestId: string }>) => {
      const found = issueById(root, input.pullRequestId);
      if (!found || !isPull(found)) throw missing(`a node with the global id of '${input.pullRequestId}'`);
      if (found.user !== login && !can(world, actor, repoOf(world, found), PULLS)) throw forbidden();
      await setDraft(world, found, login, to);
      return { clientMutationId: input.clientMutationId, pullRequest: pullNode(root, found) };
    };
  const pin =
    (to: boolean) =>
    async ({ input }: Input<{ issueId: string }>) => {
      const found = writableIssue(root, input.issueId);
      await told(pinIssue(world, found, login, to));
      return { clientMutationId: input.clientMutationId, issue: issueNode(root, found) };
    };
  return {
    pinIssue: pin(true),
    unpinIssue: pin(false),
    async transferIssue({ input }: Input<{ issueId: string; repositoryId: string }>) {
      const found = writableIssue(root, input.issueId);
      const to = repositoryById(root, input.repositoryId);
      if (!to) throw missing(`a node with the global id of '${input.repositoryId}'`);
      if (!can(world, actor, to, ISSUES_WRITE)) throw forbidden();
      const moved = await told(transferIssue(world, found, to, login));
      return { clientMutationId: input.clientMutationId, issue: issueNode(root, moved) };
    },
    addComment({ input }: Input<{ subjectId: string; body: string }>) {
      const found = issueById(root, input.subjectId);
      if (!found) throw missing(`a node with the global id of '${input.subjectId}'`);
      createComment(world, found, login, input.body);
      return { clientMutationId: input.clientMutationId };
    },
    markPullRequestReadyForReview: draft(false),
    convertPullRequestToDraft: draft(true),
  };
}

const forbidden = () => new GraphQLError("Resource not accessible", { extensions: { type: "FORBIDDEN" } });

/** Issue or pull request. Throws GraphQLError when it is not there or may not be changed. */
function writableIssue(root: Root, id: string): Issue {
  const found = issueById(root, id);
  if (!found) throw missing(`a node with the global id of '${id}'`);
  if (!can(root.world, root.actor, repoOf(root.world, found), ISSUES_WRITE)) throw forbidden();
  return found;
}

/** What REST would refuse, in GraphQL's way. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new GraphQLError(error.message, { extensions: { type: "UNPROCESSABLE" } });
  }
}

// The mutations that bots use where REST has nothing: comments by node id, drafts.
import { GraphQLError } from "graphql";
import { can } from "../access.ts";
import { createComment } from "../acts/comments.ts";
import { setDraft } from "../acts/pulls.ts";
import { PULLS } from "../call.ts";
import { isPull, repoOf } from "../world.ts";
import { pullNode } from "./issues.ts";
import { issueById } from "./queries.ts";
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
      if (found.user !== login && !can(world, actor, repoOf(world, found), PULLS))
        throw new GraphQLError("Resource not accessible", { extensions: { type: "FORBIDDEN" } });
      await setDraft(world, found, login, to);
      return { clientMutationId: input.clientMutationId, pullRequest: pullNode(root, found) };
    };
  return {
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

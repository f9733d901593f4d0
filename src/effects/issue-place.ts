// Pins issues and moves them to another repository: GraphQL's mutations, each safe to repeat.
import { isNotFound, isRefusal } from "../github/error.ts";
import type { GitHub } from "../github/port.ts";
import type { GitHubEffect } from "../model/effect.ts";
import { repoName } from "../model/github.ts";
import { comment } from "./comment.ts";
import type { GitHubTools } from "./github-tools.ts";
import { printEffect } from "./print.ts";

type Of<K extends GitHubEffect["do"]> = Extract<GitHubEffect, { do: K }>;

export function pinIssue({ github, inHalves, log }: GitHubTools, effect: Of<"pinIssue">): Promise<void> {
  const { done, id, issue, pinned, refused } = effect;
  return inHalves(
    printEffect(effect),
    async () => {
      try {
        await github.write.pinIssue(issue.org, id, pinned);
        return done;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Pinning what is pinned may be refused too.
        if ((await isPinned(github, issue.org, id)) === pinned) return done;
        log.warn({ ...issue, err: error.message }, "GitHub has not changed whether it is pinned.");
        return refused;
      }
    },
    (said) => comment(github, issue, said, said.trim()),
  );
}

/** undefined when that can not be found out. */
async function isPinned(github: GitHub, org: string, id: string): Promise<boolean | undefined> {
  const query = "query($id: ID!) { node(id: $id) { ... on Issue { isPinned } } }";
  try {
    const found = await github.read.graphql<{ node: { isPinned?: boolean } | null }>(query, { id }, org);
    return found.node?.isPinned;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}

/** An issue that has moved has another id: what is not found any more has been transferred by an earlier try, or by somebody. */
export async function transferIssue(
  { github, log }: GitHubTools,
  effect: Of<"transferIssue">,
): Promise<void> {
  const { id, issue, repositoryId, to } = effect;
  try {
    await github.write.transferIssue(issue.org, id, repositoryId);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    log.warn(
      { ...issue, err: (error as Error).message },
      `GitHub finds nothing to transfer to ${repoName(to)}.`,
    );
  }
}

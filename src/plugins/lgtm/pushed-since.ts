// Whether commits have come that somebody cannot have seen who said something at that time.
import { isRefusal } from "../../github/error.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Context } from "../plugin.ts";

/** False where that is not certain. Times have whole seconds. */
export async function wasPushedSince(
  at: string | undefined,
  { head }: PullRequest,
  org: string,
  { read }: Context,
): Promise<boolean> {
  const said = Date.parse(at ?? "");
  // Mostly nothing was pushed to any branch since, and nobody need be asked.
  if (!head.repo || !(Date.parse(head.repo.pushed_at ?? "") > said)) return false;
  const repo = { org: head.repo.owner.login, repo: head.repo.name };
  try {
    const moves = await read.branchMoves(repo, head.ref, org);
    return moves.some(({ timestamp }) => Date.parse(timestamp) > said);
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

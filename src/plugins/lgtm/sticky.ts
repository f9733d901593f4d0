// Whether an author's new commits keep lgtm, because the team of the author is trusted with that.
import type { GitHubRead } from "../../github/port.ts";

/** `team` is the name of the team, as configured; GitHub's slug is derived from it. */
export async function isSticky(
  team: string | undefined,
  org: string,
  author: string,
  read: GitHubRead,
): Promise<boolean> {
  if (!team) return false;
  const slug = team
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return read.isTeamMember(org, slug, author);
}

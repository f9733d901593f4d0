// Who belongs to an org, a team or a repository: "yes" holds for a short while, "no" is asked anew each time.
import { normaliseLogin, type RepoRef } from "../model/github.ts";
import type { Answers } from "./answers.ts";
import type { GitHubRead } from "./port.ts";

type Trust = Pick<GitHubRead, "isMember" | "isCollaborator" | "isTeamMember">;

/** Whoever has just been let in is not turned away; a failure is never a yes. */
const isYes = (answer: boolean): boolean => answer;

const keyOf = (org: string, ...parts: string[]): string => `${org} ${parts.join(" ")}`.toLowerCase();

export function trust(read: Trust, kept: Answers): Trust {
  return {
    isMember: (org, login) =>
      kept.get(keyOf(org, "member", normaliseLogin(login)), () => read.isMember(org, login), isYes),
    isCollaborator: (repo, login) =>
      kept.get(
        keyOf(repo.org, "collaborator", repo.repo, normaliseLogin(login)),
        () => read.isCollaborator(repo, login),
        isYes,
      ),
    isTeamMember: (org, team, login) =>
      kept.get(
        keyOf(org, "team", team, normaliseLogin(login)),
        () => read.isTeamMember(org, team, login),
        isYes,
      ),
  };
}

/** Somebody in the org may have lost what they had. */
export const forgetTrust = (kept: Answers, { org }: Pick<RepoRef, "org">): void => kept.forgetAll(keyOf(org));

// Who belongs to an org, a team or a repository: "yes" holds for a short while, "no" is asked anew each time.
import { normaliseLogin, type RepoRef, type User } from "../model/github.ts";
import type { Answers } from "./answers.ts";
import type { GitHubRead } from "./port.ts";

type Trust = Pick<GitHubRead, "isMember" | "isCollaborator" | "isTeamMember" | "collaborators">;

/** Whoever has just been let in is not turned away; a failure is never a yes. */
const isYes = (answer: boolean): boolean => answer;

const keyOf = (org: string, ...parts: string[]): string => `${org} ${parts.join(" ")}`.toLowerCase();

export function trust(read: Trust, kept: Answers): Trust {
  const listKey = ({ org, repo }: RepoRef) => keyOf(org, "collaborators", repo);
  /** Those of a list that was had within the while; whoever is not on it may be a collaborator by now. */
  const listed = (repo: RepoRef) =>
    new Set(kept.known<User[]>(listKey(repo))?.map(({ login }) => normaliseLogin(login)));
  return {
    collaborators(repo, among) {
      const known = among && listed(repo);
      if (!known || !among.every((login) => known.has(normaliseLogin(login)))) kept.begin(listKey(repo));
      return kept.get(listKey(repo), () => read.collaborators(repo));
    },
    isMember: (org, login) =>
      kept.get(keyOf(org, "member", normaliseLogin(login)), () => read.isMember(org, login), isYes),
    async isCollaborator(repo, login) {
      const key = keyOf(repo.org, "collaborator", repo.repo, normaliseLogin(login));
      if (listed(repo).has(normaliseLogin(login))) return true;
      return kept.get(key, () => read.isCollaborator(repo, login), isYes);
    },
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

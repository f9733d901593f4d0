// Whether somebody may override in a repository.
import { isRefusal } from "../../github/error.ts";
import { normaliseLogin, type RepoRef, repoName } from "../../model/github.ts";
import { topLevelApprovers } from "../owners-of.ts";
import type { Context } from "../plugin.ts";
import type { OverrideOptions } from "./options.ts";

/** What GitHub does not tell speaks for nobody. */
export async function mayOverride(
  login: string,
  repo: RepoRef,
  branch: string,
  options: OverrideOptions,
  context: Context,
): Promise<boolean> {
  const { log, read } = context;
  const known = async (question: string, answer: () => Promise<boolean>) => {
    try {
      return await answer();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      log.warn({ err: error.message }, `cannot determine whether ${login} is ${question}`);
      return false;
    }
  };
  const isAdmin = async () => (await read.permission(repo, login)) === "admin";
  if (await known(`an admin of ${repoName(repo)}`, isAdmin)) return true;
  const teams = options.allowed_github_teams ?? {};
  const wanted = normaliseLogin(login);
  for (const slug of [...(teams[repoName(repo)] ?? []), ...(teams[repo.org] ?? [])]) {
    const isMember = async () =>
      (await read.teamMembers(repo.org, slug)).some((member) => normaliseLogin(member.login) === wanted);
    if (await known(`in team ${slug} of ${repo.org}`, isMember)) return true;
  }
  if (!options.allow_top_level_owners) return false;
  const isOwner = async () => (await topLevelApprovers(repo, branch, context)).has(wanted);
  return known(`a top level owner of ${repoName(repo)}`, isOwner);
}

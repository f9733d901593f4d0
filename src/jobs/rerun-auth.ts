// Who may rerun or abort a job by its `rerun_auth_config`, or by deck's for its repository and cluster.
import type { Config } from "../config/config.ts";
import { normaliseLogin, repoName } from "../model/github.ts";
import type { ProwJobSpec, RerunAuthConfig } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";

/** What has to be asked of GitHub. */
export interface Membership {
  isMember(org: string, login: string): Promise<boolean>;
  isTeamMember(org: string, team: string, login: string): Promise<boolean>;
}

/** Deck's is asked first, as in Prow. */
export async function mayRerun(
  login: string,
  spec: ProwJobSpec,
  config: Pick<Config, "deck">,
  asked: Membership,
): Promise<boolean> {
  for (const auth of [defaultAuth(spec, config), spec.rerun_auth_config]) {
    if (auth && (await isAuthorized(login, auth, asked))) return true;
  }
  return false;
}

/** The last entry that matches counts; the older form is by org/repo, org or *. */
function defaultAuth(spec: ProwJobSpec, { deck }: Pick<Config, "deck">): RerunAuthConfig | undefined {
  const refs = mainRefs(spec);
  const repo = refs ? repoName(refs) : "";
  const entries = deck.default_rerun_auth_configs ?? [];
  const covers = (pattern: string | undefined, ...names: string[]) =>
    !pattern || pattern === "*" || names.includes(pattern);
  const entry = entries.findLast(
    ({ repo: wanted, cluster }) =>
      covers(wanted, repo, refs?.org ?? "") && covers(cluster, spec.cluster ?? ""),
  );
  if (entry) return entry.rerun_auth_configs;
  const byRepo = deck.rerun_auth_configs ?? {};
  return byRepo[repo] ?? byRepo[refs?.org ?? ""] ?? byRepo["*"];
}

async function isAuthorized(login: string, auth: RerunAuthConfig, asked: Membership): Promise<boolean> {
  if (auth.allow_anyone) return true;
  const name = normaliseLogin(login);
  if (auth.github_users?.some((user) => normaliseLogin(user) === name)) return true;
  for (const org of auth.github_orgs ?? []) if (await asked.isMember(org, login)) return true;
  for (const { org = "", slug = "" } of auth.github_team_slugs ?? [])
    if (await asked.isTeamMember(org, slug, login)) return true;
  return false;
}

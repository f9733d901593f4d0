// Who may have code tested: trigger's configuration and the question whether somebody is trusted in a repository.
import { concatenate, type PluginsConfig, section } from "../config/plugins-config.ts";
import { boolean, type Infer, integer, list, object, oneOf, string } from "../lib/schema.ts";
import { appLogin, isBot } from "../model/bot.ts";
import type { RepoRef } from "../model/github.ts";
import { forRepo, reposField } from "./for-repo.ts";
import type { Context } from "./plugin.ts";

const triggerSchema = object({
  repos: reposField,
  trusted_apps: list(string("GitHub Apps whose pull requests are trusted, without [bot].")),
  trusted_org: string("Its members are trusted too. Deprecated."),
  join_org_url: string("Where to read about joining the org; default: the people of trusted_org."),
  only_org_members: boolean("Collaborators who are not members are not trusted."),
  ignore_ok_to_test: boolean("/ok-to-test does nothing."),
  ok_to_test: oneOf(
    ["sticky", "per-sha"],
    "sticky (default): after /ok-to-test whatever is pushed later is tested too, as in Prow. per-sha: only the commit that was looked at.",
  ),
  trigger_github_workflows: boolean("/retest and /ok-to-test also act on GitHub's own workflows."),
  org_invite: object({
    prominent: object({
      disabled: boolean(),
      merged_pr_threshold: integer(
        "Merged pull requests after which the invitation is prominent; default 3.",
      ),
      message: string("Own words; {join_org_url} is filled in."),
    }),
  }),
});
export type TriggerOptions = Infer<typeof triggerSchema>;

export const triggersSection = section("triggers", list(triggerSchema), {
  complete: (entries = []) => entries.map(withJoinURL),
  check(entries, judge) {
    for (const [i, { trusted_org }] of entries.entries()) {
      if (trusted_org)
        judge.warning("trusted_org is deprecated", [i, "trusted_org"], "name its people in the org itself");
    }
  },
  merge: concatenate,
});

const withJoinURL = (options: TriggerOptions): TriggerOptions =>
  options.trusted_org && !options.join_org_url
    ? { ...options, join_org_url: `https://github.com/orgs/${options.trusted_org}/people` }
    : options;

export function triggerFor(plugins: PluginsConfig, repo: RepoRef): TriggerOptions {
  return forRepo(plugins.get(triggersSection), repo) ?? {};
}

type Deps = Pick<Context, "bot" | "read">;

/** The bot itself, members of the org, collaborators, trusted apps, members of the trusted org. */
export async function isTrustedUser(
  login: string,
  repo: RepoRef,
  options: TriggerOptions,
  { bot, read }: Deps,
): Promise<boolean> {
  if (isBot(bot, login)) return true;
  if (await read.isMember(repo.org, login)) return true;
  if (!options.only_org_members && (await read.isCollaborator(repo, login))) return true;
  if (options.trusted_apps?.some((app) => login === appLogin(app))) return true;
  const other = options.trusted_org;
  return other !== undefined && other !== "" && other !== repo.org && (await read.isMember(other, login));
}

/** Why isTrustedUser says no, as trigger tells it. */
export function untrustedReason(org: string, { only_org_members, trusted_org }: TriggerOptions): string {
  const reasons = [
    "User is not a member of the org. ",
    only_org_members ? "" : "User is not a collaborator. ",
    trusted_org && trusted_org !== org ? "User is not a member of the trusted secondary org. " : "",
  ];
  return `${reasons.join("")}Satisfy at least one of these conditions to make the user trusted.`;
}

// repo_milestone of plugins.yaml, which milestone and milestonestatus share: who may set milestones.
import { type PluginsConfig, section } from "../config/plugins-config.ts";
import type { GitHubRead } from "../github/port.ts";
import { type Infer, integer, map, object, string } from "../lib/schema.ts";
import { normaliseLogin, type RepoRef, repoName } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const milestoneSchema = object({
  maintainers_id: integer("ID of the team. Deprecated: use maintainers_team."),
  maintainers_team: string("Slug of the team whose members may."),
  maintainers_friendly_name: string("What the team is called in comments."),
});
export type MilestoneOptions = Infer<typeof milestoneSchema>;

export const repoMilestoneSection = section(
  "repo_milestone",
  map(milestoneSchema, 'By org/repo, or "" for the rest.'),
  {
    check(written, judge) {
      for (const [scope, { maintainers_id }] of Object.entries(written)) {
        if (maintainers_id)
          judge.warning("maintainers_id is deprecated", [scope, "maintainers_id"], "use maintainers_team");
      }
    },
  },
);

/** What is configured for exactly that repository, or for `org: "", repo: ""` everywhere else; undefined: nothing is. */
const milestoneOf = (plugins: PluginsConfig, { org, repo }: RepoRef): MilestoneOptions | undefined =>
  plugins.get(repoMilestoneSection)?.[org && `${org}/${repo}`];

const milestoneFor = (plugins: PluginsConfig, repo: RepoRef): MilestoneOptions =>
  milestoneOf(plugins, repo) ?? milestoneOf(plugins, { org: "", repo: "" }) ?? {};

/** What plugin-help says of the section, in the words of a plugin. */
export const explained = (
  summary: (options: MilestoneOptions) => string,
): Required<Pick<PluginDeclaration, "explain" | "explainAll">> => ({
  explainAll: (plugins) => summary(milestoneOf(plugins, { org: "", repo: "" }) ?? {}),
  explain(plugins, repo) {
    const options = milestoneOf(plugins, repo);
    return options ? summary(options) : "";
  },
});

/** Why somebody may not do it; undefined when they are of the team. `deed` is such as `set the milestone`. */
export async function refuseStranger(
  login: string,
  repo: RepoRef,
  { deed, command }: { deed: string; command: string },
  { plugins, read }: { plugins: PluginsConfig; read: Pick<GitHubRead, "teamMembers"> },
): Promise<string | undefined> {
  const { org } = repo;
  const options = milestoneFor(plugins, repo);
  const { maintainers_team: slug = "", maintainers_friendly_name: name = "" } = options;
  const team = slug || options.maintainers_id;
  if (!team)
    throw new Error(
      `repo_milestone of plugins.yaml names no team for ${repoName(repo)}: nobody may ${deed} until maintainers_team says who`,
    );
  const members = await read.teamMembers(org, team);
  if (members.some((member) => normaliseLogin(member.login) === normaliseLogin(login))) return undefined;
  return `You must be a member of the [${org}/${slug}](https://github.com/orgs/${org}/teams/${slug}/members) GitHub team to ${deed}. If you believe you should be able to issue the ${command} command, please contact your ${name} and have them propose you as an additional delegate for this responsibility.`;
}

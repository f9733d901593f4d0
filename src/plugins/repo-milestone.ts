// repo_milestone of plugins.yaml, which milestone and milestonestatus share: who may set milestones.
import { type PluginsConfig, section } from "../config/plugins-config.ts";
import { type Infer, integer, map, object, string } from "../lib/schema.ts";
import type { RepoRef } from "../model/github.ts";

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
export const milestoneOf = (plugins: PluginsConfig, { org, repo }: RepoRef): MilestoneOptions | undefined =>
  plugins.get(repoMilestoneSection)?.[org && `${org}/${repo}`];

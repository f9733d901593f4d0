// lgtm's part of plugins.yaml.
import { concatenate, type PluginsConfig, section } from "../../config/plugins-config.ts";
import { boolean, type Infer, list, object, string } from "../../lib/schema.ts";
import type { RepoRef } from "../../model/github.ts";
import { forRepo, reposField } from "../for-repo.ts";

const lgtmSchema = object({
  repos: reposField,
  review_acts_as_lgtm: boolean("Approving and rejecting reviews act as /lgtm and /lgtm cancel."),
  store_tree_hash: boolean("New commits with the same content keep the label."),
  trusted_team_for_sticky_lgtm: string("New commits by members of this team keep the label."),
});
export type LGTMOptions = Infer<typeof lgtmSchema>;

export const lgtmSection = section("lgtm", list(lgtmSchema), { merge: concatenate });

export const lgtmFor = (plugins: PluginsConfig, repo: RepoRef): LGTMOptions =>
  forRepo(plugins.get(lgtmSection), repo) ?? {};

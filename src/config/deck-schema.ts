// Deck's section: lenses, links, branding, who may rerun.
import { durationText } from "../lib/duration.ts";
import { any, boolean, integer, list, map, object, string } from "../lib/schema.ts";
import { rerunAuthConfigSchema } from "../model/prowjob.ts";

const lensSchema = object({
  required_files: list(string("A regex over artifact names.")),
  optional_files: list(string("A regex over artifact names.")),
  lens: object({ name: string(), config: any() }),
  remote_config: object({
    endpoint: string(),
    static_root: string(),
    title: string(),
    priority: integer(),
    hide_title: boolean(),
  }),
});

export const deckSchema = object({
  spyglass: object({
    lenses: list(lensSchema),
    viewers: map(list(string())),
    size_limit: integer("Bytes of an artifact that a lens may read; default 100 MB."),
    gcs_browser_prefix: string(),
    gcs_browser_prefixes: map(string()),
    gcs_browser_prefixes_by_bucket: map(string()),
    announcement: string("A Go template."),
    testgrid_config: string(),
    testgrid_root: string(),
    hide_pr_history_link: boolean(),
    pr_history_link_template: string("A Go template."),
    bucket_aliases: map(string()),
  }),
  tide_update_period: durationText(),
  hidden_repos: list(string()),
  external_agent_logs: list(
    object({ agent: string(), selector: string(), url_template: string("A Go template.") }),
  ),
  branding: object({ logo: string(), favicon: string(), background_color: string(), header_color: string() }),
  google_analytics: string(),
  rerun_auth_configs: map(rerunAuthConfigSchema),
  default_rerun_auth_configs: list(
    object({ repo: string(), cluster: string(), rerun_auth_configs: rerunAuthConfigSchema }),
  ),
  skip_storage_path_validation: boolean(),
  additional_allowed_buckets: list(string()),
});

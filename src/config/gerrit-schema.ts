// Gerrit's repositories: those that the gerrit component watches, and those that tide merges into.
import { durationText } from "../lib/duration.ts";
import { boolean, integer, list, object, string } from "../lib/schema.ts";

export const gerritReposSchema = list(
  object({
    org: string("The instance, with https://."),
    repos: list(string()),
    opt_out_help: boolean("No help is posted there."),
    filters: object({
      branches: list(string()),
      excluded_branches: list(string()),
      opt_in_by_default: boolean("Tide takes every change that has no Prow-Auto-Submit vote of -1."),
    }),
  }),
);

export const gerritSchema = object({
  tick_interval: durationText("Default 1m."),
  ratelimit: integer("Changes asked for at a time; default 5."),
  deck_url: string("Where links to results lead."),
  org_repos_config: gerritReposSchema,
  allowed_presubmit_trigger_re: string("A regex: only comments that match it are looked at."),
});

// Tide's section of the configuration: queries, merge methods, context options.
import { durationText } from "../lib/duration.ts";
import {
  boolean,
  type Infer,
  integer,
  isRecord,
  likelyOneOf,
  list,
  map,
  object,
  type Schema,
  string,
} from "../lib/schema.ts";
import type { MergeMethod } from "../model/github.ts";
import { gerritReposSchema } from "./gerrit-schema.ts";

const tideQuerySchema = object({
  author: string(),
  labels: list(string()),
  missingLabels: list(string()),
  excludedBranches: list(string()),
  includedBranches: list(string()),
  milestone: string(),
  reviewApprovedRequired: boolean(),
  orgs: list(string()),
  repos: list(string("org/repo")),
  excludedRepos: list(string("org/repo")),
});
export type TideQuery = Infer<typeof tideQuerySchema>;

const contextPolicyFields = {
  "skip-unknown-contexts": boolean("Whether contexts that no job or option names are ignored."),
  "required-contexts": list(string()),
  "required-if-present-contexts": list(string()),
  "optional-contexts": list(string()),
  "optional-regex-contexts": list(string("A regex.")),
  "from-branch-protection": boolean("Take required contexts from branch-protection."),
  "overwrite-pending-contexts": boolean(),
};
const contextPolicySchema = object(contextPolicyFields);
export type ContextPolicyOptions = Infer<typeof contextPolicySchema>;

const contextOptionsSchema = object({
  ...contextPolicyFields,
  orgs: map(
    object({
      ...contextPolicyFields,
      repos: map(object({ ...contextPolicyFields, branches: map(contextPolicySchema) })),
    }),
  ),
});

/** A method, or a map of repositories, or of branch regexes below a repository, to a method. */
export type MergeMethods = string | { [key: string]: MergeMethods };

/** Words are checked in validation, where the message can name the org and the branch. */
const mergeMethods: Schema<MergeMethods> = {
  kind: "merge-method",
  decode: function decode(value, path, report): MergeMethods | undefined {
    if (typeof value === "string") return value;
    if (isRecord(value)) {
      const entries = Object.entries(value).map(([key, entry]) => [
        key,
        decode(entry ?? "", [...path, key], report),
      ]);
      return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
    }
    report({
      level: "error",
      path: [...path],
      message: `expected a merge method or a map, found ${JSON.stringify(value)}`,
    });
    return undefined;
  },
};

export const MERGE_METHODS: readonly MergeMethod[] = ["merge", "squash", "rebase"];

/** What to do about a pull request that GitHub says is blocked. */
export const MERGE_BLOCKS_POLICIES = ["ignore", "permit", "block"] as const;

export const tideSchema = object({
  gerrit: object({
    queries: gerritReposSchema,
    ratelimit: integer("Changes asked for at a time; default 5."),
  }),
  sync_period: durationText(),
  status_update_period: durationText(),
  max_goroutines: integer(),
  batch_size_limit: map(integer("0: no limit, -1: no batches.")),
  prioritize_existing_batches: map(boolean()),
  github_merge_blocks_policy: map(likelyOneOf(MERGE_BLOCKS_POLICIES)),
  queries: list(tideQuerySchema),
  merge_method: map(mergeMethods),
  merge_commit_template: map(object({ title: string("A Go template."), body: string("A Go template.") })),
  target_url: string(),
  target_urls: map(string()),
  pr_status_base_url: string(),
  pr_status_base_urls: map(string()),
  blocker_label: string(),
  squash_label: string(),
  rebase_label: string(),
  merge_label: string(),
  context_options: contextOptionsSchema,
  priority: list(object({ labels: list(string()) })),
  display_all_tide_queries_in_status: boolean(),
});
export type TideOptions = Infer<typeof tideSchema>;

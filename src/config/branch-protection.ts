// The branch-protection section: what branchprotector sets on GitHub, and where tide may take required contexts from.
import { boolean, type Infer, integer, list, map, object, string } from "../lib/schema.ts";

const people = { users: list(string()), teams: list(string()) };

const policyFields = {
  unmanaged: boolean(),
  protect: boolean(),
  required_status_checks: object({ contexts: list(string()), strict: boolean() }),
  enforce_admins: boolean(),
  restrictions: object({ apps: list(string()), ...people }),
  require_manually_triggered_jobs: boolean(),
  required_pull_request_reviews: object({
    dismissal_restrictions: object(people),
    dismiss_stale_reviews: boolean(),
    require_code_owner_reviews: boolean(),
    required_approving_review_count: integer(),
    bypass_pull_request_allowances: object(people),
  }),
  required_linear_history: boolean(),
  allow_force_pushes: boolean(),
  allow_deletions: boolean(),
  require_signed_commits: boolean(),
  exclude: list(string("A regex.")),
  include: list(string("A regex.")),
};

const branchPolicySchema = object(policyFields);
export type BranchPolicy = Infer<typeof branchPolicySchema>;

export const branchProtectionSchema = object({
  ...policyFields,
  "protect-tested-repos": boolean(),
  orgs: map(
    object({ ...policyFields, repos: map(object({ ...policyFields, branches: map(branchPolicySchema) })) }),
  ),
  allow_disabled_policies: boolean(),
  allow_disabled_job_policies: boolean(),
  protect_repos_with_optional_jobs: boolean(),
});

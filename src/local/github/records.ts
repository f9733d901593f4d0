// What the emulator remembers: plain JSON records, one table each, spelled as GitHub's API spells them where it has the field.

export type Role = "admin" | "maintain" | "push" | "triage" | "pull";

export interface Account {
  id: number;
  login: string;
  type: "User" | "Bot" | "Organization";
  name: string | null;
  email: string | null;
  created_at: string;
  /** Organizations only: login in lower case to role. */
  members?: Record<string, "admin" | "member">;
  description?: string | null;
}

/** A personal token names a login; an installation's token names the installation and may be narrowed. */
export interface Token {
  token: string;
  login: string;
  installation?: number;
  permissions?: Record<string, string>;
  repository_ids?: number[];
  expires_at?: string;
}

export interface Team {
  id: number;
  org: string;
  slug: string;
  name: string;
  description: string | null;
  privacy: "closed" | "secret";
  parent: string | null;
  members: Record<string, "maintainer" | "member">;
  /** Full name in lower case to role. */
  repos: Record<string, Role>;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Milestone {
  id: number;
  number: number;
  title: string;
  description: string | null;
  state: "open" | "closed";
  creator: string;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
  due_on: string | null;
}

export interface Repo {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  archived: boolean;
  description: string | null;
  homepage: string | null;
  default_branch: string;
  /** Full name of the repository that this one was forked from. */
  parent: string | null;
  collaborators: Record<string, Role>;
  labels: Label[];
  milestones: Milestone[];
  topics: string[];
  /** Branch to the body of PUT /branches/{branch}/protection. */
  protection: Record<string, Record<string, unknown>>;
  settings: Record<string, boolean | string>;
  next_number: number;
  created_at: string;
  updated_at: string;
  pushed_at: string;
}

export interface Pull {
  base: string;
  /** Head commit of the base branch when the PR was opened or last pushed to. */
  base_sha: string;
  head: string;
  /** Full name of the head's repository; null once that is deleted. */
  head_repo: string | null;
  head_sha: string;
  /** Every head there has been, oldest first, in the same sequence of ids as what people and bots did. */
  pushes?: { sha: string; id: number; at: string }[];
  draft: boolean;
  merged_at: string | null;
  merged_by: string | null;
  merge_commit_sha: string | null;
  requested_reviewers: string[];
  requested_teams: string[];
  maintainer_can_modify: boolean;
  /** The last test merge; valid while `of` names the same base and head. */
  trial?: { of: string; commit: string | null };
}

export interface Issue {
  id: number;
  repo: number;
  number: number;
  title: string;
  body: string | null;
  user: string;
  state: "open" | "closed";
  state_reason: string | null;
  labels: string[];
  assignees: string[];
  milestone: number | null;
  locked: boolean;
  lock_reason: string | null;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
  closed_by: string | null;
  /** Shown at the top of the repository's issues. */
  pinned?: boolean;
  /** Logins by kind. */
  reactions?: Record<string, string[]>;
  pull?: Pull;
}

export interface Comment {
  id: number;
  repo: number;
  issue: number;
  user: string;
  body: string;
  created_at: string;
  updated_at: string;
  reactions: Record<string, string[]>;
}

export interface Review {
  id: number;
  repo: number;
  issue: number;
  user: string;
  body: string;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  commit_id: string;
  submitted_at: string | null;
}

export interface ReviewComment {
  id: number;
  repo: number;
  issue: number;
  review: number | null;
  user: string;
  body: string;
  path: string;
  line: number | null;
  side: "LEFT" | "RIGHT";
  diff_hunk: string;
  commit_id: string;
  in_reply_to: number | null;
  created_at: string;
  updated_at: string;
}

export interface IssueEvent {
  id: number;
  repo: number;
  issue: number;
  event: string;
  actor: string;
  created_at: string;
  commit_id: string | null;
  /** What only this kind of event has: label, assignee, milestone, rename, requested_reviewer. */
  detail: Record<string, unknown>;
}

export interface Status {
  id: number;
  repo: number;
  sha: string;
  context: string;
  state: "error" | "failure" | "pending" | "success";
  description: string | null;
  target_url: string | null;
  creator: string;
  created_at: string;
}

export interface CheckRun {
  id: number;
  repo: number;
  sha: string;
  suite: number;
  name: string;
  app: number | null;
  status: "queued" | "in_progress" | "completed" | "waiting";
  conclusion: string | null;
  external_id: string;
  details_url: string | null;
  started_at: string;
  completed_at: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
  /** Absent in what older versions stored. */
  annotations?: CheckAnnotation[];
  /** Buttons, of which the App is told when they are pressed. */
  actions?: { label: string; description: string; identifier: string }[];
}

export interface CheckAnnotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: "notice" | "warning" | "failure";
  message: string;
  title?: string;
  raw_details?: string;
}

/** One move of a branch or tag. */
export interface Activity {
  id: number;
  repo: number;
  ref: string;
  before: string;
  after: string;
  timestamp: string;
  activity_type: "push" | "force_push" | "branch_creation" | "branch_deletion";
  actor: string;
}

/** A run of GitHub Actions, which nothing here works on: it stays as it was seeded until it is run again. */
export interface WorkflowRun {
  id: number;
  repo: number;
  name: string;
  head_branch: string;
  head_sha: string;
  event: string;
  status: string;
  conclusion: string | null;
  run_attempt: number;
  created_at: string;
  updated_at: string;
}

export interface Hook {
  id: number;
  /** `org` or `org/repo`, in lower case. */
  scope: string;
  active: boolean;
  events: string[];
  config: { url: string; content_type: string; secret?: string; insecure_ssl: string };
  created_at: string;
  updated_at: string;
}

export interface App {
  id: number;
  slug: string;
  name: string;
  owner: string;
  description: string;
  client_id: string;
  client_secret: string;
  webhook_secret: string;
  public_key: string;
  hook_url: string | null;
  external_url: string;
  redirect_url: string | null;
  setup_url: string | null;
  permissions: Record<string, string>;
  events: string[];
  created_at: string;
  /** A manifest's code to the private key, until it is exchanged. */
  pending?: { code: string; pem: string };
}

export interface Installation {
  id: number;
  app: number;
  account: string;
  /** null means all repositories of the account. */
  repository_ids: number[] | null;
  created_at: string;
}

// GitHub's nouns as its REST API and webhooks spell them, reduced to the fields that Cutwater reads.

export interface RepoRef {
  org: string;
  repo: string;
}

/** An issue or a pull request: GitHub numbers both in one sequence. */
export interface IssueRef extends RepoRef {
  number: number;
}

export const repoName = ({ org, repo }: RepoRef): string => `${org}/${repo}`;

/** One for each repository: GitHub does not tell names apart by case. */
export const repoKey = (repo: RepoRef): string => repoName(repo).toLowerCase();

/** Of `org/repo`, or of `org` with an empty repository. */
export function refOfScope(scope: string): RepoRef {
  const [org = "", repo = ""] = scope.split("/");
  return { org, repo };
}

const ISSUE = /^(?:https?:\/\/[^/\s]+\/)?([\w.-]+)\/([\w.-]+)(?:#|\/pull\/|\/issues\/)([1-9]\d{0,8})$/;

/** `org/repo#7`. */
export const issueName = (issue: IssueRef): string => `${repoName(issue)}#${issue.number}`;

/** Of `org/repo#7`, or of its address; undefined for anything else. */
export function issueOf(text: string): IssueRef | undefined {
  const [, org = "", repo = "", number] = ISSUE.exec(text) ?? [];
  return number === undefined ? undefined : { org, repo, number: Number(number) };
}

/** Whether it may be an org's or a repository's name: what it is not could lead a request astray. */
export const isName = (text: string): boolean => /^[\w.-]+$/.test(text) && text !== "." && text !== "..";

/** Whether a list of orgs and repositories holds this one. */
export const namesRepo = (names: readonly string[] | undefined, repo: RepoRef): boolean =>
  names?.some((name) => name === repo.org || name === repoName(repo)) ?? false;

export interface User {
  login: string;
  id?: number;
  type?: string;
  name?: string | null;
  html_url?: string;
}

export interface Label {
  name: string;
  color?: string;
  description?: string | null;
}

export interface Repository {
  /** Its id in GraphQL. */
  node_id?: string;
  name: string;
  full_name: string;
  owner: User;
  html_url: string;
  default_branch: string;
  private: boolean;
  archived: boolean;
  fork?: boolean;
  /** When any of its branches was last pushed to. */
  pushed_at?: string;
  allow_merge_commit?: boolean;
  allow_squash_merge?: boolean;
  allow_rebase_merge?: boolean;
}

export interface Branch {
  ref: string;
  sha: string;
  repo: Repository | null;
}

export interface Milestone {
  number: number;
  title: string;
  state?: string;
}

export interface Issue {
  /** Its id in GraphQL. */
  node_id?: string;
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  user: User;
  labels: Label[];
  assignees: User[];
  milestone: Milestone | null;
  html_url: string;
  created_at: string;
  updated_at: string;
  /** Present when the issue is a pull request. */
  pull_request?: object;
}

export interface PullRequest extends Omit<Issue, "pull_request"> {
  draft: boolean;
  merged: boolean;
  /** null while GitHub is still computing it. */
  mergeable: boolean | null;
  merge_commit_sha: string | null;
  base: Branch;
  head: Branch;
  requested_reviewers: User[];
  requested_teams?: { slug: string }[];
  additions?: number;
  deletions?: number;
  changed_files?: number;
  commits?: number;
}

export interface IssueComment {
  id: number;
  body: string;
  user: User;
  html_url: string;
  created_at: string;
  updated_at: string;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";

export interface Review {
  id: number;
  body: string | null;
  state: ReviewState;
  user: User;
  html_url: string;
  submitted_at: string;
  commit_id?: string;
}

/** A review to be written. */
export interface DraftReview {
  event: "COMMENT" | "APPROVE" | "REQUEST_CHANGES";
  body: string;
  /** `position` is the line in the file's patch, from 1. */
  comments: { path: string; position: number; body: string }[];
  /** Default: the head. */
  commit_id?: string;
}

export type Reaction = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

export interface ReviewComment {
  id: number;
  body: string;
  user: User;
  html_url: string;
  path: string;
  created_at: string;
  updated_at: string;
}

export interface ChangedFile {
  filename: string;
  status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed" | "unchanged";
  additions: number;
  deletions: number;
  changes: number;
  previous_filename?: string;
  patch?: string;
  sha?: string;
  /** Page of the file as the change leaves it. */
  blob_url?: string;
}

export type StatusState = "pending" | "success" | "failure" | "error";

export interface Status {
  context: string;
  state: StatusState;
  description: string;
  target_url: string;
}

export interface CheckRun {
  id: number;
  name: string;
  status: string;
  conclusion: string | null;
  head_sha: string;
  /** Of its reporter's own. */
  external_id?: string;
  /** Slug of the App that reported it. */
  app?: string;
  /** Its text below the summary. */
  text?: string;
  /** How many annotations it has. */
  annotations?: number;
}

export type CheckConclusion =
  | "success"
  | "failure"
  | "neutral"
  | "cancelled"
  | "skipped"
  | "timed_out"
  | "action_required";

/** A check run to be reported as over. */
export interface CompletedCheckRun {
  name: string;
  head_sha: string;
  conclusion: CheckConclusion;
  /** Tells it apart from other runs of that name: reporting it again finds it. */
  external_id: string;
  output: { title: string; summary: string };
}

/** A remark on lines of a file. */
export interface CheckAnnotation {
  path: string;
  start_line: number;
  end_line: number;
  /** Only where it begins and ends in one line. */
  start_column?: number;
  end_column?: number;
  annotation_level: "notice" | "warning" | "failure";
  message: string;
  title?: string;
}

/** A button beside a check run. */
export interface CheckAction {
  label: string;
  description: string;
  identifier: string;
}

/** How a run stands. */
export interface CheckReport extends Omit<CompletedCheckRun, "conclusion" | "output"> {
  output: { title: string; summary: string; text?: string };
  status: "queued" | "in_progress" | "completed";
  conclusion?: CheckConclusion;
  details_url?: string;
  started_at?: string;
  completed_at?: string;
  annotations: readonly CheckAnnotation[];
  actions: readonly CheckAction[];
}

/** What one request says of a run. GitHub adds the annotations to those that are there, and takes 50 at once. */
export type CheckRunChange = Partial<Omit<CheckReport, "annotations" | "output" | "head_sha">> & {
  output?: CheckReport["output"] & { annotations?: readonly CheckAnnotation[] };
};

/** One run of a workflow of GitHub Actions. */
export interface WorkflowRun {
  id: number;
  name: string;
  /** What started it: pull_request, push, … */
  event: string;
  status: string;
  conclusion: string | null;
  /** From 1; one more each time that it is run again. */
  run_attempt: number;
}

/** One move of a branch, with the time at which GitHub received it (dates of commits are their author's to choose). */
export interface BranchMove {
  /** SHA of the head that it left behind; zeros for a deletion. */
  after: string;
  timestamp: string;
}

/** What a branch protection asks for before a merge. */
export interface BranchProtection {
  /** Contexts that must be green. */
  contexts: string[];
}

export interface Commit {
  sha: string;
  message: string;
  /** SHA of the tree: two commits with the same one have the same content. */
  tree: string;
  parents: string[];
  /** Login of its author's account; only in lists, and only when there is one. */
  author?: string;
}

/** An entry of a git tree, with git's modes: 100644 a file, 120000 a link, 040000 a directory, 160000 a submodule. */
export interface TreeEntry {
  path: string;
  mode: string;
  sha: string;
  /** Bytes; of files alone. */
  size?: number;
}

export interface ListedIssueEvent {
  event: string;
  actor: User | null;
  label?: Label;
  created_at: string;
}

export type MergeMethod = "merge" | "squash" | "rebase";

export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** A login as it is compared: without leading @ and in lower case. */
export const normaliseLogin = (login: string): string => login.replace(/^@/, "").toLowerCase();

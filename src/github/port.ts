// What Cutwater asks of GitHub: reads apart from writes, so that a plugin can be handed the reads alone.
import type {
  BranchMove,
  BranchProtection,
  ChangedFile,
  CheckRun,
  CheckRunChange,
  Commit,
  CompletedCheckRun,
  DraftReview,
  Issue,
  IssueComment,
  IssueRef,
  Label,
  ListedIssueEvent,
  MergeMethod,
  Milestone,
  Permission,
  PullRequest,
  Reaction,
  RepoRef,
  Repository,
  Review,
  ReviewComment,
  Status,
  TreeEntry,
  User,
  WorkflowRun,
} from "../model/github.ts";

/** Lists are whole (all pages) and oldest first. Errors are GitHubError. */
export interface GitHubRead {
  /** The bot's own login; an App's ends in `[bot]`. */
  botLogin(): Promise<string>;
  repository(repo: RepoRef): Promise<Repository>;
  /** SHA of a branch head; undefined when there is no such branch. */
  branchSHA(repo: RepoRef, branch: string): Promise<string | undefined>;
  commit(repo: RepoRef, sha: string): Promise<Commit>;
  issue(issue: IssueRef): Promise<Issue>;
  /**
   * `known`: as webhooks have told of it will do, without whether it can be merged. Not for who acts on its head:
   * a push may not have been told of yet.
   */
  pullRequest(pr: IssueRef, how?: { known?: boolean }): Promise<PullRequest>;
  /** Open ones from that branch, `owner:branch`, into `base`. */
  pullRequestsFrom(repo: RepoRef, head: string, base: string): Promise<PullRequest[]>;
  changedFiles(pr: IssueRef): Promise<ChangedFile[]>;
  /** Commits of the pull request, at most 250: GitHub lists no more. */
  pullRequestCommits(pr: IssueRef): Promise<Commit[]>;
  /** Commits that `head` has and `base` has not, however many. Both are SHAs. */
  commitsBetween(repo: RepoRef, base: string, head: string): Promise<Commit[]>;
  /** Names of refs that begin with this, e.g. `heads/release-`, without their `refs/`. */
  matchingRefs(repo: RepoRef, prefix: string): Promise<string[]>;
  issueLabels(issue: IssueRef): Promise<Label[]>;
  repositoryLabels(repo: RepoRef): Promise<Label[]>;
  /** Open milestones. */
  milestones(repo: RepoRef): Promise<Milestone[]>;
  comments(issue: IssueRef): Promise<IssueComment[]>;
  reviews(pr: IssueRef): Promise<Review[]>;
  reviewComments(pr: IssueRef): Promise<ReviewComment[]>;
  issueEvents(issue: IssueRef): Promise<ListedIssueEvent[]>;
  /** Latest status of each context on the commit. */
  statuses(repo: RepoRef, ref: string): Promise<Status[]>;
  /** Every status that the commit has had, newest first. */
  statusHistory(repo: RepoRef, sha: string): Promise<Status[]>;
  /** The latest of each name; with `name` every run of that name, earlier ones too. */
  checkRuns(repo: RepoRef, ref: string, name?: string): Promise<CheckRun[]>;
  /** Runs of GitHub's own workflows for the commit. */
  workflowRuns(repo: RepoRef, sha: string): Promise<WorkflowRun[]>;
  workflowRun(repo: RepoRef, id: number): Promise<WorkflowRun>;
  /** The last moves of a branch, newest first, at most 100. `org` chooses the token: the branch may be a fork's. */
  branchMoves(repo: RepoRef, branch: string, org: string): Promise<BranchMove[]>;
  isMember(org: string, login: string): Promise<boolean>;
  isCollaborator(repo: RepoRef, login: string): Promise<boolean>;
  permission(repo: RepoRef, login: string): Promise<Permission>;
  /** `among`: that these are collaborators may have been found out a short while ago. */
  collaborators(repo: RepoRef, among?: readonly string[]): Promise<User[]>;
  isTeamMember(org: string, team: string, login: string): Promise<boolean>;
  /** Members of a team by its slug or its id, those of its child teams among them. */
  teamMembers(org: string, team: string | number): Promise<User[]>;
  /** undefined when the branch is not protected. */
  branchProtection(repo: RepoRef, branch: string): Promise<BranchProtection | undefined>;
  /** Text of a file at a ref; undefined when there is none. */
  file(repo: RepoRef, path: string, ref: string): Promise<string | undefined>;
  /** The same, byte by byte: not every file is text. */
  fileBytes(repo: RepoRef, path: string, ref: string): Promise<Uint8Array | undefined>;
  /** Paths of all files at a ref, from the git tree. */
  tree(repo: RepoRef, ref: string): Promise<string[]>;
  /** What one directory holds: `sha` is a tree's, or a commit's for its root. Paths are relative to it. */
  directory(repo: RepoRef, sha: string, depth?: "whole" | "flat"): Promise<TreeEntry[]>;
  /** Text of a blob. */
  blob(repo: RepoRef, sha: string): Promise<string>;
  /** The commit from which both have grown; undefined when there is none. */
  mergeBase(repo: RepoRef, base: string, head: string): Promise<string | undefined>;
  /** Repositories of an org. */
  repositories(org: string): Promise<Repository[]>;
  /** The REST issue search; `total` counts all matches. */
  searchIssues(query: string): Promise<{ total: number; items: Issue[] }>;
  /** `org` chooses the installation's token. */
  graphql<T>(query: string, variables: Record<string, unknown>, org: string): Promise<T>;
}

export interface IssueEdit {
  title?: string;
  body?: string;
  state?: "open" | "closed";
  /** Why it is closed, on an issue. */
  state_reason?: "completed" | "not_planned" | "reopened";
  /** Number of the milestone; null takes it off. */
  milestone?: number | null;
}

export interface GitHubWrite {
  addLabels(issue: IssueRef, labels: string[]): Promise<void>;
  /** Removing a label that is not there is success. */
  removeLabel(issue: IssueRef, label: string): Promise<void>;
  /** `notify`: where all comments stand in one, people are to be notified of this. */
  createComment(issue: IssueRef, body: string, how?: { notify?: boolean }): Promise<IssueComment>;
  editComment(repo: RepoRef, id: number, body: string): Promise<void>;
  /** Deleting a comment that is gone is success. */
  deleteComment(repo: RepoRef, id: number): Promise<void>;
  createStatus(repo: RepoRef, sha: string, status: Status): Promise<void>;
  /** GitHub takes check runs from Apps alone. */
  createCheckRun(
    repo: RepoRef,
    run: CompletedCheckRun | (CheckRunChange & { head_sha: string }),
  ): Promise<CheckRun>;
  updateCheckRun(repo: RepoRef, id: number, change: CheckRunChange): Promise<void>;
  /** Runs the failed jobs of a workflow run again. */
  rerunFailedJobs(repo: RepoRef, run: number): Promise<void>;
  /** Lets a workflow run of a fork's pull request start. */
  approveWorkflowRun(repo: RepoRef, run: number): Promise<void>;
  /** `id` is the issue's in GraphQL. */
  pinIssue(org: string, id: string, pinned: boolean): Promise<void>;
  /** Moves an issue to another repository of the org; ids are GraphQL's. */
  transferIssue(org: string, id: string, repositoryId: string): Promise<void>;
  /** Returns who is assigned now; GitHub drops who cannot be. */
  assign(issue: IssueRef, logins: string[]): Promise<User[]>;
  unassign(issue: IssueRef, logins: string[]): Promise<void>;
  /** Returns the logins that GitHub refused. */
  requestReviews(pr: IssueRef, logins: string[]): Promise<string[]>;
  unrequestReviews(pr: IssueRef, logins: string[]): Promise<void>;
  createReview(pr: IssueRef, review: DraftReview): Promise<void>;
  /** Title, text, state and milestone of an issue or a pull request; what is left out stays. */
  editIssue(issue: IssueRef, edit: IssueEdit): Promise<void>;
  react(issue: IssueRef, reaction: Reaction): Promise<void>;
  reactToComment(repo: RepoRef, id: number, reaction: Reaction): Promise<void>;
  /** Deleting a branch that is gone is success. */
  deleteBranch(repo: RepoRef, branch: string): Promise<void>;
  /** The account's own fork, which is made if need be; it may have another name, and takes a while to be there. */
  fork(repo: RepoRef): Promise<RepoRef>;
  /** Returns its number. `head` is a branch, or `owner:branch` of a fork. */
  createPullRequest(
    repo: RepoRef,
    pr: { title: string; body: string; head: string; base: string },
  ): Promise<number>;
  /** Returns its number. */
  createIssue(repo: RepoRef, issue: { title: string; body: string; assignees: string[] }): Promise<number>;
  /**
   * Returns what the base is now. Throws GitHubError 409 when the head has moved or the base changed, 405 when it cannot
   * be merged.
   */
  merge(
    pr: IssueRef,
    merge: { sha: string; method: MergeMethod; title?: string; message?: string },
  ): Promise<string>;
}

/** A request to GitHub's API as a program that is not ours makes it. */
export interface RawRequest {
  method: string;
  /** Path and query below the API's address. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Carries such requests within our limits. What may be asked is for the caller to judge. */
export interface GitHubRelay {
  /** Whether authority can be narrowed to a repository: an App's can, a token's cannot. */
  readonly narrows: boolean;
  /** With authority over that repository alone where it can be narrowed; with an empty `repo`, over the whole org. */
  send(repo: RepoRef, request: RawRequest): Promise<RawAnswer>;
  /** Token for that repository alone; undefined where it cannot be narrowed. */
  token(repo: RepoRef): Promise<string | undefined>;
}

/** One try to bring an event to a hook. */
export interface LoggedDelivery {
  id: string;
  /** X-GitHub-Delivery: the same for all tries. */
  guid: string;
  event: string;
  deliveredAt: string;
  /** Answered 2xx. */
  ok: boolean;
}

export interface DeliveryLog {
  /** What people know the hook by. */
  name: string;
  /** Newest first; whoever has seen enough stops asking. */
  pages(): AsyncIterable<LoggedDelivery[]>;
  redeliver(id: string): Promise<void>;
}

export interface DeliveryLogs {
  /** An App has a hook of its own. */
  own?: DeliveryLog;
  /** Those of the hooks of an org (with an empty `repo`) or a repository that lead to that address. */
  of(place: RepoRef, hookURL: string): Promise<DeliveryLog[]>;
}

export interface GitHub {
  read: GitHubRead;
  write: GitHubWrite;
  relay: GitHubRelay;
  deliveryLogs: DeliveryLogs;
  /** A token for git over HTTPS on that repository, for clones that Cutwater makes itself. */
  gitToken(repo: RepoRef): Promise<string>;
  /** A keyed digest by which all that sign in as this bot know again what one of them wrote. */
  seal(text: string): Promise<string>;
}

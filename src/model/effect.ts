// What Cutwater wants done to the world, as plain values: printed in a dry run, compared, replayed, applied.
// Every effect is safe to repeat; list order is execution order.
import type { CherryPick } from "./cherry-pick.ts";
import type { ConfigMapUpdate } from "./config-map.ts";
import type {
  CheckReport,
  CompletedCheckRun,
  DraftReview,
  IssueRef,
  MergeMethod,
  Reaction,
  RepoRef,
  Status,
} from "./github.ts";
import type { Pod } from "./pod.ts";
import type { ProwJob } from "./prowjob.ts";

export type GitHubEffect =
  | { do: "addLabels"; issue: IssueRef; labels: string[] }
  | { do: "removeLabel"; issue: IssueRef; label: string }
  /**
   * With a `marker` (text contained in `body`), posting again finds the earlier comment and posts none; with `since`,
   * the time of what it answers, only one that is not older. `notify`: even where all that the bot says stands in one
   * comment people are notified of it.
   */
  | { do: "createComment"; issue: IssueRef; body: string; marker?: string; since?: string; notify?: true }
  /** The bot's one comment that begins with `tag` says this: written when there is none, else edited. `body` begins with it. */
  | { do: "keepComment"; issue: IssueRef; tag: string; body: string }
  | { do: "editComment"; repo: RepoRef; id: number; body: string }
  | { do: "deleteComment"; repo: RepoRef; id: number }
  /** `id` is GraphQL's. What came of it is told with `done` or `refused`. */
  | { do: "pinIssue"; issue: IssueRef; id: string; pinned: boolean; done: string; refused: string }
  /** `id` and `repositoryId` are GraphQL's. */
  | { do: "transferIssue"; issue: IssueRef; id: string; repositoryId: string; to: RepoRef }
  /** GitHub silently ignores who cannot be assigned; those are told so with `reply`, its `{logins}` filled in. */
  | { do: "assign"; issue: IssueRef; logins: string[]; reply?: string }
  | { do: "unassign"; issue: IssueRef; logins: string[] }
  | { do: "requestReviews"; issue: IssueRef; logins: string[]; reply?: string }
  | { do: "unrequestReviews"; issue: IssueRef; logins: string[] }
  /** Nothing, when the bot has written that text on that commit before; with `since`, only since that time. */
  | { do: "createReview"; pr: IssueRef; review: DraftReview; since?: string }
  /** `done` is posted when it is; when it cannot be (the branch is gone, say) `refused`, its `{reason}` filled in. */
  | {
      do: "setState";
      issue: IssueRef;
      state: "open" | "closed";
      notPlanned?: boolean;
      done: string;
      refused?: string;
    }
  /** What is left out stays as it is. */
  | { do: "editIssue"; issue: IssueRef; title?: string; body?: string }
  /** The number of a milestone of the repository; null takes it off. */
  | { do: "setMilestone"; issue: IssueRef; milestone: number | null }
  /** On the issue or pull request itself, or on a comment of it. */
  | { do: "react"; issue: IssueRef; commentId?: number; reaction: Reaction }
  | { do: "deleteBranch"; repo: RepoRef; branch: string }
  /** `base`: what they were tested on, and when it was the branch's head. Nothing is merged onto another one. */
  | {
      do: "mergeInOrder";
      repo: RepoRef;
      branch: string;
      base?: { sha: string; seen: string };
      merges: Merge[];
    }
  | CommitEffect;

/** On what GitHub shows beside a commit: statuses, check runs, runs of its workflows. */
export type CommitEffect =
  /** `unlessThere`: somebody may have been here, so nothing when the context says exactly this, or how the same run ended. */
  | { do: "createStatus"; repo: RepoRef; sha: string; status: Status; unlessThere?: true }
  /** Nothing, when a run of that name and `external_id` is there. */
  | { do: "createCheckRun"; repo: RepoRef; run: CompletedCheckRun }
  /**
   * The run of that name and `external_id` says this: reported when there is none (unless `onlyIfThere`), else brought
   * up to date. A run that is over stays so.
   */
  | { do: "reportCheckRun"; repo: RepoRef; report: CheckReport; onlyIfThere?: true }
  /** Unless it has been run again since `attempt`. A refusal is logged and stops nothing. */
  | { do: "rerunFailedJobs"; repo: RepoRef; run: number; attempt: number }
  | { do: "approveWorkflowRun"; repo: RepoRef; run: number };

const COMMIT_EFFECTS: Record<CommitEffect["do"], true> = {
  createStatus: true,
  createCheckRun: true,
  reportCheckRun: true,
  rerunFailedJobs: true,
  approveWorkflowRun: true,
};

export const isCommitEffect = (effect: GitHubEffect): effect is CommitEffect =>
  Object.hasOwn(COMMIT_EFFECTS, effect.do);

/** One merge of a batch: refused by GitHub unless the head still is `sha`. */
export interface Merge {
  number: number;
  sha: string;
  method: MergeMethod;
  title?: string;
  message?: string;
}

export type KubeEffect =
  /** A job of that name that exists already is the same job: success. */
  | { do: "createProwJob"; job: ProwJob }
  /** A JSON merge patch, refused when the object is no longer at `resourceVersion` (if given). */
  | { do: "patchProwJob"; name: string; namespace: string; resourceVersion?: string; patch: object }
  | { do: "deleteProwJob"; name: string; namespace: string; uid?: string }
  | { do: "createPod"; cluster: string; pod: Pod }
  | {
      do: "patchPod";
      cluster: string;
      name: string;
      namespace: string;
      resourceVersion?: string;
      patch: object;
    }
  | { do: "deletePod"; cluster: string; name: string; namespace: string; uid?: string };

const KUBE_EFFECTS: Record<KubeEffect["do"], true> = {
  createProwJob: true,
  patchProwJob: true,
  deleteProwJob: true,
  createPod: true,
  patchPod: true,
  deletePod: true,
};

export const isKubeEffect = (effect: Effect): effect is KubeEffect => Object.hasOwn(KUBE_EFFECTS, effect.do);

export type StorageEffect = {
  do: "writeObject";
  /** `gs://bucket/path`, `file:///dir/path`. */
  url: string;
  content: string;
  contentType: string;
  /** `no-cache` for what is written again and again. */
  cacheControl?: string;
  metadata?: Record<string, string>;
  /** Leave an existing object alone. */
  ifAbsent?: boolean;
};

/**
 * Brings ConfigMaps up to date, each by itself: one that fails stops no other. `reply` tells of those that were, its
 * `{updated}` filled in, unless an earlier reply has.
 */
export interface ConfigMapsEffect {
  do: "updateConfigMaps";
  issue: IssueRef;
  updates: ConfigMapUpdate[];
  reply: string;
}

/**
 * Commits picked and pushed, a pull request of them, and an answer, also when it does not come to that; each by itself:
 * one that fails stops no other.
 */
export interface CherryPickEffect {
  do: "cherryPick";
  picks: CherryPick[];
}

/** To people and programs elsewhere. */
export type MessageEffect =
  /**
   * `host` is one of the Slack workspaces that have a token. Slack knows no way to post once: with the same `key` this
   * process does not post again, but one that starts after a crash may.
   */
  | { do: "postToSlack"; host: string; channel: string; text: string; key: string }
  /** To a Pub/Sub topic; repeated, it is another message, as Pub/Sub delivers at least once anyway. */
  | { do: "publish"; project: string; topic: string; data: string };

export const isMessageEffect = (effect: Effect): effect is MessageEffect =>
  effect.do === "postToSlack" || effect.do === "publish";

export type Effect =
  | GitHubEffect
  | KubeEffect
  | StorageEffect
  | ConfigMapsEffect
  | CherryPickEffect
  | MessageEffect;

// What Cutwater wants done to the world, as plain values: printed in a dry run, compared, replayed, applied.
// Every effect is safe to repeat; list order is execution order.
import type { IssueRef, MergeMethod, RepoRef, Status } from "./github.ts";
import type { Pod } from "./pod.ts";
import type { ProwJob } from "./prowjob.ts";

export type GitHubEffect =
  | { do: "addLabels"; issue: IssueRef; labels: string[] }
  | { do: "removeLabel"; issue: IssueRef; label: string }
  /** With a `marker` (text contained in `body`), posting again finds the earlier comment and posts none. */
  | { do: "createComment"; issue: IssueRef; body: string; marker?: string }
  | { do: "editComment"; repo: RepoRef; id: number; body: string }
  | { do: "deleteComment"; repo: RepoRef; id: number }
  | { do: "createStatus"; repo: RepoRef; sha: string; status: Status }
  /** GitHub silently ignores who cannot be assigned; those are told so with `reply`, its `{logins}` filled in. */
  | { do: "assign"; issue: IssueRef; logins: string[]; reply?: string }
  | { do: "unassign"; issue: IssueRef; logins: string[] }
  | { do: "requestReviews"; issue: IssueRef; logins: string[]; reply?: string }
  | { do: "unrequestReviews"; issue: IssueRef; logins: string[] }
  | { do: "mergeInOrder"; repo: RepoRef; branch: string; merges: Merge[] };

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

export type StorageEffect = {
  do: "writeObject";
  /** `gs://bucket/path`, `file:///dir/path`. */
  url: string;
  content: string;
  contentType: string;
  metadata?: Record<string, string>;
  /** Leave an existing object alone. */
  ifAbsent?: boolean;
};

export type Effect = GitHubEffect | KubeEffect | StorageEffect;

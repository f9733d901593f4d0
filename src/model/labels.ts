// Names that are protocol: Prow's labels and annotations on Kubernetes objects, and the labels on pull requests.

export const CREATED_BY_PROW = "created-by-prow";
export const PROW_JOB_TYPE_LABEL = "prow.k8s.io/type";
export const PROW_JOB_NAME_LABEL = "prow.k8s.io/job";
export const CONTEXT_LABEL = "prow.k8s.io/context";
export const ORG_LABEL = "prow.k8s.io/refs.org";
export const REPO_LABEL = "prow.k8s.io/refs.repo";
export const BASE_REF_LABEL = "prow.k8s.io/refs.base_ref";
export const PULL_LABEL = "prow.k8s.io/refs.pull";
export const PROW_JOB_ID_LABEL = "prow.k8s.io/id";
export const BUILD_ID_LABEL = "prow.k8s.io/build-id";
export const IS_OPTIONAL_LABEL = "prow.k8s.io/is-optional";
export const RETEST_LABEL = "prow.k8s.io/retest";
export const EVENT_GUID_LABEL = "event-GUID";
/** Ours: where in a trace the object was created, in W3C's form. */
export const TRACEPARENT_ANNOTATION = "cutwater/traceparent";
export const CREATED_BY_TIDE_LABEL = "created-by-tide";

export const LGTM = "lgtm";
export const APPROVED = "approved";
export const HOLD = "do-not-merge/hold";
export const WORK_IN_PROGRESS = "do-not-merge/work-in-progress";
export const OK_TO_TEST = "ok-to-test";
export const NEEDS_OK_TO_TEST = "needs-ok-to-test";
export const HELP = "help wanted";
export const GOOD_FIRST_ISSUE = "good first issue";
export const TRIAGE_ACCEPTED = "triage/accepted";
export const CHERRY_PICK_APPROVED = "cherry-pick-approved";
export const CHERRY_PICK_UNAPPROVED = "do-not-merge/cherry-pick-not-approved";
export const CLA_YES = "cncf-cla: yes";
export const CLA_NO = "cncf-cla: no";
export const INVALID_OWNERS = "do-not-merge/invalid-owners-file";
export const BLOCKED_PATHS = "do-not-merge/blocked-paths";
export const MERGE_COMMITS = "do-not-merge/contains-merge-commits";
export const NEEDS_REBASE = "needs-rebase";
export const RELEASE_NOTE_NEEDED = "do-not-merge/release-note-label-needed";

/** Whether a label is set; GitHub does not tell labels apart by case. */
export const hasLabel = (name: string, labels: readonly { name: string }[]): boolean =>
  labels.some((label) => label.name.toLowerCase() === name.toLowerCase());

/** Key of crier's GitHub reporter in `status.prev_report_states`. */
export const GITHUB_REPORTER = "github-reporter";

/** Name of crier's reporter of pod objects to storage, and the finalizer that keeps a pod until it has reported. */
export const POD_REPORTER = "gcsk8sreporter";
export const POD_REPORTER_FINALIZER = `prow.x-k8s.io/${POD_REPORTER}`;
export const PLANK_VERSION_LABEL = "prow.k8s.io/plank-version";
/** How many times a periodic was run again after the first run. */
export const RE_RUN_LABEL = "prow.k8s.io/re-run";

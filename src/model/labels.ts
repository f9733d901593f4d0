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
export const CREATED_BY_TIDE_LABEL = "created-by-tide";

export const LGTM = "lgtm";
export const APPROVED = "approved";
export const HOLD = "do-not-merge/hold";
export const WORK_IN_PROGRESS = "do-not-merge/work-in-progress";
export const OK_TO_TEST = "ok-to-test";
export const NEEDS_OK_TO_TEST = "needs-ok-to-test";

/** Key of crier's GitHub reporter in `status.prev_report_states`. */
export const GITHUB_REPORTER = "github-reporter";

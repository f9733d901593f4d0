// The ProwJob custom resource, prow.k8s.io/v1, in the very field names (mixed snake and camel case) that Prow stores.
import {
  any,
  boolean,
  type Infer,
  integer,
  likelyOneOf,
  list,
  map,
  object,
  oneOf,
  required,
  string,
} from "../lib/schema.ts";
import { decorationConfigSchema } from "./decoration-config.ts";
import type { Kind, ObjectMeta } from "./kube-object.ts";
import type { PodSpec } from "./pod.ts";
import { refsSchema } from "./refs.ts";

export const PROW_JOB_TYPES = ["presubmit", "postsubmit", "periodic", "batch"] as const;
export type ProwJobType = (typeof PROW_JOB_TYPES)[number];

export const PROW_JOB_STATES = [
  "scheduling",
  "triggered",
  "pending",
  "success",
  "failure",
  "aborted",
  "error",
] as const;
export type ProwJobState = (typeof PROW_JOB_STATES)[number];

export const slackReporterSchema = object({
  host: string(),
  channel: string(),
  job_states_to_report: list(likelyOneOf(PROW_JOB_STATES)),
  report_template: string("A Go template over the ProwJob."),
  report: boolean(),
});

export const reporterConfigSchema = object({ slack: slackReporterSchema });

export const rerunAuthConfigSchema = object({
  allow_anyone: boolean(),
  github_team_ids: list(integer()),
  github_team_slugs: list(object({ slug: string(), org: string() })),
  github_users: list(string()),
  github_orgs: list(string()),
});
export type RerunAuthConfig = Infer<typeof rerunAuthConfigSchema>;

export const prowJobDefaultSchema = object({
  resultstore_config: object({ project_id: string() }),
  tenant_id: string(),
});

export const prowJobSpecSchema = object({
  type: required(oneOf(PROW_JOB_TYPES)),
  agent: string("kubernetes, jenkins or tekton-pipeline."),
  cluster: string("Alias of the build cluster."),
  namespace: string("Namespace of the pod."),
  job: required(string()),
  refs: refsSchema,
  extra_refs: list(refsSchema),
  report: boolean("Whether crier reports it to GitHub."),
  context: string("Name of the GitHub status."),
  rerun_command: string(),
  max_concurrency: integer("0 is unlimited."),
  error_on_eviction: boolean(),
  pod_spec: any<PodSpec>(),
  jenkins_spec: any(),
  pipeline_run_spec: any(),
  tekton_pipeline_run_spec: any(),
  decoration_config: decorationConfigSchema,
  reporter_config: reporterConfigSchema,
  rerun_auth_config: rerunAuthConfigSchema,
  hidden: boolean(),
  prowjob_defaults: prowJobDefaultSchema,
  job_queue_name: string(),
});
export type ProwJobSpec = Infer<typeof prowJobSpecSchema>;

export const prowJobStatusSchema = object({
  startTime: string(),
  pendingTime: string(),
  completionTime: string("Set when the job is over; the state alone does not say so."),
  state: oneOf(PROW_JOB_STATES),
  description: string(),
  url: string(),
  pod_revival_count: integer(),
  pod_name: string(),
  build_id: string(),
  jenkins_build_id: string(),
  prev_report_states: map(oneOf(PROW_JOB_STATES)),
});
export type ProwJobStatus = Infer<typeof prowJobStatusSchema>;

export interface ProwJob {
  apiVersion: "prow.k8s.io/v1";
  kind: "ProwJob";
  metadata: ObjectMeta;
  spec: ProwJobSpec;
  status: ProwJobStatus;
}

export const PROW_JOB: Kind<ProwJob> = {
  group: "prow.k8s.io",
  version: "v1",
  plural: "prowjobs",
  kind: "ProwJob",
  namespaced: true,
};

/** Over is what has a completion time; an aborted job without one still awaits its pod's end. */
export const isComplete = (job: ProwJob): boolean => Boolean(job.status.completionTime);

/** In whole seconds and one spelling, so that texts compare as times. */
export const createdAt = ({ metadata }: ProwJob): string => metadata.creationTimestamp ?? "";

const DEFAULT_CLUSTER = "default";

/** Alias of the build cluster that it runs in. */
export const clusterOf = ({ spec }: Pick<ProwJob, "spec">): string => spec.cluster || DEFAULT_CLUSTER;

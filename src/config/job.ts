// The shape of a job in the job files: what every kind shares, and presubmits, postsubmits and periodics.
import { any, boolean, count, flag, type Infer, list, map, object, required, string } from "../lib/schema.ts";
import { decorationConfigSchema } from "../model/decoration-config.ts";
import { prowJobDefaultSchema, reporterConfigSchema, rerunAuthConfigSchema } from "../model/prowjob.ts";
import { refsSchema } from "../model/refs.ts";
import {
  envVarSchema,
  podSpecSchema,
  tolerationSchema,
  volumeMountSchema,
  volumeSchema,
} from "./pod-schema.ts";

const jobBaseFields = {
  name: required(string("Name of the job; matches [A-Za-z0-9-._]+.")),
  labels: map(string(), "Labels of the ProwJob and of its pod; presets are chosen by them."),
  annotations: map(string()),
  max_concurrency: count("Most runs at a time; 0 is unlimited."),
  agent: string("kubernetes (default), jenkins or tekton-pipeline."),
  cluster: string("Alias of the build cluster; default is `default`."),
  namespace: string(),
  error_on_eviction: flag("End with an error, instead of a new pod, when the pod is evicted."),
  spec: podSpecSchema,
  pipeline_run_spec: any(),
  tekton_pipeline_run_spec: object({ v1beta1: any() }),
  reporter_config: reporterConfigSchema,
  rerun_auth_config: rerunAuthConfigSchema,
  hidden: flag(),
  prowjob_defaults: prowJobDefaultSchema,
  job_queue_name: string(),
  decorate: boolean("Whether Prow's pod utilities clone, run and upload."),
  path_alias: string(),
  clone_uri: string(),
  skip_submodules: flag(),
  clone_depth: count(),
  skip_fetch_head: flag(),
  extra_refs: list(refsSchema),
  decoration_config: decorationConfigSchema,
};

const branchFields = {
  branches: list(string("A regex.")),
  skip_branches: list(string("A regex.")),
};

const changeFields = {
  run_if_changed: string("Regex: run when a changed file matches."),
  skip_if_only_changed: string("Regex: skip when all changed files match."),
};

const reportFields = {
  context: string("Name of the GitHub status; default is the job's name."),
  skip_report: flag(),
};

/** What the kinds share, as Go groups it: its loader treats such fields otherwise than a job's own. */
const shared = [object(jobBaseFields), object(branchFields), object(changeFields), object(reportFields)];

const jenkinsSpecSchema = object({ github_branch_source_job: flag() });

export const presubmitSchema = object(
  {
    ...jobBaseFields,
    always_run: boolean(),
    optional: flag("Its status is not needed for merging."),
    trigger: string("Regex for comments that start the job."),
    rerun_command: string("What to comment to run the job again; must match trigger."),
    run_before_merge: flag("Tide runs it before merging, whatever changed."),
    ...branchFields,
    ...changeFields,
    ...reportFields,
    jenkins_spec: jenkinsSpecSchema,
  },
  undefined,
  shared,
);

export const postsubmitSchema = object(
  {
    ...jobBaseFields,
    always_run: boolean("Unset means true."),
    ...changeFields,
    ...branchFields,
    ...reportFields,
    jenkins_spec: jenkinsSpecSchema,
  },
  undefined,
  shared,
);

export const periodicSchema = object(
  {
    ...jobBaseFields,
    interval: string("Time from start to start."),
    minimum_interval: string("Time from end to start."),
    cron: string("Cron expression, in UTC."),
    tags: list(string()),
    retry: object({ run_all: flag(), attempts: count(), interval: string() }),
  },
  undefined,
  shared,
);

export const presetSchema = object({
  labels: map(string(), "The preset goes into every job that has all of these; none means every job."),
  env: list(envVarSchema),
  volumes: list(volumeSchema),
  volumeMounts: list(volumeMountSchema),
  tolerations: list(tolerationSchema),
});
export type Preset = Infer<typeof presetSchema>;

/** What defaulting fills in for every job. */
interface Defaulted {
  agent: string;
  cluster: string;
  namespace: string;
}

/** A job after presets and defaults. The compiled regexes live in lib/re2.ts, keyed by their text. */
export type Presubmit = Infer<typeof presubmitSchema> &
  Defaulted & { context: string; trigger: string; rerun_command: string };
export type Postsubmit = Infer<typeof postsubmitSchema> & Defaulted & { context: string };
export type Periodic = Infer<typeof periodicSchema> & Defaulted;
/** What the three kinds share. */
export type JobBase = Infer<ReturnType<typeof object<typeof jobBaseFields>>> & Defaulted;
/** Which branches and files a presubmit or postsubmit runs for. */
export type Matcher = Pick<
  Presubmit,
  "branches" | "skip_branches" | "run_if_changed" | "skip_if_only_changed"
>;

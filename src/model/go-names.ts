// A ProwJob as Prow's Go templates know it: `.Spec.Job`, `.Status.BuildID`, `.Spec.Refs.Pulls`. One table of names.
import { GoStruct } from "../lib/go/value.ts";
import type { ProwJob } from "./prowjob.ts";

/** Go name to JSON name and what stands there: a zero value, a struct, or a list of structs. */
interface Shape {
  readonly [goName: string]: readonly [
    json: string,
    holds: string | number | boolean | null | Shape | readonly [Shape],
  ];
}

const text = (...names: string[]): Shape =>
  Object.fromEntries(names.map((pair) => pair.split(":")).map(([go, json]) => [go!, [json!, ""] as const]));

const PULL: Shape = {
  Number: ["number", 0],
  ...text("Author:author", "SHA:sha", "Title:title", "Ref:ref", "HeadRef:head_ref"),
  ...text("Link:link", "CommitLink:commit_link", "AuthorLink:author_link"),
};

const REFS: Shape = {
  ...text(
    "Org:org",
    "Repo:repo",
    "RepoLink:repo_link",
    "BaseRef:base_ref",
    "BaseSHA:base_sha",
    "BaseLink:base_link",
  ),
  Pulls: ["pulls", [PULL]],
  ...text("PathAlias:path_alias", "CloneURI:clone_uri"),
  WorkDir: ["workdir", false],
  Auxiliary: ["auxiliary", false],
  SkipSubmodules: ["skip_submodules", false],
  CloneDepth: ["clone_depth", 0],
  SkipFetchHead: ["skip_fetch_head", false],
  BloblessFetch: ["blobless_fetch", null],
  SparseCheckoutFiles: ["sparse_checkout_files", null],
};

const GCS: Shape = {
  ...text("Bucket:bucket", "PathPrefix:path_prefix", "PathStrategy:path_strategy", "DefaultOrg:default_org"),
  ...text("DefaultRepo:default_repo", "JobURLPrefix:job_url_prefix", "LocalOutputDir:local_output_dir"),
  MediaTypes: ["mediaTypes", null],
  CompressFileTypes: ["compress_file_types", null],
};

const SECRET_KEY = text("Name:name", "Key:key");

const DECORATION: Shape = {
  Timeout: ["timeout", null],
  GracePeriod: ["grace_period", null],
  UtilityImages: [
    "utility_images",
    text("CloneRefs:clonerefs", "InitUpload:initupload", "Entrypoint:entrypoint", "Sidecar:sidecar"),
  ],
  GCSConfiguration: ["gcs_configuration", GCS],
  GCSCredentialsSecret: ["gcs_credentials_secret", null],
  S3CredentialsSecret: ["s3_credentials_secret", null],
  DefaultServiceAccountName: ["default_service_account_name", null],
  SSHKeySecrets: ["ssh_key_secrets", null],
  SkipCloning: ["skip_cloning", null],
  CookiefileSecret: ["cookiefile_secret", null],
  OauthTokenSecret: ["oauth_token_secret", SECRET_KEY],
  ...text("GitHubAppID:github_app_id"),
};

const SLACK: Shape = {
  ...text("Host:host", "Channel:channel", "ReportTemplate:report_template"),
  JobStatesToReport: ["job_states_to_report", null],
  Report: ["report", null],
};

const SPEC: Shape = {
  ...text("Type:type", "Agent:agent", "Cluster:cluster", "Namespace:namespace", "Job:job"),
  Refs: ["refs", REFS],
  ExtraRefs: ["extra_refs", [REFS]],
  Report: ["report", false],
  ...text("Context:context", "RerunCommand:rerun_command", "JobQueueName:job_queue_name"),
  MaxConcurrency: ["max_concurrency", 0],
  ErrorOnEviction: ["error_on_eviction", false],
  PodSpec: ["pod_spec", null],
  DecorationConfig: ["decoration_config", DECORATION],
  ReporterConfig: ["reporter_config", { Slack: ["slack", SLACK] }],
  Hidden: ["hidden", false],
  ProwJobDefault: ["prowjob_defaults", text("TenantID:tenant_id")],
};

const STATUS: Shape = {
  StartTime: ["startTime", null],
  PendingTime: ["pendingTime", null],
  CompletionTime: ["completionTime", null],
  ...text("State:state", "Description:description", "URL:url", "PodName:pod_name"),
  ...text("BuildID:build_id", "JenkinsBuildID:jenkins_build_id"),
  PodRevivalCount: ["pod_revival_count", 0],
  PrevReportStates: ["prev_report_states", null],
};

const META: Shape = {
  ...text("Name:name", "Namespace:namespace", "UID:uid", "ResourceVersion:resourceVersion"),
  CreationTimestamp: ["creationTimestamp", null],
  Labels: ["labels", null],
  Annotations: ["annotations", null],
};

function struct(shape: Shape, data: object): GoStruct {
  const fields = Object.entries(shape).map(([name, [json, holds]]) => {
    const value = (data as Record<string, unknown>)[json] ?? undefined;
    return [name, goValue(holds, value)] as const;
  });
  return new GoStruct(fields);
}

function goValue(holds: Shape[string][1], value: unknown): unknown {
  if (holds === null || typeof holds !== "object") return value ?? holds;
  if (isList(holds)) return ((value ?? []) as object[]).map((item) => struct(holds[0], item));
  // A struct that is not there is Go's nil pointer: to ask for its fields is an error.
  return value ? struct(holds, value as object) : null;
}

const isList = (holds: Shape | readonly [Shape]): holds is readonly [Shape] => Array.isArray(holds);

/** The job for `job_url_template`, report templates and Slack's; metadata also at the top, as Go embeds it. */
export function goNames(job: ProwJob): GoStruct {
  const meta = struct(META, job.metadata);
  return new GoStruct([
    ["Kind", job.kind],
    ["APIVersion", job.apiVersion],
    ["ObjectMeta", meta],
    ...meta.fields,
    ["Spec", struct(SPEC, job.spec)],
    ["Status", struct(STATUS, job.status)],
  ]);
}

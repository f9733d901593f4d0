// Reports to Pub/Sub: the states of jobs whose annotations or labels name a topic.
import type { Config } from "../config/config.ts";
import { jobURLPrefix } from "../jobs/job-url.ts";
import type { Effect } from "../model/effect.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { allRefs } from "../model/refs.ts";
import type { Reporter } from "./reporter.ts";

export interface PubSubReporterDeps {
  config: () => Pick<Config, "plank">;
  workers: number;
}

const PROJECT = "prow.k8s.io/pubsub.project";
const TOPIC = "prow.k8s.io/pubsub.topic";
const RUN_ID = "prow.k8s.io/pubsub.runID";

export const pubSubReporter = ({ config, workers }: PubSubReporterDeps): Reporter => ({
  name: "pubsub-reporter",
  workers,
  shouldReport: hasTopic,
  steps: (job) => [{ effects: async () => [publication(job, config())] }],
});

export const hasTopic = (job: ProwJob): boolean => Boolean(mark(job, PROJECT) && mark(job, TOPIC));

export function publication(job: ProwJob, config: Pick<Config, "plank">): Effect {
  const message = pubSubMessage(job, config);
  return { do: "publish", project: message.project, topic: message.topic, data: JSON.stringify(message) };
}

/** Prow's ReportMessage. */
export function pubSubMessage(job: ProwJob, config: Pick<Config, "plank">) {
  const { spec, status } = job;
  const refs = allRefs(spec);
  return {
    project: mark(job, PROJECT),
    topic: mark(job, TOPIC),
    runid: mark(job, RUN_ID),
    status: status.state ?? "",
    url: status.url ?? "",
    gcs_path: storagePath(job, config),
    ...(refs.length > 0 && { refs }),
    job_type: spec.type,
    job_name: spec.job,
    ...(status.description && { message: status.description }),
  };
}

/** Labels are the old way. */
const mark = ({ metadata }: ProwJob, name: string): string =>
  metadata.annotations?.[name] || metadata.labels?.[name] || "";

/** `gs://bucket/path` out of the address of the job's page; "" without one. */
function storagePath(job: ProwJob, config: Pick<Config, "plank">): string {
  const { url } = job.status;
  if (!url) return "";
  const prefix = jobURLPrefix(config, job);
  const path = (url.startsWith(prefix) ? url.slice(prefix.length) : url).replace(/^gcs/, "gs");
  return /^(?:gs|s3)\//.test(path) ? path.replace("/", "://") : `gs://${path}`;
}

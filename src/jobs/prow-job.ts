// A ProwJob for a spec: its name from its cause, its standard labels, its first state.
import { createHash } from "node:crypto";
import type { Config } from "../config/config.ts";
import type { Presubmit } from "../config/job.ts";
import { timestamp } from "../lib/timestamp.ts";
import { EVENT_GUID_LABEL, IS_OPTIONAL_LABEL } from "../model/labels.ts";
import type { ProwJob, ProwJobSpec } from "../model/prowjob.ts";
import { labelsAndAnnotations } from "./labels.ts";

interface Identity {
  /** See prowJobName. */
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  now: Date;
}

type Used = Pick<Config, "prowjob_namespace" | "scheduler">;

/** In state `triggered` (or `scheduling`, where a scheduler is configured), started now. */
export function newProwJob(config: Used, spec: ProwJobSpec, identity: Identity): ProwJob {
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: {
      name: identity.name,
      namespace: config.prowjob_namespace,
      ...labelsAndAnnotations(spec, identity.labels, identity.annotations),
    },
    spec: withSlackReport(spec),
    status: {
      startTime: timestamp(identity.now),
      state: config.scheduler?.enabled ? "scheduling" : "triggered",
    },
  };
}

/** What a presubmit's ProwJob is labelled with beyond the standard. */
export const presubmitLabels = (job: Presubmit, eventGUID: string, more: Record<string, string> = {}) => ({
  ...job.labels,
  ...more,
  [EVENT_GUID_LABEL]: eventGUID,
  [IS_OPTIONAL_LABEL]: String(job.optional ?? false),
});

/** An empty list of states means "never report", but would be lost in the API as if it were unset. */
function withSlackReport(spec: ProwJobSpec): ProwJobSpec {
  const slack = spec.reporter_config?.slack;
  if (!slack || slack.report !== undefined) return spec;
  const report = !(slack.job_states_to_report && slack.job_states_to_report.length === 0);
  return { ...spec, reporter_config: { ...spec.reporter_config, slack: { ...slack, report } } };
}

/** UUID of the namespace in which the names of ProwJobs are derived; any fixed one would do. */
const NAMESPACE = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** A UUID (version 5) of what caused the job: a replay of the cause names the same job and so makes no second one. */
export function prowJobName(...cause: string[]): string {
  const hash = createHash("sha1").update(NAMESPACE).update(JSON.stringify(cause)).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

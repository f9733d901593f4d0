// Prow's metrics about ProwJobs, read from the local copy when they are scraped.
import { Counter, Gauge, type Registry } from "prom-client";
import type { ObjectStore } from "../kube/port.ts";
import { RETEST_LABEL } from "../model/labels.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";

const LABELS = [
  "job_namespace",
  "job_name",
  "type",
  "state",
  "org",
  "repo",
  "base_ref",
  "cluster",
  "retest",
] as const;

/** Returns how to withdraw them, e.g. when the lead is lost. */
export function exposeProwJobMetrics(jobs: ObjectStore<ProwJob>, registry: Registry): () => void {
  const wanted = (job: ProwJob) => job.spec.agent === "kubernetes";
  const gauge = new Gauge({
    name: "prowjobs",
    help: "Number of prowjobs in the system.",
    labelNames: LABELS,
    registers: [registry],
    collect() {
      gauge.reset();
      for (const job of jobs.list()) if (wanted(job)) gauge.inc(labelsOf(job));
    },
  });
  const transitions = new Counter({
    name: "prowjob_state_transitions",
    help: "Number of prowjobs transitioning states.",
    labelNames: LABELS,
    registers: [registry],
  });
  const stop = jobs.onChange((_key, job, old) => {
    if (job && wanted(job) && job.status.state !== old?.status.state) transitions.inc(labelsOf(job));
  });
  return () => {
    stop();
    for (const name of ["prowjobs", "prowjob_state_transitions"]) registry.removeSingleMetric(name);
  };
}

function labelsOf({ metadata, spec, status }: ProwJob): Record<(typeof LABELS)[number], string> {
  const refs = mainRefs(spec);
  return {
    job_namespace: metadata.namespace ?? "",
    job_name: spec.job,
    type: spec.type,
    state: status.state ?? "",
    org: refs?.org ?? "",
    repo: refs?.repo ?? "",
    base_ref: refs?.base_ref ?? "",
    cluster: spec.cluster ?? "",
    retest: String(metadata.labels?.[RETEST_LABEL] === "true"),
  };
}

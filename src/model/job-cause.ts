// On whose behalf something is done about a ProwJob: the webhook that it began with, and what it tests.
import type { Cause } from "../lib/cause.ts";
import { parseTraceparent } from "../lib/trace.ts";
import { EVENT_GUID_LABEL, TRACEPARENT_ANNOTATION } from "./labels.ts";
import type { ProwJob } from "./prowjob.ts";

export function causeOfJob({ metadata, spec }: ProwJob, component: string): Cause {
  const guid = metadata.labels?.[EVENT_GUID_LABEL];
  const { org, repo, base_sha, pulls = [] } = spec.refs ?? {};
  const [first] = pulls;
  const span = spanOfJob({ metadata });
  return {
    component,
    ...(span && { span }),
    ...(guid && { guid }),
    prowjob: metadata.name,
    job: spec.job,
    ...(org && repo && { org, repo }),
    ...(first && { pr: first.number, sha: first.sha }),
    // What a merge has made.
    ...(!first && base_sha && { sha: base_sha }),
    ...(pulls.length > 1 && { pulls: pulls.map(({ number }) => number) }),
  };
}

/** Where in a trace the job was created. */
export const spanOfJob = ({ metadata }: Pick<ProwJob, "metadata">) =>
  parseTraceparent(metadata.annotations?.[TRACEPARENT_ANNOTATION]);

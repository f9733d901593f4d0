// On whose behalf something is done about a ProwJob: the webhook that it began with, and what it tests.
import type { Cause } from "../lib/cause.ts";
import { EVENT_GUID_LABEL } from "./labels.ts";
import type { ProwJob } from "./prowjob.ts";

export function causeOfJob({ metadata, spec }: ProwJob, component: string): Cause {
  const guid = metadata.labels?.[EVENT_GUID_LABEL];
  const { org, repo, base_sha, pulls = [] } = spec.refs ?? {};
  const [first] = pulls;
  return {
    component,
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

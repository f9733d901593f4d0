// What an effect is about, as log fields that people search by.
import type { LogFields } from "../lib/logger.ts";
import type { Effect } from "../model/effect.ts";
import type { ProwJob } from "../model/prowjob.ts";

/** `org`, `repo`, `pr` of what it does to GitHub; `namespace`, `name` and `cluster` of what it does to a cluster. */
export function subjectOf(effect: Effect): LogFields {
  if ("issue" in effect) return { org: effect.issue.org, repo: effect.issue.repo, pr: effect.issue.number };
  if ("pr" in effect) return { org: effect.pr.org, repo: effect.pr.repo, pr: effect.pr.number };
  if ("repo" in effect) return { org: effect.repo.org, repo: effect.repo.repo };
  if (effect.do === "cherryPick") {
    const pr = effect.picks[0]?.pr;
    return { org: pr?.org, repo: pr?.repo, pr: pr?.number };
  }
  if (effect.do === "createProwJob") return ofJob(effect.job);
  if (effect.do === "postToSlack") return { host: effect.host, channel: effect.channel };
  if (effect.do === "publish") return { project: effect.project, topic: effect.topic };
  if (effect.do === "writeObject") return { url: effect.url };
  const { namespace, name } = effect.do === "createPod" ? effect.pod.metadata : effect;
  return { namespace, name, ...("cluster" in effect && { cluster: effect.cluster }) };
}

function ofJob({ metadata, spec }: ProwJob): LogFields {
  const { org, repo, pulls } = spec.refs ?? {};
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    job: spec.job,
    org,
    repo,
    pr: pulls?.[0]?.number,
  };
}

// What an effect is about, as the record finds it again: its own subject, and what it is done on behalf of.
import type { Cause } from "../lib/cause.ts";
import type { Effect } from "../model/effect.ts";
import type { RepoRef } from "../model/github.ts";
import { ORG_LABEL, PROW_JOB_ID_LABEL, PULL_LABEL, REPO_LABEL } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import type { Refs } from "../model/refs.ts";
import type { Entry } from "../record/port.ts";

type About = Pick<Entry, "org" | "repo" | "pulls" | "shas" | "prowjob" | "job">;

export function aboutEffect(effect: Effect, cause: Cause): About {
  const own = ownSubject(effect);
  const { org = cause.org, repo = cause.repo } = own;
  const sameRepo = org !== undefined && org === cause.org && repo === cause.repo;
  const pulls = sameRepo
    ? [...(own.pulls ?? []), ...(cause.pulls ?? []), ...(cause.pr === undefined ? [] : [cause.pr])]
    : (own.pulls ?? []);
  const shas = [...(own.shas ?? []), ...(sameRepo && cause.sha ? [cause.sha] : [])];
  const prowjob = own.prowjob ?? cause.prowjob;
  const job = own.job ?? cause.job;
  return {
    ...(org && repo && { org, repo }),
    ...(pulls.length > 0 && { pulls: [...new Set(pulls)] }),
    ...(shas.length > 0 && { shas: [...new Set(shas)] }),
    ...(prowjob && { prowjob }),
    ...(job && { job }),
  };
}

function ownSubject(effect: Effect): About {
  if ("issue" in effect) return { ...repoOf(effect.issue), pulls: [effect.issue.number] };
  if ("pr" in effect) return { ...repoOf(effect.pr), pulls: [effect.pr.number] };
  if (effect.do === "mergeInOrder") {
    const { repo, merges } = effect;
    return { ...repo, pulls: merges.map(({ number }) => number), shas: merges.map(({ sha }) => sha) };
  }
  if ("repo" in effect) return { ...repoOf(effect.repo), ...shaOf(effect) };
  if (effect.do === "cherryPick") {
    const pr = effect.picks[0]?.pr;
    return pr ? { ...repoOf(pr), pulls: [pr.number] } : {};
  }
  if (effect.do === "createProwJob") {
    const { metadata, spec } = effect.job;
    return { prowjob: metadata.name, job: spec.job, ...aboutRefs(spec.refs) };
  }
  if (effect.do === "patchProwJob" || effect.do === "deleteProwJob") return { prowjob: effect.name };
  if (effect.do === "createPod") return ofPod(effect.pod);
  // A pod has the name of its ProwJob.
  if (effect.do === "patchPod" || effect.do === "deletePod") return { prowjob: effect.name };
  return {};
}

const repoOf = ({ org, repo }: RepoRef): RepoRef => ({ org, repo });

function shaOf(effect: Extract<Effect, { repo: RepoRef }>): Pick<About, "shas"> {
  if (effect.do === "createStatus") return { shas: [effect.sha] };
  if (effect.do === "createCheckRun") return { shas: [effect.run.head_sha] };
  return effect.do === "reportCheckRun" ? { shas: [effect.report.head_sha] } : {};
}

const aboutRefs = (refs: Refs | undefined): About =>
  refs
    ? {
        ...repoOf(refs),
        pulls: (refs.pulls ?? []).map(({ number }) => number),
        shas: (refs.pulls ?? []).map(({ sha }) => sha),
      }
    : {};

function ofPod({ metadata: { name, labels = {} } }: Pod): About {
  const { [ORG_LABEL]: org, [REPO_LABEL]: repo, [PULL_LABEL]: pull } = labels;
  return {
    prowjob: labels[PROW_JOB_ID_LABEL] ?? name,
    ...(org && repo && { org, repo, ...(pull && { pulls: [Number(pull)] }) }),
  };
}

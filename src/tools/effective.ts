// A configured job as it would run: its ProwJob and its Pod, for refs that stand in for a real change.
import type { Config } from "../config/config.ts";
import type { JobBase, Periodic, Postsubmit, Presubmit } from "../config/job.ts";
import { podFor } from "../jobs/pod.ts";
import { newProwJob, prowJobName } from "../jobs/prow-job.ts";
import { securedPod } from "../jobs/secured-pod.ts";
import { periodicSpec, postsubmitSpec, presubmitSpec } from "../jobs/spec.ts";
import { IS_OPTIONAL_LABEL } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import { clusterOf, type ProwJob, type ProwJobSpec } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";

const JOB_KINDS = ["presubmit", "postsubmit", "periodic"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** A job with the key that it stands under; periodics have none. */
export type Configured =
  | { kind: "presubmit"; repo: string; job: Presubmit }
  | { kind: "postsubmit"; repo: string; job: Postsubmit }
  | { kind: "periodic"; repo?: undefined; job: Periodic };

/** What is tested. */
export interface Subject {
  baseRef: string;
  baseSHA: string;
  pull: { number: number; sha: string; author: string; headRef?: string };
}

/** Stands in for what a real event would say. */
export const SAMPLE: Subject = {
  baseRef: "main",
  baseSHA: "0000000000000000000000000000000000000000",
  pull: { number: 1, sha: "1111111111111111111111111111111111111111", author: "octocat" },
};

/** Presubmits, postsubmits, periodics; each in the order of loading. */
export function configuredJobs({ presubmits, postsubmits, periodics }: Config): Configured[] {
  const each = <J>(jobs: Readonly<Record<string, readonly J[]>>) =>
    Object.entries(jobs).flatMap(([repo, list]) => list.map((job) => ({ repo, job })));
  return [
    ...each(presubmits).map((one): Configured => ({ kind: "presubmit", ...one })),
    ...each(postsubmits).map((one): Configured => ({ kind: "postsubmit", ...one })),
    ...periodics.map((job): Configured => ({ kind: "periodic", job })),
  ];
}

/** `org/repo`; of Gerrit's `https://host/path` the host with its scheme is the org, as in Prow. */
export function splitRepo(name: string): { org: string; repo: string } {
  const [, org = "", repo = ""] = /^((?:https?:\/\/)?[^/]*)\/(.*)$/.exec(name) ?? [];
  return { org, repo };
}

function refsOf(config: Config, key: string, subject: Subject, pull: boolean): Refs {
  const { org, repo } = splitRepo(key);
  const link = org.includes("://") ? `${org}/${repo}` : `${config.github.link_url}/${org}/${repo}`;
  const { number, sha, author, headRef } = subject.pull;
  return {
    org,
    repo,
    repo_link: link,
    base_ref: subject.baseRef,
    base_sha: subject.baseSHA,
    base_link: `${link}/commit/${subject.baseSHA}`,
    ...(pull && {
      pulls: [{ number, author, sha, link: `${link}/pull/${number}`, ...(headRef && { head_ref: headRef }) }],
    }),
  };
}

function specOf(config: Config, { kind, repo, job }: Configured, subject: Subject): ProwJobSpec {
  if (kind === "presubmit") return presubmitSpec(job, refsOf(config, repo, subject, true));
  if (kind === "postsubmit") return postsubmitSpec(job, refsOf(config, repo, subject, false));
  return periodicSpec(job);
}

/** Its name and its start are made up, but the same at every call. */
export function effectiveProwJob(config: Config, configured: Configured, subject: Subject): ProwJob {
  const { kind, repo = "", job } = configured;
  return newProwJob(config, specOf(config, configured, subject), {
    name: prowJobName("render", kind, repo, job.name),
    labels: {
      ...job.labels,
      ...(kind === "presubmit" && { [IS_OPTIONAL_LABEL]: String(configured.job.optional ?? false) }),
    },
    annotations: job.annotations,
    now: new Date(0),
  });
}

/** undefined for a job that runs in no pod. */
export function effectivePod(config: Config, prowJob: ProwJob, buildId: string): Pod | undefined {
  if (prowJob.spec.agent !== "kubernetes" || !prowJob.spec.pod_spec) return undefined;
  const built = podFor({ ...prowJob, status: { ...prowJob.status, build_id: buildId } }, buildId);
  const pod = securedPod(config, clusterOf(prowJob), built);
  return { ...pod, metadata: { ...pod.metadata, namespace: prowJob.spec.namespace ?? config.pod_namespace } };
}

/** What tells when a job runs and is not in its ProwJob. */
export const conditionsOf = (job: JobBase & Partial<Presubmit> & Partial<Periodic>): object =>
  JSON.parse(
    JSON.stringify({
      always_run: job.always_run,
      run_if_changed: job.run_if_changed,
      skip_if_only_changed: job.skip_if_only_changed,
      branches: job.branches,
      skip_branches: job.skip_branches,
      run_before_merge: job.run_before_merge,
      optional: job.optional,
      skip_report: job.skip_report,
      trigger: job.trigger,
      interval: job.interval,
      minimum_interval: job.minimum_interval,
      cron: job.cron,
      tags: job.tags,
      retry: job.retry,
    }),
  ) as object;

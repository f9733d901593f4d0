// A job as written to the job as it runs: agent, cluster, namespace, context, trigger, decoration, presets.
import { repoName } from "../model/github.ts";
import type { JobDefaults } from "./decoration-defaults.ts";
import type { Blame } from "./fault.ts";
import type { JobBase, Periodic, Postsubmit, Preset, Presubmit } from "./job.ts";
import { withPresets } from "./presets.ts";

/** What the defaulting of a job needs to know of the whole configuration. */
export interface Surroundings {
  podNamespace: string;
  decorateAll: boolean;
  presets: readonly Preset[];
  defaults: JobDefaults;
}

/** The regex that starts a job by `/test NAME`. */
export const defaultTrigger = (name: string): string => `(?m)^/test( | .* )${name},?($|\\s.*)`;

const defaultRerun = (name: string): string => `/test ${name}`;

export function finishPresubmit(job: Presubmit, repo: string, around: Surroundings, blame: Blame): Presubmit {
  const written = Boolean(job.trigger || job.rerun_command);
  return Object.assign(finishBase(job, repo, around, blame), {
    context: job.context || job.name,
    trigger: written ? (job.trigger ?? "") : defaultTrigger(job.name),
    rerun_command: written ? (job.rerun_command ?? "") : defaultRerun(job.name),
  });
}

export function finishPostsubmit(
  job: Postsubmit,
  repo: string,
  around: Surroundings,
  blame: Blame,
): Postsubmit {
  return Object.assign(finishBase(job, repo, around, blame), { context: job.context || job.name });
}

/** A periodic takes the defaults of the repository that it clones first. */
export function finishPeriodic(job: Periodic, around: Surroundings, blame: Blame): Periodic {
  const first = job.extra_refs?.[0];
  return finishBase(job, first ? repoName(first) : "", around, blame);
}

function finishBase<J extends JobBase>(job: J, repo: string, around: Surroundings, blame: Blame): J {
  const cluster = job.cluster || "default";
  const decorate = job.decorate ?? around.decorateAll;
  const finished: J = {
    ...job,
    agent: job.agent || "kubernetes",
    cluster,
    namespace: job.namespace || around.podNamespace,
    decorate,
    prowjob_defaults: around.defaults.prowJob(repo, cluster, job.prowjob_defaults),
  };
  if (decorate) finished.decoration_config = around.defaults.decoration(repo, cluster, job.decoration_config);
  if (job.spec) finished.spec = withPresets(job.spec, job.labels ?? {}, around.presets, blame);
  return finished;
}

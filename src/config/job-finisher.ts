// Jobs finished and checked one by one, each once: a reload finishes only the jobs of the files that changed.
import type { RawConfig } from "./config.ts";
import { jobDefaults } from "./decoration-defaults.ts";
import { type Blame, blamer, type Fault } from "./fault.ts";
import type { JobBase, Periodic, Postsubmit, Preset, Presubmit } from "./job.ts";
import { finishPeriodic, finishPostsubmit, finishPresubmit, type Surroundings } from "./job-defaults.ts";
import { checkPeriodic, checkPostsubmit, checkPresubmit } from "./validate/jobs.ts";

export interface Done<J> {
  job: J;
  /** Their paths are below the job, their file is not filled in. */
  faults: readonly Fault[];
}

/** A job that is known to be sound is not checked again. */
export interface Finisher {
  presubmit(job: Presubmit, repo: string, isSound?: boolean): Done<Presubmit>;
  postsubmit(job: Postsubmit, repo: string, isSound?: boolean): Done<Postsubmit>;
  periodic(job: Periodic, isSound?: boolean): Done<Periodic>;
}

/** The last one of each main configuration; with other presets it is of no use. */
const finishers = new WeakMap<RawConfig, { presets: readonly Preset[]; finisher: Finisher }>();

export function finisherFor(raw: RawConfig, presets: readonly Preset[]): Finisher {
  const known = finishers.get(raw);
  const same =
    known?.presets.length === presets.length && known.presets.every((preset, i) => preset === presets[i]);
  if (known && same) return known.finisher;
  const finisher = newFinisher(raw, presets);
  finishers.set(raw, { presets, finisher });
  return finisher;
}

function newFinisher(raw: RawConfig, presets: readonly Preset[]): Finisher {
  const around: Surroundings = {
    podNamespace: raw.pod_namespace || "default",
    decorateAll: raw.decorate_all_jobs ?? false,
    presets,
    defaults: jobDefaults(raw),
  };
  const known = {
    podNamespace: around.podNamespace,
    queues: new Set(Object.keys(raw.plank?.job_queue_capacities ?? {})),
  };
  const done = new WeakMap<JobBase, Done<JobBase>>();
  const once = <J extends JobBase>(
    job: J,
    isSound: boolean,
    make: (blame: Blame) => J,
    check: (job: J, blame: Blame) => void,
  ): Done<J> => {
    const before = done.get(job) as Done<J> | undefined;
    if (before) return before;
    const faults: Fault[] = [];
    const blame = blamer(faults, { file: "", path: [] });
    const finished = Object.freeze(make(blame));
    if (!isSound) check(finished, blame);
    done.set(job, { job: finished, faults });
    return { job: finished, faults };
  };
  return {
    presubmit: (job, repo, isSound = false) =>
      once(
        job,
        isSound,
        (blame) => finishPresubmit(job, repo, around, blame),
        (finished, blame) => checkPresubmit(finished, known, blame),
      ),
    postsubmit: (job, repo, isSound = false) =>
      once(
        job,
        isSound,
        (blame) => finishPostsubmit(job, repo, around, blame),
        (finished, blame) => checkPostsubmit(finished, known, blame),
      ),
    periodic: (job, isSound = false) =>
      once(
        job,
        isSound,
        (blame) => finishPeriodic(job, around, blame),
        (finished, blame) => checkPeriodic(finished, known, blame),
      ),
  };
}

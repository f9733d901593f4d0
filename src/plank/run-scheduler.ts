// The scheduler: gives every ProwJob in state scheduling a build cluster and hands it on to plank as triggered.
import type { Config } from "../config/config.ts";
import type { Apply } from "../effects/apply.ts";
import { isConflict } from "../kube/error.ts";
import type { ObjectStore } from "../kube/port.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { workQueue } from "../lib/work-queue.ts";
import type { Effect } from "../model/effect.ts";
import { causeOfJob } from "../model/job-cause.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import { placementOf } from "./build-cluster.ts";
import { ExternalScheduler } from "./external-scheduler.ts";

export interface SchedulerDeps {
  config: () => Pick<Config, "prowjob_namespace" | "scheduler">;
  /** ProwJobs of `prowjob_namespace`. */
  jobs: ObjectStore<ProwJob>;
  apply: Apply;
  web: typeof fetch;
  clock: Clock;
  random: () => number;
  log: Logger;
}

/** An external scheduler that is slow holds up no job of which it has answered. */
const WORKERS = 20;

const concerns = (job: ProwJob): boolean => job.status?.state === "scheduling" && !isComplete(job);

export async function runScheduler(deps: SchedulerDeps, signal: AbortSignal): Promise<void> {
  const { jobs, config, apply, clock, random, log } = deps;
  const external = new ExternalScheduler(deps.web, clock);
  const queue = workQueue({
    clock,
    random,
    workers: WORKERS,
    async work(name) {
      const job = jobs.get(config().prowjob_namespace, name);
      if (!job || !concerns(job)) return;
      const cluster = await clusterFor(job, external, deps);
      await because(causeOfJob(job, "scheduler"), () => apply([assign(job, cluster)]));
      log.info({ name, job: job.spec.job, cluster }, "Cluster assigned");
    },
    onError(name, error, retryInMs) {
      const fields = { name, error: errorText(error), retryInMs };
      if (isConflict(error)) log.debug(fields, "the job has changed meanwhile");
      else log.error(fields, "Scheduling failed");
    },
  });
  const see = (job: ProwJob) => {
    if (concerns(job)) queue.add(job.metadata.name);
  };
  const stop = jobs.onChange((_key, job) => job && see(job));
  jobs.list().forEach(see);
  await queue.run(signal);
  stop();
}

async function clusterFor(job: ProwJob, external: ExternalScheduler, deps: SchedulerDeps): Promise<string> {
  const placement = placementOf(job, deps.config().scheduler);
  if ("cluster" in placement) return placement.cluster;
  const { cluster = "" } = job.spec;
  try {
    return await external.clusterFor(job.spec.job, placement.ask);
  } catch (error) {
    const fields = { job: job.spec.job, cluster, url: placement.ask.url, error: errorText(error) };
    deps.log.warn(fields, "scheduling failed, using Spec.Cluster entry");
    return cluster;
  }
}

function assign(
  { metadata: { name, namespace = "", resourceVersion }, spec }: ProwJob,
  cluster: string,
): Effect {
  const moved = cluster !== (spec.cluster ?? "") && { spec: { cluster } };
  const patch = { ...moved, status: { state: "triggered" } };
  return { do: "patchProwJob", name, namespace, resourceVersion, patch };
}

// Crier: tells the world about the states of jobs, once per reporter and state.
import { Counter, Histogram, type Registry } from "prom-client";
import type { Apply } from "../effects/apply.ts";
import { budgetUntil } from "../github/error.ts";
import { isNotFound } from "../kube/error.ts";
import type { ObjectKey, ObjectStore } from "../kube/port.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { madeOnce } from "../lib/kept/made-once.ts";
import type { Logger } from "../lib/logger.ts";
import { keyedLock } from "../lib/waiting/keyed-lock.ts";
import { pauseUntil } from "../lib/waiting/pause-until.ts";
import { synced } from "../lib/waiting/synced.ts";
import { type WorkQueue, workQueue } from "../lib/work-queue.ts";
import type { RepoRef } from "../model/github.ts";
import { causeOfJob } from "../model/job-cause.ts";
import type { ProwJob, ProwJobState } from "../model/prowjob.ts";
import { allRefs } from "../model/refs.ts";
import type { Reporter } from "./reporter.ts";

export interface CrierDeps {
  prowJobs: ObjectStore<ProwJob>;
  reporters: readonly Reporter[];
  apply: Apply;
  clock: Clock;
  /** 0 ≤ x < 1. */
  random: () => number;
  log: Logger;
  metrics: Registry;
  /** Jobs of other repositories are left to another crier. */
  isEnabled?(repo: RepoRef): boolean;
}

type Metrics = ReturnType<typeof crierMetrics>;

/** Until `signal` aborts; what has begun is finished. Reporters do not wait for each other. */
export async function runCrier(deps: CrierDeps, signal: AbortSignal): Promise<void> {
  const metrics = crierMetrics(deps.metrics);
  const withLock = keyedLock();
  // Of jobs that are there when we begin somebody else may have told; those of a first list that comes late look new.
  await synced(deps.prowJobs, deps.clock, signal);
  await Promise.all(
    deps.reporters
      .filter(({ workers }) => workers > 0)
      .map((reporter) => runReporter(reporter, { deps, metrics, withLock }, signal)),
  );
}

interface Tools {
  deps: CrierDeps;
  metrics: Metrics;
  withLock: ReturnType<typeof keyedLock>;
}

const keyOf = ({ namespace, name }: ObjectKey): string => `${namespace}/${name}`;

async function runReporter(reporter: Reporter, tools: Tools, signal: AbortSignal): Promise<void> {
  const { prowJobs, clock, random, log } = tools.deps;
  /** What was told: nobody shall hear it twice since it could not be written down, or has not come back through the watch. */
  const told = new Map<string, ProwJobState>();
  const written = new Map<string, ProwJobState>();
  /** How many steps have told of a state: what one has said it says no second time because a later one failed. */
  const done = new Map<string, Progress>();
  /** Jobs of which somebody may have told their state. */
  const begun = new Set<string>();
  /** What was seen to be written down: when that is no longer so, somebody else has told something older. */
  const settled = new Map<string, ProwJobState>();
  const queue: WorkQueue = workQueue({
    clock,
    random,
    workers: reporter.workers,
    async work(key) {
      const [namespace = "", name = ""] = key.split("/");
      const job = prowJobs.get(namespace, name);
      if (!job) {
        told.delete(key);
        written.delete(key);
        begun.delete(key);
        settled.delete(key);
        done.delete(key);
        return;
      }
      const { state } = job.status;
      if (state && job.status.prev_report_states?.[reporter.name] === state) {
        written.delete(key);
        settled.set(key, state);
      } else if (state && settled.get(key) === state) {
        told.delete(key);
        begun.add(key);
      }
      if (!state || !isDue(reporter, job, written.get(key), tools.deps)) return;
      const pause = reporter.waitMs?.(job);
      if (pause !== undefined) return queue.addAfter(key, pause);
      await because(causeOfJob(job, "crier"), async () => {
        if (told.get(key) !== state) {
          const again = begun.has(key);
          begun.add(key);
          const known = done.get(key);
          const progress = known?.state === state ? known : { state, steps: 0 };
          done.set(key, progress);
          await tell(reporter, { job, again, progress }, tools);
        }
        told.set(key, state);
        done.delete(key);
        begun.delete(key);
        await writeDown(reporter, job, tools);
        written.set(key, state);
      });
    },
    postponeMs: (key, error) => budgetMs(key, error, tools.deps),
    onError(key, error, retryInMs) {
      tools.metrics.results.inc({ reporter: reporter.name, result: "ERROR" });
      log.error({ error, reporter: reporter.name, prowjob: key, retryInMs }, "Failed to report job.");
    },
  });
  const unsubscribe = prowJobs.onChange((key) => queue.add(keyOf(key)));
  for (const { metadata } of prowJobs.list()) {
    const key = keyOf({ namespace: metadata.namespace ?? "", name: metadata.name });
    begun.add(key);
    queue.add(key);
  }
  await queue.run(signal);
  unsubscribe();
}

/** Until there is budget at GitHub again, which the log is told; undefined: that is not what it failed for. */
function budgetMs(prowjob: string, error: unknown, { clock, log }: CrierDeps): number | undefined {
  const until = budgetUntil([error]);
  if (until === undefined) return undefined;
  const retryInMs = pauseUntil(until, clock.now().getTime());
  log.warn({ error: errorText(error), prowjob, retryInMs }, "Waits for GitHub's budget.");
  return retryInMs;
}

function isDue(
  reporter: Reporter,
  job: ProwJob,
  lately: ProwJobState | undefined,
  { isEnabled }: CrierDeps,
): boolean {
  const { state, prev_report_states } = job.status;
  if (!state || lately === state || prev_report_states?.[reporter.name] === state) return false;
  const refs = allRefs(job.spec);
  const enabled = !isEnabled || refs.length === 0 || refs.some(isEnabled);
  return enabled && reporter.shouldReport(job);
}

interface Progress {
  state: ProwJobState;
  steps: number;
}

async function tell(
  reporter: Reporter,
  { job, again, progress }: { job: ProwJob; again: boolean; progress: Progress },
  { deps, metrics, withLock }: Tools,
): Promise<void> {
  const { name } = job.metadata;
  for (const step of reporter.steps(job, again).slice(progress.steps)) {
    const run = async () => {
      try {
        await deps.apply(await step.effects());
      } catch (error) {
        const other = step.instead?.(error);
        if (!other) throw error;
        await deps.apply(other);
      }
    };
    try {
      await (step.lock === undefined ? run() : withLock(step.lock, run));
    } catch (error) {
      if (!step.isHopeless?.(error)) throw error;
      deps.log.debug({ error, prowjob: name }, "Encountered an error, skipping retries");
      break;
    }
    progress.steps += 1;
  }
  metrics.results.inc({ reporter: reporter.name, result: "SUCCESS" });
}

async function writeDown(reporter: Reporter, job: ProwJob, { deps, metrics }: Tools): Promise<void> {
  const { name, namespace = "" } = job.metadata;
  const patch = { status: { prev_report_states: { [reporter.name]: job.status.state } } };
  await deps.apply([{ do: "patchProwJob", name, namespace, patch }]).catch(ignoreGone);
  if (job.status.completionTime) {
    const seconds = (deps.clock.now().getTime() - Date.parse(job.status.completionTime)) / 1000;
    metrics.latency.observe({ reporter: reporter.name }, seconds);
  }
}

/** The job may have been cleaned up meanwhile. */
function ignoreGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** Once for a process, which may lead more than once. */
const crierMetrics = madeOnce((registry: Registry) => {
  const registers = [registry];
  return {
    latency: new Histogram({
      name: "crier_report_latency",
      help: "Histogram of time spent reporting, calculated by the time difference between job completion and end of reporting.",
      labelNames: ["reporter"] as const,
      buckets: [1, 10, 20, 30, 60, 120, 180, 300, 600, 1200, 1800, 2700, 3600, 5400, 7200],
      registers,
    }),
    results: new Counter({
      name: "crier_reporting_results",
      help: "Count of successful and failed reporting attempts by reporter.",
      labelNames: ["reporter", "result"] as const,
      registers,
    }),
  };
});

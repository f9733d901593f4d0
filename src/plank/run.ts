// The job controller: looks at a ProwJob whenever it or its pod changes, decides, and writes.
import type { Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import type { Apply } from "../effects/apply.ts";
import { jobURLFault } from "../jobs/job-url.ts";
import { isAlreadyExists, isConflict, isRefusal } from "../kube/error.ts";
import type { ObjectStore } from "../kube/port.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import type { Effect } from "../model/effect.ts";
import { causeOfJob } from "../model/job-cause.ts";
import type { Pod } from "../model/pod.ts";
import { clusterOf, isComplete, type ProwJob } from "../model/prowjob.ts";
import { BuildNumbers } from "./build-numbers.ts";
import { concerns, decide, outlives } from "./decide.ts";
import { Expectations } from "./expectations.ts";
import { JobIndex } from "./job-index.ts";
import { Lanes } from "./lanes.ts";
import { exposeProwJobMetrics } from "./metrics.ts";
import { observe, podOf, podsOf, type Sources } from "./observe.ts";
import { isSilence, Silences } from "./silences.ts";
import type { LookAgain, Step } from "./world.ts";

const isEffect = (step: Step): step is Effect => step.do !== "lookAgain" && step.do !== "takeBuildId";

export interface PlankDeps {
  config: () => Config;
  /** ProwJobs of `prowjob_namespace`. */
  jobs: ObjectStore<ProwJob>;
  /** By build cluster alias: pods labelled created-by-prow=true in `pod_namespace`. */
  pods: ReadonlyMap<string, ObjectStore<Pod>>;
  apply: Apply;
  /** A new build ID for a run of this job: a snowflake, or from tot. */
  buildId: (job: string) => Promise<string>;
  /** For the label prow.k8s.io/plank-version. */
  version: string;
  clock: Clock;
  random: () => number;
  log: Logger;
  metrics: Registry;
  /** Jobs looked at side by side for each build cluster; default 50. */
  workers?: number;
}

const WORKERS = 50;
/** Decided anew then, with what is known about the cluster's silence. */
const SILENCE_RETRY_MS = 200;
const CACHE_WAIT_MS = 1_000;
/** The first list of a cluster's pods may be on its way. */
const LIST_WAIT_MS = 1_000;
/** How many waiting jobs are told of a free slot; the first ones may be held up by a limit of their own. */
const WOKEN_BY_A_SLOT = 20;

/** Whether decisions can be made: the jobs and the pods of at least the default cluster are known. */
export const plankReady = ({ jobs, pods }: Pick<PlankDeps, "jobs" | "pods">): boolean =>
  jobs.synced() && (pods.get("default")?.synced() ?? true);

export function runPlank(deps: PlankDeps, signal: AbortSignal): Promise<void> {
  return new Plank(deps).run(signal);
}

class Plank {
  readonly #deps: PlankDeps;
  readonly #sources: Sources;
  readonly #index = new JobIndex();
  readonly #expectations = new Expectations();
  readonly #refusals = new Map<string, string>();
  /** Jobs that wait for a slot, the longest waiting first. */
  readonly #waiting = new Set<string>();
  readonly #queue: Lanes;
  readonly #silences = new Silences();
  readonly #numbers: BuildNumbers;

  constructor(deps: PlankDeps) {
    this.#deps = deps;
    this.#numbers = new BuildNumbers({
      clock: deps.clock,
      random: deps.random,
      next: deps.buildId,
      onNumber: (name) => this.#queue.add(name),
      onError: (name, error, retryInMs) => this.#logFailure(name, error, retryInMs),
    });
    this.#sources = {
      ...deps,
      index: this.#index,
      refusals: this.#refusals,
      numbers: this.#numbers,
      silences: this.#silences,
    };
    this.#queue = new Lanes(deps.pods.keys(), (name) => this.#laneOf(name), {
      clock: deps.clock,
      random: deps.random,
      workers: deps.workers ?? WORKERS,
      work: (name) => this.#look(name),
      isPatient: (name) => this.#isEnding(name),
      onError: (job, error, retryInMs) => this.#logFailure(job, error, retryInMs),
    });
  }

  /** Ten thousand jobs that are aborted at once are not to hold up the next one that begins. */
  #isEnding(name: string): boolean {
    const job = this.#deps.jobs.get(this.#deps.config().prowjob_namespace, name);
    return job?.status.state === "aborted" || (job !== undefined && isComplete(job));
  }

  #laneOf(name: string): string {
    const job = this.#deps.jobs.get(this.#deps.config().prowjob_namespace, name);
    return job ? clusterOf(job) : "";
  }

  async run(signal: AbortSignal): Promise<void> {
    const { jobs, pods, metrics } = this.#deps;
    const stops = [
      exposeProwJobMetrics(jobs, metrics),
      jobs.onChange(({ name }, job) => this.#jobChanged(name, job)),
    ];
    for (const store of pods.values()) stops.push(store.onChange(({ name }) => this.#podChanged(name)));
    for (const job of jobs.list()) this.#jobChanged(job.metadata.name, job);
    for (const [cluster, store] of pods) if (!store.synced()) void this.#awaitPods(cluster, store, signal);
    await Promise.all([this.#queue.run(signal), this.#numbers.run(signal)]);
    for (const stop of stops) stop();
  }

  #jobChanged(name: string, job: ProwJob | undefined): void {
    const wasPending = this.#index.state(name) === "pending";
    if (job && this.#concerns(job)) {
      this.#expectations.open(job, podOf(job, this.#sources) !== undefined, this.#deps.clock.now());
      this.#index.put(this.#expectations.assume(job));
      this.#queue.add(name);
    } else this.#forget(name);
    if (wasPending && this.#index.state(name) !== "pending") this.#wakeWaiting();
  }

  #podChanged(name: string): void {
    const job = this.#deps.jobs.get(this.#deps.config().prowjob_namespace, name);
    // A job that is not there yet is looked at when it comes.
    if (job && this.#concerns(job)) this.#queue.add(name);
  }

  /** Most jobs are over and nothing of them is left: who has just become the leader must not walk through them first. */
  #concerns(job: ProwJob): boolean {
    return concerns(job) && (!isComplete(job) || outlives(job, podOf(job, this.#sources)));
  }

  #wakeWaiting(): void {
    for (const name of [...this.#waiting].slice(0, WOKEN_BY_A_SLOT)) this.#queue.add(name);
  }

  #forget(name: string): void {
    this.#index.remove(name);
    this.#waiting.delete(name);
    this.#refusals.delete(name);
    this.#numbers.drop(name);
    this.#expectations.forget(name);
  }

  async #look(name: string): Promise<void> {
    const job = this.#current(name);
    if (!job) return;
    if (podOf(job, this.#sources)) this.#numbers.drop(name);
    // From here to the expectation nothing is awaited: no other decision can take the same slot.
    this.#index.put(job);
    const now = this.#deps.clock.now();
    const steps = decide(observe(job, this.#sources, now), this.#deps.config(), now);
    const effects = steps.filter(isEffect);
    if (steps.some((step) => step.do === "takeBuildId")) this.#numbers.want(name, job.spec.job);
    this.#schedule(name, steps);
    this.#expectations.expect(effects, this.#deps.clock.now());
    this.#index.put(this.#expectations.assume(job));
    await because(causeOfJob(job, "plank"), () => this.#apply(job, effects));
  }

  /** The job as the caches have it; undefined when there is nothing to decide about it, or not yet. */
  #current(name: string): ProwJob | undefined {
    const { jobs, config, clock } = this.#deps;
    const job = jobs.get(config().prowjob_namespace, name);
    if (!job || !concerns(job)) {
      this.#forget(name);
      return undefined;
    }
    this.#hear(job, podsOf(job, this.#sources));
    const open = this.#expectations.open(job, podOf(job, this.#sources) !== undefined, clock.now());
    if (!open) return job;
    // What is over can wait for the next event of its pod.
    if (!isComplete(job)) this.#queue.addAfter(name, CACHE_WAIT_MS);
    return undefined;
  }

  #hear(job: ProwJob, pods: ObjectStore<Pod> | undefined): void {
    if (pods?.synced() ?? true) return;
    const now = this.#deps.clock.now();
    this.#silences.began(clusterOf(job), pods?.failure?.() ?? "no list of its pods has come yet", now, now);
  }

  /** Asks for all jobs of a cluster, which are looked at once its pods are known; a thousand that ask are work. */
  async #awaitPods(cluster: string, store: ObjectStore<Pod>, signal: AbortSignal): Promise<void> {
    const { clock, jobs } = this.#deps;
    while (!store.synced()) {
      await clock.sleep(LIST_WAIT_MS, signal);
      if (signal.aborted) return;
    }
    this.#silences.ended(cluster);
    for (const job of jobs.list())
      if (clusterOf(job) === cluster && this.#concerns(job)) this.#queue.add(job.metadata.name);
  }

  #schedule(name: string, steps: Step[]): void {
    const again = steps.find((step): step is LookAgain => step.do === "lookAgain");
    if (again) this.#queue.addAfter(name, again.afterMs);
    if (again?.why) this.#deps.log.warn({ name, why: again.why }, "The job cannot start.");
    if (again?.slot) this.#waiting.add(name);
    else this.#waiting.delete(name);
  }

  async #apply(job: ProwJob, effects: Effect[]): Promise<void> {
    const { name } = job.metadata;
    for (const effect of effects) {
      try {
        await this.#onCluster(effect);
        if (effect.do === "createPod") this.#numbers.drop(name);
        this.#logTransition(job, effect);
      } catch (error) {
        // The slot stays taken until the next decision: the server may have done what it did not confirm.
        this.#expectations.forget(name);
        if ("cluster" in effect && isSilence(error)) {
          this.#logFailure(name, error, SILENCE_RETRY_MS);
          this.#queue.addAfter(name, SILENCE_RETRY_MS);
          return;
        }
        // A pod of ours that exists is the one that was meant: this one is somebody else's.
        if (effect.do !== "createPod" || !(isRefusal(error) || isAlreadyExists(error))) throw error;
        const { namespace, name: pod } = effect.pod.metadata;
        const why = `create pod ${namespace}/${pod} in cluster ${effect.cluster}: ${(error as Error).message}`;
        this.#refusals.set(name, why);
        this.#queue.add(name);
        return;
      }
    }
  }

  /** Applies, and notes whether the build cluster answered. */
  async #onCluster(effect: Effect): Promise<void> {
    const { apply, clock } = this.#deps;
    if (effect.do !== "createPod" && effect.do !== "deletePod" && effect.do !== "patchPod") {
      return await apply([effect]);
    }
    const asked = clock.now();
    this.#silences.asking(effect.cluster, asked);
    try {
      await apply([effect]);
      this.#silences.ended(effect.cluster);
    } catch (error) {
      if (isSilence(error)) this.#silences.began(effect.cluster, errorText(error), asked, clock.now());
      else this.#silences.ended(effect.cluster);
      throw error;
    }
  }

  #logTransition(job: ProwJob, effect: Effect): void {
    if (effect.do !== "patchProwJob") return;
    const { status } = effect.patch as { status: ProwJob["status"] };
    if (status.url === "") {
      const fault = jobURLFault(this.#deps.config(), { ...job, status: { ...job.status, ...status } });
      if (fault) this.#deps.log.warn({ name: effect.name, error: fault }, "failed to get jobURL");
    }
    if (!status.state) return;
    const fields = { name: effect.name, job: job.spec.job, type: job.spec.type };
    this.#deps.log.info({ ...fields, from: job.status.state, to: status.state }, "Transitioning states.");
  }

  #logFailure(name: string, error: unknown, retryInMs: number): void {
    const fields = { name, error: (error as Error).message, retryInMs };
    // Someone else was faster (crier writes too): the watch brings what is true now.
    if (isConflict(error)) this.#deps.log.debug(fields, "the job has changed meanwhile");
    else this.#deps.log.error(fields, "Reconciliation failed");
  }
}

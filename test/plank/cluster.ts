// A cluster as plain data behind `apply` and two stores, which lag behind it as a watch does.
import { KubeError } from "../../src/kube/error.ts";
import { type MutableStore, objectStore } from "../../src/kube/object-store.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { Pod, PodStatus } from "../../src/model/pod.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { ManualClock } from "../lib/manual-clock.ts";

export class Cluster {
  readonly jobs: MutableStore<ProwJob> = objectStore(silent);
  readonly pods: MutableStore<Pod> = objectStore(silent);
  readonly truth = { jobs: new Map<string, ProwJob>(), pods: new Map<string, Pod>() };
  /** What was asked for, in order, e.g. `createPod a`; refused ones too. */
  readonly asked: string[] = [];
  /** Thrown by the next effects of that kind, one each. */
  readonly failures = new Map<Effect["do"], Error[]>();
  mostPods = 0;
  readonly #clock: ManualClock;
  readonly #lagMs: number;
  #version = 100;

  constructor(clock: ManualClock, lagMs = 50) {
    this.#clock = clock;
    this.#lagMs = lagMs;
    this.jobs.replaceAll([]);
    this.pods.replaceAll([]);
  }

  readonly apply = async (effects: Effect[]): Promise<void> => {
    for (const effect of effects) await this.#one(effect);
  };

  addJob(job: ProwJob): void {
    this.#put(this.truth.jobs, this.jobs, job);
  }

  patchJob(name: string, status: object): void {
    const job = this.truth.jobs.get(name)!;
    this.#put(this.truth.jobs, this.jobs, { ...job, status: merged(job.status, status) });
  }

  podStatus(name: string, status: PodStatus): void {
    this.#put(this.truth.pods, this.pods, { ...this.truth.pods.get(name)!, status });
  }

  livePods(): string[] {
    return [...this.truth.pods.values()]
      .filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed")
      .map(({ metadata }) => metadata.name);
  }

  deletePod(name: string): void {
    const pod = this.truth.pods.get(name);
    if (!pod) return;
    this.truth.pods.delete(name);
    void this.#clock.sleep(this.#lagMs).then(() => this.pods.remove(pod.metadata));
  }

  async #one(effect: Effect): Promise<void> {
    const name = effect.do === "createPod" ? effect.pod.metadata.name : (effect as { name: string }).name;
    this.asked.push(`${effect.do} ${name}`);
    await this.#clock.sleep(1);
    const failure = this.failures.get(effect.do)?.shift();
    if (failure) throw failure;
    if (effect.do === "createPod") {
      if (this.truth.pods.has(name)) return;
      const metadata = { ...effect.pod.metadata, creationTimestamp: this.#clock.now().toISOString() };
      this.#put(this.truth.pods, this.pods, { ...effect.pod, metadata, status: { phase: "Pending" } });
      this.mostPods = Math.max(this.mostPods, this.livePods().length);
    } else if (effect.do === "deletePod") this.deletePod(name);
    else if (effect.do === "patchProwJob") {
      const job = this.truth.jobs.get(name);
      if (!job) throw new KubeError(404, "NotFound", `${name} not found`);
      if (effect.resourceVersion !== job.metadata.resourceVersion) {
        throw new KubeError(409, "Conflict", "the object has been modified");
      }
      const { spec, status } = effect.patch as { spec?: object; status: object };
      this.truth.jobs.set(name, { ...job, spec: { ...job.spec, ...spec } });
      this.patchJob(name, status);
    }
  }

  #put<T extends KubeObject>(truth: Map<string, T>, store: MutableStore<T>, object: T): void {
    const resourceVersion = String(++this.#version);
    const stored = {
      ...object,
      metadata: { uid: `uid-${resourceVersion}`, ...object.metadata, resourceVersion },
    };
    truth.set(object.metadata.name, stored);
    void this.#clock.sleep(this.#lagMs).then(() => store.put(stored));
  }
}

const merged = (old: object, patch: object): object =>
  Object.fromEntries(Object.entries({ ...old, ...patch }).filter(([, value]) => value !== null));

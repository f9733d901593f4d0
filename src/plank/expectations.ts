// What plank has written but not yet seen come back. Until then a job counts as what it will be, and is not decided again.
import type { Effect } from "../model/effect.ts";
import type { ProwJob, ProwJobStatus } from "../model/prowjob.ts";

interface Expectation {
  /** The version that the decision was made on: our write is the next one. */
  version?: string;
  /** A pod is on its way. */
  pod: boolean;
  status: ProwJobStatus;
  until: number;
}

/** A watch that is later than this is broken; deciding again is safe, since patches carry the version. */
const LONGEST_WAIT_MS = 10_000;

export class Expectations {
  readonly #expected = new Map<string, Expectation>();

  /** To be called before `effects` are applied. */
  expect(effects: Effect[], now: Date): void {
    for (const effect of effects) {
      if (effect.do === "patchProwJob") {
        const { status } = effect.patch as { status: ProwJobStatus };
        this.#add(effect.name, { version: effect.resourceVersion, status }, now);
      } else if (effect.do === "createPod") {
        this.#add(effect.pod.metadata.name, { pod: true, status: { state: "pending" } }, now);
      }
    }
  }

  #add(name: string, more: Partial<Expectation>, now: Date): void {
    const known = this.#expected.get(name) ?? { pod: false, status: {} };
    this.#expected.set(name, {
      ...known,
      ...more,
      status: { ...known.status, ...more.status },
      until: now.getTime() + LONGEST_WAIT_MS,
    });
  }

  /** Whether the caches still lag behind. What has arrived is forgotten. */
  open(job: ProwJob, podSeen: boolean, now: Date): boolean {
    const { name, resourceVersion } = job.metadata;
    const expected = this.#expected.get(name);
    if (!expected) return false;
    const unseen =
      (expected.version !== undefined && expected.version === resourceVersion) || (expected.pod && !podSeen);
    if (unseen && now.getTime() < expected.until) return true;
    this.#expected.delete(name);
    return false;
  }

  /** A job that is about to be pending counts as pending; one that is about to end counts until its end is seen. */
  assume(job: ProwJob): ProwJob {
    const status = this.#expected.get(job.metadata.name)?.status;
    return status?.state === "pending" ? { ...job, status: { ...job.status, ...status } } : job;
  }

  forget(name: string): void {
    this.#expected.delete(name);
  }
}

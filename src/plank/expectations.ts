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
  expect(job: ProwJob, effects: Effect[], now: Date): void {
    for (const effect of effects) {
      if (effect.do === "patchProwJob" && effect.name === job.metadata.name) {
        const { status } = effect.patch as { status: ProwJobStatus };
        this.#add(job, { version: effect.resourceVersion, status }, now);
      } else if (effect.do === "createPod") {
        this.#add(job, { pod: true, status: { state: "pending" } }, now);
      }
    }
  }

  #add(job: ProwJob, more: Partial<Expectation>, now: Date): void {
    const { name } = job.metadata;
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

  /** The job with what is expected of it. */
  assume(job: ProwJob): ProwJob {
    const expected = this.#expected.get(job.metadata.name);
    return expected ? { ...job, status: { ...job.status, ...expected.status } } : job;
  }

  forget(name: string): void {
    this.#expected.delete(name);
  }
}

// The live jobs by what limits count: name, queue, refs. Kept by events, so that no decision walks through every job.
import type { ProwJob } from "../model/prowjob.ts";
import { concerns } from "./decide.ts";
import { identityOf } from "./duplicates.ts";

/** Jobs are held as they are expected to be once what was written has come back, see expectations.ts. */
export class JobIndex {
  readonly #jobs = new Map<string, ProwJob>();
  readonly #groups = new Map<string, Set<string>>();
  #pending = 0;

  /** Takes the place of what was known of this job; a job that is neither triggered nor pending leaves. */
  put(job: ProwJob): void {
    const { name } = job.metadata;
    const { state } = job.status;
    const old = this.#jobs.get(name);
    if (!concerns(job) || (state !== "triggered" && state !== "pending")) {
      this.remove(name);
      return;
    }
    if (old?.status.state === "pending") this.#pending--;
    if (state === "pending") this.#pending++;
    // Same place in the order of arrival; groups never change, since a spec's identity does not.
    this.#jobs.set(name, job);
    if (!old) for (const group of groupsOf(job)) this.#group(group).add(name);
  }

  remove(name: string): void {
    const old = this.#jobs.get(name);
    if (!old) return;
    if (old.status.state === "pending") this.#pending--;
    this.#jobs.delete(name);
    for (const group of groupsOf(old)) {
      const members = this.#groups.get(group);
      members?.delete(name);
      if (members?.size === 0) this.#groups.delete(group);
    }
  }

  get pending(): number {
    return this.#pending;
  }

  state(name: string): ProwJob["status"]["state"] {
    return this.#jobs.get(name)?.status.state;
  }

  duplicatesOf(job: ProwJob): ProwJob[] {
    const identity = identityOf(job);
    return identity === undefined ? [] : this.#members(`refs ${identity}`);
  }

  sameName(job: ProwJob): ProwJob[] {
    return this.#members(`name ${job.spec.job}`);
  }

  sameQueue(job: ProwJob): ProwJob[] {
    return job.spec.job_queue_name ? this.#members(`queue ${job.spec.job_queue_name}`) : [];
  }

  #members(group: string): ProwJob[] {
    return [...(this.#groups.get(group) ?? [])].map((name) => this.#jobs.get(name)!);
  }

  #group(group: string): Set<string> {
    let members = this.#groups.get(group);
    if (!members) {
      members = new Set();
      this.#groups.set(group, members);
    }
    return members;
  }
}

function groupsOf(job: ProwJob): string[] {
  const identity = identityOf(job);
  return [
    `name ${job.spec.job}`,
    ...(job.spec.job_queue_name ? [`queue ${job.spec.job_queue_name}`] : []),
    ...(identity === undefined ? [] : [`refs ${identity}`]),
  ];
}

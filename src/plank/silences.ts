// Build clusters that do not answer. Their jobs wait, and end in time; of a thousand only one asks now and then.
import type { KubeError } from "../kube/error.ts";

/** What a decision about a job of such a cluster is made on. */
export interface Silence {
  since: number;
  why: string;
  /** Until it is time to see whether it answers again; 0 when it is. */
  askInMs: number;
}

/** After the first failure; doubles up to the longest. */
const ASK_AGAIN_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** No answer came, or the cluster no longer knows us: nothing that is about one job. */
export const isSilence = (error: unknown): boolean => {
  const { status } = error as Partial<KubeError>;
  return status === 0 || status === 401;
};

export class Silences {
  readonly #silent = new Map<string, { since: number; why: string; pause: number; askAt: number }>();

  /** `asked`: when the request was made that has failed. */
  began(cluster: string, why: string, asked: Date, now: Date): void {
    const known = this.#silent.get(cluster);
    const pause = known ? Math.min(LONGEST_PAUSE_MS, known.pause * 2) : ASK_AGAIN_MS;
    const since = known?.since ?? asked.getTime();
    this.#silent.set(cluster, { since, why, pause, askAt: now.getTime() + pause });
  }

  ended(cluster: string): void {
    this.#silent.delete(cluster);
  }

  /** Somebody asks now; the next one later. */
  asking(cluster: string, now: Date): void {
    const silent = this.#silent.get(cluster);
    if (silent) silent.askAt = now.getTime() + silent.pause;
  }

  of(cluster: string, now: Date): Silence | undefined {
    const silent = this.#silent.get(cluster);
    return (
      silent && { since: silent.since, why: silent.why, askInMs: Math.max(0, silent.askAt - now.getTime()) }
    );
  }
}

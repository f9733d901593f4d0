// In the place of plank and a cluster: every ProwJob is under way at once, and has passed after a minute.
import type { Kube } from "../../src/kube/port.ts";
import { reflect } from "../../src/kube/reflector.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { isComplete, PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";

const JOB_MS = 60_000;
const AGAIN_MS = 5_000;

export interface Jobs {
  /** When each ended, by the head that it tested and its context: milliseconds since 1970. */
  readonly ended: ReadonlyMap<string, number>;
}

export const testedKey = (sha: string, context: string): string => `${sha} ${context}`;

export function passJobs(kube: Kube, clock: Clock, signal: AbortSignal): Jobs {
  const ended = new Map<string, number>();
  const seen = new Set<string>();
  const tools = { clock, log: silent, random: Math.random, signal };
  const store = reflect(kube.read, PROW_JOB, { namespace: "default" }, tools);
  store.onChange((_, job) => {
    if (!job || isComplete(job) || seen.has(job.metadata.name)) return;
    seen.add(job.metadata.name);
    void pass(job);
  });

  async function pass(job: ProwJob): Promise<void> {
    const { name, namespace = "" } = job.metadata;
    const put = async (status: Partial<ProwJob["status"]>) => {
      while (!signal.aborted) {
        try {
          return void (await kube.write.patch(PROW_JOB, namespace, name, { status }));
        } catch {
          await clock.sleep(AGAIN_MS, signal);
        }
      }
    };
    const time = () => new Date(Math.floor(clock.now().getTime() / 1000) * 1000).toISOString();
    await put({ state: "pending", description: "Job triggered.", pendingTime: time() });
    await clock.sleep(JOB_MS, signal);
    await put({ state: "success", description: "Job succeeded.", completionTime: time() });
    const { refs, context = "" } = job.spec;
    for (const { sha } of refs?.pulls ?? []) ended.set(testedKey(sha, context), clock.now().getTime());
  }

  return { ended };
}

// What tide has just started and does not see yet: the same decision made once more is no second action.
import type { ObjectStore } from "../kube/port.ts";
import type { Effect } from "../model/effect.ts";
import type { ProwJob } from "../model/prowjob.ts";

/** A watch tells of a write within moments. What is not there by then is gone, and is started anew. */
const UNSEEN_MS = 30_000;

/** By pool. */
export type JustStarted = Map<string, { names: string; at: number }>;

const jobsOf = (effects: readonly Effect[]): ProwJob["metadata"][] =>
  effects.flatMap((effect) => (effect.do === "createProwJob" ? [effect.job.metadata] : []));

const namesOf = (effects: readonly Effect[]): string =>
  jobsOf(effects)
    .map(({ name }) => name)
    .join();

/** To be called once `effects` are applied. */
export function remember(started: JustStarted, pool: string, effects: readonly Effect[], now: Date): void {
  started.set(pool, { names: namesOf(effects), at: now.getTime() });
}

/** Names come from causes, so that the same ones are the same jobs. */
export function isJustStarted(
  started: JustStarted,
  pool: string,
  effects: readonly Effect[],
  jobs: Pick<ObjectStore<ProwJob>, "get">,
  now: Date,
): boolean {
  const last = started.get(pool);
  if (!last || now.getTime() - last.at >= UNSEEN_MS || last.names !== namesOf(effects)) return false;
  return jobsOf(effects).some(({ namespace = "", name }) => !jobs.get(namespace, name));
}

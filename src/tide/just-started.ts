// What tide has just started and may not see yet: the same decision made once more is no second action.
import type { Effect } from "../model/effect.ts";

/** A watch tells of a write within moments. What is not there by then is gone, and is started anew. */
const UNSEEN_MS = 30_000;

/** By pool: the names of its ProwJobs, and when each was started. */
export type JustStarted = Map<string, Map<string, number>>;

const namesOf = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.do === "createProwJob" ? [effect.job.metadata.name] : []));

/** To be called once `effects` are applied. */
export function remember(started: JustStarted, pool: string, effects: readonly Effect[], now: Date): void {
  const at = now.getTime();
  const young = [...(started.get(pool) ?? [])].filter(([, then]) => at - then < UNSEEN_MS);
  started.set(pool, new Map([...young, ...namesOf(effects).map((name) => [name, at] as const)]));
}

/** Names come from causes, so that the same ones are the same jobs. Of a batch some may be seen already, and not be asked for. */
export function isJustStarted(
  started: JustStarted,
  pool: string,
  effects: readonly Effect[],
  now: Date,
): boolean {
  const names = namesOf(effects);
  const last = started.get(pool);
  const isYoung = (name: string) => now.getTime() - (last?.get(name) ?? Number.NEGATIVE_INFINITY) < UNSEEN_MS;
  return names.length > 0 && names.every(isYoung);
}

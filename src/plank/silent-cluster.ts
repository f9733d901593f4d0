// What becomes of a job whose build cluster does not answer: it waits as long as its pod might, and then says why.
import type { Config } from "../config/config.ts";
import { milliseconds } from "../lib/duration.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Silence } from "./silences.ts";
import type { World } from "./world.ts";

type Timeouts = Pick<Config["plank"], "pod_pending_timeout" | "pod_unscheduled_timeout">;

/** Later than this before its end a job asks no more: the answer might not come in time. */
const LAST_QUESTION_MS = 10_000;

/** `over`: it has waited long enough. Otherwise how long until the next look. undefined: the cluster may be asked. */
export function patience(
  { job, silence, podsKnown }: World,
  timeouts: Timeouts,
  now: Date,
): { over: true; why: string } | { over: false; afterMs: number } | undefined {
  if (!silence) return undefined;
  const left = limitOf(job, timeouts) - (now.getTime() - Math.max(silence.since, startOf(job)));
  if (left <= 0) return { over: true, why: silence.why };
  // All are looked at when the list is there.
  if (!podsKnown) return { over: false, afterMs: left };
  if (silence.askInMs === 0 && left > LAST_QUESTION_MS) return undefined;
  return { over: false, afterMs: Math.min(left, silence.askInMs || left) };
}

/** A job that has had a pod may have it still. */
function limitOf({ spec, status }: ProwJob, timeouts: Timeouts): number {
  const key = status.state === "pending" ? "pod_pending_timeout" : "pod_unscheduled_timeout";
  return milliseconds(spec.decoration_config?.[key] ?? timeouts[key]);
}

const startOf = ({ status }: ProwJob): number => Date.parse(status.startTime ?? "") || 0;

/** Short: it has 91 bytes on a pull request's status before its middle is cut out. */
export const doesNotAnswer = (cluster: string, { why }: Pick<Silence, "why">): string =>
  `Build cluster "${cluster}" does not answer: ${why}`;

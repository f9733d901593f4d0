// Why something is being done and on whose behalf: the log, the record and traces know it without every call handing it on.
import { AsyncLocalStorage } from "node:async_hooks";
import type { SpanContext, Tracer } from "./trace.ts";

/** Who asks GitHub where no plugin does, as budget and metrics know it. */
export interface Caller {
  /** A part of a component. */
  name: string;
  /** Looks through everything now and then: it lets others go first. */
  scan?: boolean;
}

export interface Cause {
  /** Who acts: hook, tide, plank, … */
  component?: string;
  plugin?: string;
  /** X-GitHub-Delivery of the webhook that it began with. */
  guid?: string;
  /** Login of who sent that webhook's event. */
  actor?: string;
  org?: string;
  repo?: string;
  /** Number of the pull request or issue. */
  pr?: number;
  /** When it is about several: a batch. */
  pulls?: readonly number[];
  /** Head under test. */
  sha?: string;
  /** Name of the ProwJob object, and of its job. */
  prowjob?: string;
  job?: string;
  /** Sentences for people. */
  because?: readonly string[];
  caller?: Caller;
  /** What is read now is read to tell how a job has ended, or to merge: at GitHub it goes with those. */
  verdict?: boolean;
  /** Whether it is still this process's to do; absent where it can be nobody else's. */
  holds?: () => Promise<boolean>;
  /** Absent where nothing is traced. */
  tracer?: Tracer;
  span?: SpanContext;
}

const NOBODY: Cause = {};
const causes = new AsyncLocalStorage<Cause>();

export const currentCause = (): Cause => causes.getStore() ?? NOBODY;

/** Does something new: nothing of what is being done now counts for it, but who asks, whether it still may, and where it is traced. */
export function because<T>(cause: Cause, act: () => T): T {
  const { tracer, caller, holds } = currentCause();
  const kept = { ...(tracer && { tracer }), ...(caller && { caller }), ...(holds && { holds }) };
  return causes.run({ ...kept, ...cause }, act);
}

/** Goes on with what is being done, knowing more about it. */
export const within = <T>(more: Cause, act: () => T): T => causes.run({ ...currentCause(), ...more }, act);

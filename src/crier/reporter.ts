// What a reporter is: it turns the state of a job into effects, step by step.
import type { Effect } from "../model/effect.ts";
import type { ProwJob } from "../model/prowjob.ts";

export interface Step {
  /** Steps with the same lock run one after the other, whichever job they are about. */
  lock?: string;
  effects(): Promise<Effect[]>;
  /** Whether this failure will never mend: the job counts as reported, and later steps are left out. */
  isHopeless?(error: unknown): boolean;
  /** What to do when that failure is a refusal that will not pass; undefined: it is a failure like others. */
  instead?(error: unknown): Effect[] | undefined;
}

export interface Reporter {
  /** Its key in `status.prev_report_states`. */
  readonly name: string;
  /** How many jobs are reported side by side. */
  readonly workers: number;
  shouldReport(job: ProwJob): boolean;
  /** How long to wait before another look at a job whose state is not told yet; undefined: it is told now. */
  waitMs?(job: ProwJob): number | undefined;
  /** `again`: it may have been told, by a replica that led before us or by us, without its having been written down. */
  steps(job: ProwJob, again?: boolean): Step[];
}

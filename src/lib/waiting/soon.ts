// What is only worth something soon.
import type { Clock } from "../clock.ts";
import { inTime } from "./in-time.ts";

/** Rejects when `work`, which goes on, is not over within so many milliseconds: "`what` took longer than … ms". */
export async function soon<T>(
  work: Promise<T>,
  { what, ms, clock }: { what: string; ms: number; clock: Pick<Clock, "sleep"> },
): Promise<T> {
  const end = await inTime(work, ms, clock);
  if (end === "late") throw new Error(`${what} took longer than ${ms} ms`);
  return end as T;
}

// Sinker's metrics, under Prow's names: what the last round found and did.
import { Gauge, type Registry } from "prom-client";
import { madeOnce } from "../lib/kept/made-once.ts";

/** Counts by reason. */
export type Tally = Map<string, number>;

export interface Round {
  pods: number;
  prowJobs: number;
  seconds: number;
  podsRemoved: Tally;
  podErrors: Tally;
  jobsRemoved: Tally;
  jobErrors: Tally;
}

/** Once for a process, which may lead more than once. */
export const sinkerMetrics = madeOnce((registry: Registry): ((round: Round) => void) => {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const byReason = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ["reason"], registers: [registry] });

  const pods = gauge("sinker_pods_existing", "Number of the existing pods in each sinker cleaning.");
  const seconds = gauge("sinker_loop_duration_seconds", "Time used in each sinker cleaning.");
  const jobs = gauge(
    "sinker_prow_jobs_existing",
    "Number of the existing prow jobs in each sinker cleaning.",
  );
  const podsRemoved = byReason("sinker_pods_removed", "Number of pods removed in each sinker cleaning.");
  const podErrors = byReason(
    "sinker_pod_removal_errors",
    "Number of errors which occurred in each sinker pod cleaning.",
  );
  const jobsRemoved = byReason(
    "sinker_prow_jobs_cleaned",
    "Number of prow jobs cleaned in each sinker cleaning.",
  );
  const jobErrors = byReason(
    "sinker_prow_jobs_cleaning_errors",
    "Number of errors which occurred in each sinker prow job cleaning.",
  );

  const set = (target: Gauge<"reason">, tally: Tally) => {
    for (const [reason, count] of tally) target.set({ reason }, count);
  };
  return (round) => {
    pods.set(round.pods);
    seconds.set(round.seconds);
    jobs.set(round.prowJobs);
    set(podsRemoved, round.podsRemoved);
    set(podErrors, round.podErrors);
    set(jobsRemoved, round.jobsRemoved);
    set(jobErrors, round.jobErrors);
  };
});

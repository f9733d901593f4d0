// What is wrong with the jobs of one repository, and with the periodics: regexes, triggers, names and contexts twice.
import { CronError, parseCron } from "../../lib/cron.ts";
import { parseDuration } from "../../lib/duration.ts";
import { RegexError } from "../../lib/re2.ts";
import { intersects } from "../branches.ts";
import { checkRegex } from "../check-text.ts";
import type { Blame } from "../fault.ts";
import type { JobBase, Periodic, Postsubmit, Presubmit } from "../job.ts";
import { defaultTrigger } from "../job-defaults.ts";
import { checkJob, type Known } from "./job.ts";

type BlameOf = (job: JobBase) => Blame;

export function checkPresubmit(job: Presubmit, known: Known, blame: Blame): void {
  checkJob("presubmit", job, known, blame);
  checkTrigger(job, blame);
  checkPatterns(job, blame);
  checkRunning(job, job.always_run ?? false, blame);
  checkReport("presubmit", job, blame);
}

export function checkPostsubmit(job: Postsubmit, known: Known, blame: Blame): void {
  checkJob("postsubmit", job, known, blame);
  checkPatterns(job, blame);
  checkRunning(job, job.always_run ?? false, blame);
  checkReport("postsubmit", job, blame);
}

export function checkPeriodic(job: Periodic, known: Known, blame: Blame): void {
  checkJob("periodic", job, known, blame);
  checkSchedule(job, blame);
}

function checkTrigger(job: Presubmit, blame: Blame): void {
  // The default is known to be good, and compiling one for every job would be half of the load.
  if (job.trigger === defaultTrigger(job.name) && !/[\\+*?()|[\]{}^$]/.test(job.name)) return;
  const compiled = checkRegex(
    job.trigger,
    `could not compile trigger regex for ${job.name}`,
    ["trigger"],
    blame,
  );
  if (!job.trigger || !job.rerun_command) {
    blame(
      `either both of job.Trigger and job.RerunCommand must be set, wasnt the case for job "${job.name}"`,
      [job.trigger ? "trigger" : "rerun_command"],
    );
  } else if (compiled && !compiled.test(job.rerun_command)) {
    blame(
      `for job ${job.name}, rerun command "${job.rerun_command}" does not match trigger "${job.trigger}"`,
      ["rerun_command"],
    );
  }
}

function checkPatterns(job: Presubmit | Postsubmit, blame: Blame): void {
  const where = `for ${job.name}: could not compile`;
  if (job.branches?.length) {
    checkRegex(
      job.branches.join("|"),
      `could not set branch regexes ${where} positive branch regex`,
      ["branches"],
      blame,
    );
  }
  if (job.skip_branches?.length) {
    checkRegex(
      job.skip_branches.join("|"),
      `could not set branch regexes ${where} negative branch regex`,
      ["skip_branches"],
      blame,
    );
  }
  for (const field of ["run_if_changed", "skip_if_only_changed"] as const) {
    if (job[field])
      checkRegex(job[field], `could not set change regexes ${where} ${field} regex`, [field], blame);
  }
}

function checkRunning(job: Presubmit | Postsubmit, always: boolean, blame: Blame): void {
  for (const field of ["run_if_changed", "skip_if_only_changed"] as const) {
    if (always && job[field]) {
      blame(
        `job ${job.name} is set to always run but also declares ${field} targets, which are mutually exclusive`,
        [field],
      );
    }
  }
  if (job.run_if_changed && job.skip_if_only_changed) {
    blame(`job ${job.name} declares run_if_changed and skip_if_only_changed, which are mutually exclusive`, [
      "skip_if_only_changed",
    ]);
  }
}

function checkReport(type: string, job: Presubmit | Postsubmit, blame: Blame): void {
  const name = `invalid ${type} job ${job.name ?? ""}`;
  if (!job.skip_report && !job.context) blame(`${name}: job is set to report but has no context configured`);
  const gerrit = "prow.k8s.io/gerrit-report-label";
  if (job.skip_report && job.labels?.[gerrit]) {
    blame(
      `${name}: gerrit report label ${gerrit} set to non-empty string but job is configured to skip reporting.`,
      ["labels", gerrit],
    );
  }
}

/** Two jobs of one name, or of one context, may not meet on a branch. `type` is for the message. */
export function checkTwice(type: string, jobs: readonly (Presubmit | Postsubmit)[], blameOf: BlameOf): void {
  for (const same of groups(jobs, (job) => job.name)) {
    const second = same.find((job, i) => same.slice(0, i).some((other) => meet(job, other)));
    if (second) {
      blameOf(second)(
        `duplicated ${type} jobs (consider both inrepo and central config): [${second.name}]`,
        ["name"],
        "give it another name, or branches that the other has not",
      );
    }
  }
  for (const same of groups(jobs, (job) => job.context)) {
    for (const [i, job] of same.entries()) {
      const other = same.slice(0, i).find((one) => one.name !== job.name && meet(job, one));
      if (other)
        blameOf(job)(
          `jobs ${other.name} and ${job.name} report to the same GitHub context "${job.context}"`,
          ["context"],
        );
    }
  }
}

/** A branch regex that does not compile is blamed by itself. */
function meet(one: Presubmit | Postsubmit, other: Presubmit | Postsubmit): boolean {
  try {
    return intersects(one, other);
  } catch (error) {
    if (error instanceof RegexError) return false;
    throw error;
  }
}

/** Those that share a key with another. */
function groups<J>(jobs: readonly J[], key: (job: J) => string): J[][] {
  return [...Map.groupBy(jobs, key).values()].filter((group) => group.length > 1);
}

export function checkPeriodicNames(jobs: readonly Periodic[], blameOf: BlameOf): void {
  const names = new Set<string>();
  for (const job of jobs) {
    if (names.has(job.name)) blameOf(job)(`duplicated periodic job: ${job.name}`, ["name"]);
    names.add(job.name);
  }
}

function checkSchedule(job: Periodic, blame: Blame): void {
  const set = (["cron", "interval", "minimum_interval"] as const).filter((field) => job[field]);
  if (set.length > 1)
    blame(`cron, interval, and minimum_interval are mutually exclusive in periodic ${job.name}`, [set[1]!]);
  if (set.length === 0)
    blame(`at least one of cron, interval, or minimum_interval must be set in periodic ${job.name}`);
  if (set.length !== 1) return;
  if (job.cron) checkCron(job, job.cron, blame);
  for (const field of ["interval", "minimum_interval"] as const) {
    if (job[field] && parseDuration(job[field]) === undefined) {
      blame(
        `cannot parse duration for ${job.name}: time: invalid duration "${job[field]}"`,
        [field],
        "write it as in Go, e.g. 1h30m",
      );
    }
  }
  if (job.retry && parseDuration(job.retry.interval ?? "") === undefined) {
    blame(
      `cannot parse Retry duration for ${job.name}: time: invalid duration "${job.retry.interval ?? ""}"`,
      ["retry"],
    );
  }
}

function checkCron({ name }: Periodic, cron: string, blame: Blame): void {
  try {
    parseCron(cron);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    blame(`invalid cron string ${cron} in periodic ${name}: ${error.message}`, ["cron"]);
  }
}

// Whether a job would run for a change, and each reason for and against.
import type { Matcher, Periodic, Postsubmit, Presubmit } from "../config/job.ts";
import {
  couldRun,
  hasFileFilter,
  needsExplicitTrigger,
  postsubmitShouldRun,
  shouldRunOn,
  triggerMatches,
} from "../jobs/filter.ts";
import { parseCron } from "../lib/cron.ts";
import { regex } from "../lib/re2.ts";
import { selectPresubmits } from "../plugins/trigger/selection.ts";
import type { Configured } from "./effective.ts";

export interface Reason {
  /** What was looked at, by the field's name where it is one. */
  about: string;
  /** Whether it speaks for running; undefined for a remark. */
  holds?: boolean;
  text: string;
}

export interface Verdict {
  kind: Configured["kind"];
  repo?: string;
  job: string;
  runs: boolean;
  reasons: Reason[];
}

export interface Circumstances {
  /** Base branch; undefined: not asked about. */
  branch?: string;
  files: readonly string[];
  /** Body of a comment on the pull request. */
  comment?: string;
  now: Date;
}

export async function whyRun(configured: Configured, circumstances: Circumstances): Promise<Verdict> {
  const { kind, repo, job } = configured;
  const found =
    kind === "presubmit"
      ? await presubmit(job, circumstances)
      : kind === "postsubmit"
        ? postsubmit(job, circumstances)
        : periodic(job, circumstances);
  return { kind, ...(repo !== undefined && { repo }), job: job.name, ...found };
}

type Found = Pick<Verdict, "runs" | "reasons">;

async function presubmit(job: Presubmit, circumstances: Circumstances): Promise<Found> {
  const { branch, files, comment } = circumstances;
  const reasons = [branchReason(job, branch)];
  const base = anyBranch(job, branch);
  if (comment !== undefined) {
    const facts = { branch: base.branch, changes: async () => [...files], statuses: async () => [] };
    const selected = await selectPresubmits(comment, [base.job], true, facts);
    const runs = selected.length > 0;
    reasons.push(commentReason(job, comment, runs));
    if (!triggerMatches(job, comment)) reasons.push(...changeReasons(job, files));
    return { runs, reasons: [...reasons, ...remarks(job)] };
  }
  const runs = shouldRunOn(base.job, base.branch, files, false, false);
  reasons.push(...changeReasons(job, files));
  if (needsExplicitTrigger(job)) {
    const text = `nothing makes it run by itself; a comment does: ${job.rerun_command}`;
    reasons.push({ about: "trigger", holds: false, text });
  }
  return { runs, reasons: [...reasons, ...remarks(job)] };
}

function postsubmit(job: Postsubmit, { branch, files }: Circumstances): Found {
  const base = anyBranch(job, branch);
  const reasons = [branchReason(job, branch), ...changeReasons(job, files)];
  if (!hasFileFilter(job) && job.always_run === undefined) {
    reasons.push({
      about: "always_run",
      holds: true,
      text: "it is not set, which means true for a postsubmit",
    });
  }
  return { runs: postsubmitShouldRun(base.job, base.branch, files), reasons };
}

function periodic({ cron, interval, minimum_interval: pause }: Periodic, { now }: Circumstances): Found {
  const reasons: Reason[] = [
    { about: "periodic", holds: false, text: "a periodic runs by the clock, whatever is changed" },
  ];
  if (cron) {
    const next = parseCron(cron).next(now);
    const when = next ? `next at ${next.toISOString()}` : "never";
    reasons.push({ about: "cron", text: `${JSON.stringify(cron)}: ${when}` });
  }
  if (interval) reasons.push({ about: "interval", text: `${interval} from start to start` });
  if (pause) reasons.push({ about: "minimum_interval", text: `${pause} from end to start` });
  return { runs: false, reasons };
}

/** Where no branch is asked about, the job's lists do not count. */
function anyBranch<J extends Matcher>(job: J, branch: string | undefined): { job: J; branch: string } {
  if (branch !== undefined) return { job, branch };
  return { job: { ...job, branches: undefined, skip_branches: undefined }, branch: "" };
}

const matching = (patterns: readonly string[] | undefined, text: string): string | undefined =>
  patterns?.find((pattern) => regex(pattern).test(text));

function branchReason(job: Matcher, branch: string | undefined): Reason {
  const { branches = [], skip_branches: skipped = [] } = job;
  const listed = branches.length > 0 || skipped.length > 0;
  if (!listed) return { about: "branches", holds: true, text: "it runs for every branch" };
  if (branch === undefined) {
    const lists = [
      ...(branches.length ? [`branches ${JSON.stringify(branches)}`] : []),
      ...(skipped.length ? [`skip_branches ${JSON.stringify(skipped)}`] : []),
    ];
    return { about: "branches", text: `it has ${lists.join(" and ")}; --branch says which branch is meant` };
  }
  const out = matching(skipped, branch);
  if (out !== undefined) {
    return { about: "skip_branches", holds: false, text: `${branch} matches ${JSON.stringify(out)}` };
  }
  const into = matching(branches, branch);
  if (into !== undefined) {
    return { about: "branches", holds: true, text: `${branch} matches ${JSON.stringify(into)}` };
  }
  const holds = couldRun(job, branch);
  const list = branches.length ? branches : skipped;
  return {
    about: branches.length ? "branches" : "skip_branches",
    holds,
    text: `${branch} matches none of ${JSON.stringify(list)}`,
  };
}

const MOST_FILES = 10;

function filesText(files: readonly string[]): string {
  const more = files.length > MOST_FILES ? ` and ${files.length - MOST_FILES} more` : "";
  return `${files.slice(0, MOST_FILES).join(", ")}${more}`;
}

function changeReasons(job: Matcher & { always_run?: boolean }, files: readonly string[]): Reason[] {
  const { always_run: always, run_if_changed: wanted, skip_if_only_changed: ignored } = job;
  const reasons: Reason[] = [];
  if (always !== undefined) {
    reasons.push({ about: "always_run", holds: always, text: always ? "it is true" : "it is false" });
  }
  if (wanted) {
    const matched = files.filter((file) => regex(wanted).test(file));
    const text = matched.length
      ? `${JSON.stringify(wanted)} matches ${filesText(matched)}`
      : `${JSON.stringify(wanted)} matches none of the ${files.length} changed files`;
    reasons.push({ about: "run_if_changed", holds: matched.length > 0, text });
  }
  if (ignored) {
    const others = files.filter((file) => !regex(ignored).test(file));
    const text = others.length
      ? `${JSON.stringify(ignored)} does not match ${filesText(others)}`
      : `${JSON.stringify(ignored)} matches all of the ${files.length} changed files`;
    reasons.push({ about: "skip_if_only_changed", holds: others.length > 0, text });
  }
  return reasons;
}

function commentReason(job: Presubmit, comment: string, selected: boolean): Reason {
  if (triggerMatches(job, comment)) {
    return { about: "trigger", holds: true, text: `the comment matches ${JSON.stringify(job.trigger)}` };
  }
  return selected
    ? { about: "comment", holds: true, text: "the comment asks for jobs of this kind" }
    : { about: "comment", holds: false, text: `the comment does not ask for it; ${job.rerun_command} would` };
}

function remarks(job: Presubmit): Reason[] {
  return [
    ...(job.run_before_merge
      ? [{ about: "run_before_merge", text: "tide runs it before merging, whatever is changed" }]
      : []),
    ...(job.optional ? [{ about: "optional", text: "its result is not needed for merging" }] : []),
  ];
}

/** Lines for people. */
export function verdictText({ kind, repo, job, runs, reasons }: Verdict): string {
  const sign = ({ holds }: Reason) => (holds === undefined ? " " : holds ? "+" : "-");
  return [
    `${job} (${kind}${repo === undefined ? "" : ` of ${repo}`}): ${runs ? "runs" : "does not run"}`,
    ...reasons.map((reason) => `  ${sign(reason)} ${reason.about}: ${reason.text}`),
  ].join("\n");
}

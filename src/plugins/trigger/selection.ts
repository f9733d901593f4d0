// Which presubmits a comment asks for, and when it asks for help instead. Verbs are case-sensitive, as in Prow.
import type { Presubmit } from "../../config/job.ts";
import { hasFileFilter, needsExplicitTrigger, shouldRun, triggerMatches } from "../../jobs/filter.ts";
import { command } from "../../model/commands.ts";
import type { Status } from "../../model/github.ts";
import {
  type Available,
  NO_TEST_ALL_JOBS,
  RETEST_WITH_TARGET,
  TARGET_NOT_FOUND,
  TEST_WITHOUT_TARGET,
} from "./texts.ts";

export const TEST_ALL = command("(?m)^/test all,?($|\\s.*)");
export const RETEST = command("(?m)^/retest\\s*$");
export const RETEST_REQUIRED = command("(?m)^/retest-required\\s*$");
const TEST_MANUAL_REQUIRED = command("(?m)^/test-manual-required\\s*$");
export const OK_TO_TEST_COMMAND = command("(?m)^/ok-to-test\\s*$");
export const OK_TO_TEST_CANCEL = command("(?m)^/ok-to-test\\s+cancel\\s*$");
const TEST_HELP = command("(?m)^/test[ \\t]*\\?\\s*$");
const EMPTY_TEST = command("(?m)^/test\\s*$");
const RETEST_TARGET = command("(?m)^/retest[ \\t]+\\S+");
const TEST_TARGET = command("(?m)^/test[ \\t]+\\S+");
export const ANY_TEST = command("(?m)^/(?:re)?test\\b");

const COMMANDS = [
  RETEST,
  RETEST_REQUIRED,
  TEST_MANUAL_REQUIRED,
  OK_TO_TEST_COMMAND,
  OK_TO_TEST_CANCEL,
  TEST_ALL,
  EMPTY_TEST,
  RETEST_TARGET,
  TEST_TARGET,
  TEST_HELP,
];

/** Whether the text (without code blocks) is for trigger at all. */
export const concernsTrigger = (text: string, presubmits: readonly Presubmit[]): boolean =>
  COMMANDS.some((pattern) => pattern.test(text)) || presubmits.some((job) => triggerMatches(job, text));

/** Why the text is answered with help, given how many jobs it selects; undefined: it is not. */
export function helpNote(text: string, selected: number): string | undefined {
  if (TEST_HELP.test(text)) return "";
  if (EMPTY_TEST.test(text)) return TEST_WITHOUT_TARGET;
  if (RETEST_TARGET.test(text)) return RETEST_WITH_TARGET;
  if (selected > 0) return undefined;
  if (TEST_ALL.test(text)) return NO_TEST_ALL_JOBS;
  return TEST_TARGET.test(text) ? TARGET_NOT_FOUND : undefined;
}

/** How a filter takes a job: not at all, or with what shouldRun is to be told. */
type Verdict = { forced: boolean; byDefault: boolean } | undefined;
type Filter = (job: Presubmit) => Verdict;

const testAll: Filter = (job) =>
  needsExplicitTrigger(job) ? undefined : { forced: false, byDefault: false };

const asked =
  (body: string): Filter =>
  (job) =>
    triggerMatches(job, body) ? { forced: true, byDefault: true } : undefined;

/** What failed, and automatic jobs that never reported; those only when their files ask for them. */
function retest(statuses: readonly Status[]): Filter {
  const all = new Set(statuses.map(({ context }) => context));
  const failed = new Set(
    statuses.filter(({ state }) => state === "error" || state === "failure").map(({ context }) => context),
  );
  return (job) => {
    const hasFailed = failed.has(job.context);
    const neverReported = !needsExplicitTrigger(job) && !all.has(job.context);
    return hasFailed || neverReported ? { forced: false, byDefault: hasFailed } : undefined;
  };
}

const manualRequired: Filter = (job) =>
  !job.optional && needsExplicitTrigger(job) && !hasFileFilter(job)
    ? { forced: true, byDefault: false }
    : undefined;

/** Facts that are read only when a filter needs them. */
export interface Facts {
  branch: string;
  changes: () => Promise<string[]>;
  statuses: () => Promise<Status[]>;
}

/** Jobs that a comment asks for. `body` is the raw comment: jobs are selected from code blocks too, as in Prow. */
export async function selectPresubmits(
  body: string,
  presubmits: readonly Presubmit[],
  honorOkToTest: boolean,
  facts: Facts,
): Promise<Presubmit[]> {
  // In order of precedence: the first filter that takes a job decides.
  const filters: Filter[] = [asked(body)];
  if (RETEST.test(body)) filters.push(retest(await facts.statuses()));
  if (RETEST_REQUIRED.test(body)) {
    const again = retest(await facts.statuses());
    filters.push((job) => (job.optional ? undefined : again(job)));
  }
  if (TEST_MANUAL_REQUIRED.test(body)) filters.push(manualRequired);
  if ((honorOkToTest && OK_TO_TEST_COMMAND.test(body)) || TEST_ALL.test(body)) filters.push(testAll);
  return filterPresubmits(filters, presubmits, facts);
}

/** Jobs that run by themselves for a change. */
export const automaticPresubmits = (
  presubmits: readonly Presubmit[],
  facts: Pick<Facts, "branch" | "changes">,
): Promise<Presubmit[]> => filterPresubmits([testAll], presubmits, facts);

async function filterPresubmits(
  filters: readonly Filter[],
  presubmits: readonly Presubmit[],
  { branch, changes }: Pick<Facts, "branch" | "changes">,
): Promise<Presubmit[]> {
  const selected: Presubmit[] = [];
  for (const job of presubmits) {
    const verdict = firstVerdict(filters, job);
    if (verdict && (await shouldRun(job, branch, changes, verdict.forced, verdict.byDefault))) {
      selected.push(job);
    }
  }
  return selected;
}

function firstVerdict(filters: readonly Filter[], job: Presubmit): Verdict {
  for (const filter of filters) {
    const verdict = filter(job);
    if (verdict) return verdict;
  }
  return undefined;
}

/** What the help message lists. */
export async function availablePresubmits(
  presubmits: readonly Presubmit[],
  facts: Pick<Facts, "branch" | "changes">,
): Promise<Available> {
  const automatic = await automaticPresubmits(presubmits, facts);
  const commands = presubmits.map(({ rerun_command }) => asked(rerun_command));
  const byCommand = await filterPresubmits(commands, presubmits, facts);
  const rerun = (optional: boolean) =>
    byCommand.filter((job) => Boolean(job.optional) === optional).map((job) => job.rerun_command);
  return { testAll: automatic.map(({ name }) => name), optional: rerun(true), required: rerun(false) };
}

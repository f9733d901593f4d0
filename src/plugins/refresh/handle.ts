// refresh: reads from deck how the jobs of a pull request went, and has them reported once more.
import { compareText } from "../../lib/compare-text.ts";
import { isRecord } from "../../lib/schema.ts";
import { type TextStart, textUpTo } from "../../lib/text-up-to.ts";
import { withoutEndSlashes } from "../../lib/without-end-slashes.ts";
import { command } from "../../model/commands.ts";
import type { Effect } from "../../model/effect.ts";
import type { Event } from "../../model/event.ts";
import type { IssueRef } from "../../model/github.ts";
import type { ProwJob } from "../../model/prowjob.ts";
import type { Context, Plugin } from "../plugin.ts";
import { refresh } from "../refresh.ts";

export interface RefreshOptions {
  /** `--prow-url`: where deck is. */
  prowURL: string;
  /** What reports of these jobs are, all of one pull request and at its head. */
  report(jobs: readonly ProwJob[], context: Pick<Context, "config" | "read">): Promise<Effect[]>;
}

const REFRESH = command(String.raw`(?mi)^/refresh\s*$`);
/** What no report is made of. */
const OMITTED = "annotations,decoration_config,pod_spec";
const TIMEOUT_MS = 60_000;
/** Some 100,000 jobs. */
const MOST_BYTES = 100e6;

type Needs = Pick<Context, "config" | "log" | "read" | "web">;

export const refreshPlugin = (options: RefreshOptions): Plugin => ({
  ...refresh,
  async handle(event: Event, context: Needs): Promise<Effect[]> {
    if (event.kind !== "comment" || event.source !== "issue_comment" || event.action !== "created") return [];
    if (!event.isPR || event.issue.state === "closed" || !REFRESH.test(event.body)) return [];
    const issue = { ...event.repo, number: event.number };
    const all = await prowJobs(options.prowURL, context.web);
    const pr = await context.read.pullRequest(issue);
    const jobs = latest(all.filter((job) => isOf(job, issue, pr.head.sha)));
    if (jobs.length === 0) {
      context.log.info({ ...issue }, "No prowjobs found.");
      return [];
    }
    return options.report(jobs, context);
  },
});

/** That deck does not answer passes: such an error has a `status`. */
async function prowJobs(prowURL: string, web: typeof fetch): Promise<ProwJob[]> {
  let response: Response;
  let answer: TextStart;
  try {
    const url = `${withoutEndSlashes(prowURL)}/prowjobs.js?omit=${OMITTED}`;
    response = await web(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    answer = await textUpTo(response, MOST_BYTES);
  } catch (error) {
    throw Object.assign(new Error("deck does not answer", { cause: error }), { status: 0 });
  }
  const { status } = response;
  if (!response.ok) throw Object.assign(new Error(`status code not 2XX: ${status}`), { status });
  if (!answer.whole) throw new Error(`deck answers with more than ${MOST_BYTES} bytes`);
  const found: unknown = JSON.parse(answer.text);
  const items = isRecord(found) ? (found["items"] ?? []) : undefined;
  if (!Array.isArray(items)) throw new Error("cannot unmarshal data from deck: it has no items");
  return items.filter(isProwJob);
}

/** As far as it is looked at here. */
const isProwJob = (item: unknown): item is ProwJob =>
  isRecord(item) && isRecord(item["metadata"]) && isRecord(item["spec"]) && isRecord(item["status"]);

function isOf({ spec }: ProwJob, { org, repo, number }: IssueRef, head: string): boolean {
  const pull = spec.refs?.pulls?.[0];
  return (
    spec.type === "presubmit" &&
    Boolean(spec.report) &&
    spec.agent === "kubernetes" &&
    spec.refs?.org === org &&
    spec.refs.repo === repo &&
    pull?.number === number &&
    pull.sha === head
  );
}

/** The newest run of each job. */
function latest(jobs: readonly ProwJob[]): ProwJob[] {
  const newest = new Map<string, ProwJob>();
  for (const job of jobs) {
    const known = newest.get(job.spec.job);
    if (!known || started(job) > started(known)) newest.set(job.spec.job, job);
  }
  return [...newest.values()].sort((a, b) => compareText(a.spec.job, b.spec.job));
}

const started = ({ status }: ProwJob): number => Date.parse(status.startTime ?? "") || 0;

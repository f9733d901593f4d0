// /override and /override-sticky: failed contexts pass, with a ProwJob that says so where the context is a job's.
import type { Presubmit } from "../../config/job.ts";
import { statusDescription } from "../../jobs/description.ts";
import { InRepoConfigError } from "../../jobs/repo-jobs.ts";
import { timestamp } from "../../lib/timestamp.ts";
import { isApp } from "../../model/bot.ts";
import type { Effect } from "../../model/effect.ts";
import { type PullRequest, repoName, type Status } from "../../model/github.ts";
import type { ProwJob } from "../../model/prowjob.ts";
import { presubmitJob, presubmitsAt } from "../pull-jobs.ts";
import { checkContexts } from "./check-contexts.ts";
import { type Desk, orTold, parseNames, ToldError } from "./desk.ts";
import { describe, noneGiven, type OverrideCommand, overrode, unknownContexts } from "./texts.ts";

/** What stands at the head of the pull request. */
interface Standing {
  /** Newest first; contexts that the branch requires and that have none come last. */
  statuses: readonly Status[];
  presubmits: readonly Presubmit[];
  /** State by name. */
  checks: ReadonlyMap<string, string>;
}

/** `given` is what stands after each command; `since` are statuses that the same comment has set, oldest first. */
export async function overrideContexts(
  desk: Desk,
  command: OverrideCommand,
  given: string[],
  since: readonly Status[],
): Promise<Effect[]> {
  if (given.length === 0) return [];
  if (given.includes("")) return [desk.reply(noneGiven(command))];
  return orTold(desk, async () => {
    const names = new Set(given.flatMap(parseNames));
    const pr = await desk.pullRequestFor(command);
    const standing = await observe(desk, pr, since);
    const known = overridable(standing);
    const unknown = [...names].filter((name) => !known.has(name));
    if (unknown.length > 0) throw new ToldError(unknownContexts(command, unknown.sort(), [...known].sort()));
    const baseSHA = await baseOf(desk, pr);
    const passed = passedStatuses(desk, command, pr, baseSHA, chosen(standing, names), standing.presubmits);
    const checks = [...standing.checks.keys()].filter((name) => names.has(name)).sort();
    const done = [...new Set([...passed.keys(), ...checks])].sort();
    if (done.length === 0) return [];
    const reports = checks.map((name) => passedCheck(desk, pr, name));
    const login = desk.event.author.login;
    return [...[...passed.values()].flat(), ...reports, desk.reply(overrode(command, login, done))];
  });
}

async function observe(desk: Desk, pr: PullRequest, since: readonly Status[]): Promise<Standing> {
  const { context, event, told } = desk;
  const { number, repo } = event;
  const { read } = context;
  const sha = pr.head.sha;
  const of = (what: string) => `Cannot get commit ${what} for PR #${number} in ${repoName(repo)}`;
  const history = await told(of("statuses"), read.statusHistory(repo, sha));
  // GitHub takes check runs from Apps alone.
  const runs = isApp(context.bot) ? await told(of("checkruns"), read.checkRuns(repo, sha)) : [];
  const presubmits = await presubmitsOrTold(desk, pr);
  const protection = await told(
    `Cannot get branch protection for branch ${pr.base.ref} in ${repoName(repo)}`,
    read.branchProtection(repo, pr.base.ref),
  );
  const checks = checkContexts(runs);
  const statuses = [...since.toReversed(), ...history];
  const known = overridable({ statuses, presubmits, checks });
  const missing = [...new Set(protection?.contexts ?? [])].filter((name) => !known.has(name));
  const awaited = missing.map(
    (name): Status => ({ context: name, state: "pending", description: "", target_url: "" }),
  );
  return { statuses: [...statuses, ...awaited], presubmits, checks };
}

async function presubmitsOrTold({ context, event }: Desk, pr: PullRequest): Promise<readonly Presubmit[]> {
  try {
    return await presubmitsAt(context, event.repo, pr);
  } catch (error) {
    if (!(error instanceof InRepoConfigError)) throw error;
    context.log.error({ err: error.message }, "Failed to get presubmits");
    throw new ToldError("Failed to get presubmits");
  }
}

async function baseOf({ context, event }: Desk, { base }: PullRequest): Promise<string> {
  const sha = await context.read.branchSHA(event.repo, base.ref);
  if (!sha) throw new ToldError("Cannot get base ref of PR");
  return sha;
}

const jobOf = (presubmits: readonly Presubmit[], context: string): Presubmit | undefined =>
  presubmits.find((job) => job.context === context);

/** Contexts that have not always been green, the jobs that they are of, and check runs that have failed. */
function overridable({ checks, presubmits, statuses }: Standing): Set<string> {
  const names = new Set<string>();
  for (const { context, state } of statuses) {
    if (state === "success") continue;
    names.add(context);
    const job = jobOf(presubmits, context);
    if (job) names.add(job.name);
  }
  for (const [name, state] of checks) if (state !== "SUCCESS" && state !== "PENDING") names.add(name);
  return names;
}

/** The status of each context that is meant, by its own name or its job's: of a job the latest that was not green. */
function chosen({ presubmits, statuses }: Standing, names: ReadonlySet<string>): Status[] {
  const found = new Map<string, Status>();
  for (const status of statuses) {
    const job = jobOf(presubmits, status.context);
    const isMeant = names.has(status.context) || (job !== undefined && names.has(job.name));
    if (status.state === "success" || !isMeant) continue;
    if (!(job && found.has(status.context))) found.set(status.context, status);
  }
  return [...found.values()];
}

/** Effects by context. */
function passedStatuses(
  { context, event }: Desk,
  command: OverrideCommand,
  pr: PullRequest,
  baseSHA: string,
  statuses: readonly Status[],
  presubmits: readonly Presubmit[],
): Map<string, Effect[]> {
  const { author, guid, htmlUrl, repo } = event;
  const text = describe(command, author.login);
  const passedJob = (job: Presubmit): ProwJob => {
    const at = timestamp(context.clock.now());
    const cause = ["override", command];
    const made = presubmitJob({ repo, pr, guid }, job, baseSHA, context, { cause });
    const status: ProwJob["status"] = {
      startTime: at,
      completionTime: at,
      state: "success",
      description: text,
      url: htmlUrl,
    };
    return { ...made, status };
  };
  return new Map(
    statuses.map((status) => {
      const job = jobOf(presubmits, status.context);
      const description = statusDescription(text, baseSHA);
      const passed: Effect = {
        do: "createStatus",
        repo,
        sha: pr.head.sha,
        status: { ...status, state: "success", description },
      };
      return [status.context, job ? [{ do: "createProwJob", job: passedJob(job) }, passed] : [passed]];
    }),
  );
}

const passedCheck = ({ event }: Desk, { head }: PullRequest, name: string): Effect => ({
  do: "createCheckRun",
  repo: event.repo,
  run: {
    name,
    head_sha: head.sha,
    conclusion: "success",
    external_id: event.guid,
    output: {
      title: `Prow override - ${name}`,
      summary: `Prow has received override command for the ${name} checkrun.`,
    },
  },
});

// Tells every open pull request, in its `tide` status, whether it will merge and what is still asked of it.
import type { Config } from "../config/config.ts";
import { queriesFor } from "../config/tide.ts";
import { isNotFound } from "../github/error.ts";
import { centralJobs, type RepoJobs } from "../jobs/repo-jobs.ts";
import { sideBySide } from "../lib/side-by-side.ts";
import type { Effect } from "../model/effect.ts";
import type { RepoRef } from "../model/github.ts";
import { blockersFor } from "./blockers.ts";
import { TIDE_CONTEXT } from "./contexts.ts";
import { indexJobs, type JobIndex } from "./job-index.ts";
import { observeCandidate, type World } from "./observe.ts";
import { targetURL } from "./options.ts";
import { type Candidate, notMergeable } from "./pool.ts";
import { type PullRequest, poolKey, pullKey } from "./pull-request.ts";
import { dated, openPullRequests } from "./query.ts";
import type { RepoFacts } from "./repo-facts.ts";
import { searchPullRequests } from "./search.ts";
import { outsideSnapshot } from "./snapshot.ts";
import { expectedStatus } from "./status.ts";
import type { SyncDeps } from "./sync.ts";

/** How far each search has come: only what changed since is asked for. */
export type Progress = Map<string, { query: string; latest?: Date; wholeAt?: Date }>;

/** GitHub's search lags behind: look a little further back than the last change seen. */
const OVERLAP_MS = 30_000;
/** Now and then all open pull requests are looked at, so that those closed meanwhile are forgotten. */
const WHOLE_MS = 3_600_000;

export async function updateStatuses(
  deps: SyncDeps,
  world: World,
  facts: RepoFacts,
  progress: Progress,
): Promise<void> {
  const config = deps.config();
  const { pulls, whole } = await openPulls(deps, config, progress);
  const pooled = new Map(
    world.pools.flatMap((pool) =>
      pool.candidates.map((candidate) => [pullKey(candidate.pr), { candidate, baseSHA: pool.baseSHA }]),
    ),
  );
  const open = new Map(pulls.map((pr) => [pullKey(pr), pr]));
  for (const [key, { candidate }] of pooled) if (!open.has(key)) open.set(key, candidate.pr);
  const jobs = indexJobs(deps.prowJobs.list());
  const repoJobs = deps.jobs ?? centralJobs;
  const baseSHAs = new Map(world.pools.map((pool) => [poolKey(pool), pool.baseSHA]));
  const outside: Parameters<typeof deps.state.sawOutside>[0][number][] = [];
  for (const pr of open.values()) {
    try {
      const inPool = pooled.get(pullKey(pr))?.candidate;
      const baseSHA = baseSHAs.get(poolKey(pr)) ?? "";
      const candidate = await judged(pr, baseSHA || undefined, inPool, { config, facts, jobs, repoJobs });
      if (!inPool) outside.push({ pr, pull: outsideSnapshot(candidate, queriesFor(config, pr)) });
      const effects = statusEffects({ candidate, inPool: Boolean(inPool), baseSHA, world, jobs, config });
      if (effects.length > 0 && !deps.state.isMerging(pr)) await deps.apply(effects);
    } catch (error) {
      // 404: the pull request's repository or commit is gone.
      if (isNotFound(error)) continue;
      deps.log.error({ error, pr: pullKey(pr), sha: pr.headSHA }, "Failed to set the tide status.");
    }
  }
  deps.state.sawOutside(outside, whole);
}

/** The status does not depend on changed files; what a pooled one must pass is known from its pool. */
async function judged(
  pr: PullRequest,
  baseSHA: string | undefined,
  inPool: Candidate | undefined,
  tools: { config: Config; facts: RepoFacts; jobs: JobIndex; repoJobs: RepoJobs },
): Promise<Candidate> {
  const candidate = await observeCandidate(pr, baseSHA, tools, "without-presubmits");
  const needed = inPool?.presubmits.map(({ context }) => context) ?? [];
  const required = [...new Set([...candidate.policy.required, ...needed])];
  return { ...candidate, presubmits: inPool?.presubmits ?? [], policy: { ...candidate.policy, required } };
}

interface Judged {
  candidate: Candidate;
  inPool: boolean;
  baseSHA: string;
  world: World;
  jobs: JobIndex;
  config: Config;
}

/** Nothing when the status is there already, or when nobody knows what would have to pass. */
function statusEffects({ candidate, inPool, baseSHA, world, jobs, config }: Judged): Effect[] {
  const { pr, contexts } = candidate;
  if (candidate.unusable !== undefined && !notMergeable(candidate)) return [];
  const wanted = expectedStatus({
    candidate,
    inPool,
    baseSHA,
    queries: queriesFor(config, pr),
    blockers: blockersFor(world.blockers, pr, pr.branch),
    passed: jobs.passed(pr, pr.headSHA),
    displayAllQueries: config.tide.display_all_tide_queries_in_status ?? false,
  });
  const actual = contexts.findLast(({ context }) => context === TIDE_CONTEXT);
  if (actual?.state.toLowerCase() === wanted.state && actual.description === wanted.description) return [];
  const repo: RepoRef = { org: pr.org, repo: pr.repo };
  const status = { context: TIDE_CONTEXT, ...wanted, target_url: targetURL(config, pr) };
  return [{ do: "createStatus", repo, sha: pr.headSHA, status }];
}

/** Open pull requests of all repositories under tide that changed since the last call, or now and then all of them. */
async function openPulls(
  { read, clock, log, splitByOrg }: SyncDeps,
  config: Config,
  progress: Progress,
): Promise<{ pulls: PullRequest[]; whole: boolean }> {
  const now = clock.now();
  let whole = true;
  const searches = [...openPullRequests(config.tide.queries, splitByOrg)];
  const found = await sideBySide(searches, config.tide.max_goroutines, async ([org, query]) => {
    const before = progress.get(org);
    const due = !before?.wholeAt || now.getTime() - before.wholeAt.getTime() >= WHOLE_MS;
    const fresh = before?.query !== query || due;
    const since = fresh ? undefined : before.latest;
    const { items, error } = await searchPullRequests(read, dated(query, since, now), org);
    if (error) log.warn({ error, query, found: items.length }, "The search for open pull requests failed.");
    if (since || error) whole = false;
    const last = items.at(-1)?.updatedAt;
    const latest = last ? new Date(Date.parse(last) - OVERLAP_MS) : since;
    const wholeAt = since || error ? before?.wholeAt : now;
    progress.set(org, { query, ...(latest && { latest }), ...(wholeAt && { wholeAt }) });
    return items;
  });
  return { pulls: found.flat(), whole };
}

// Tells every open pull request, in its `tide` status, whether it will merge and what is still asked of it.
import type { Config } from "../config/config.ts";
import { queriesFor } from "../config/tide.ts";
import { isNotFound } from "../github/error.ts";
import { centralJobs, type RepoJobs } from "../jobs/repo-jobs.ts";
import { because } from "../lib/cause.ts";
import type { Effect } from "../model/effect.ts";
import { issueName, type RepoRef } from "../model/github.ts";
import type { Entry } from "../record/port.ts";
import { blockersFor } from "./blockers.ts";
import { TIDE_CONTEXT } from "./contexts.ts";
import { indexJobs, type JobIndex } from "./job-index.ts";
import { observeCandidate, type World } from "./observe.ts";
import type { OpenPulls } from "./open-pulls.ts";
import { targetURL } from "./options.ts";
import { type Candidate, notMergeable } from "./pool.ts";
import { pullCause } from "./pull-cause.ts";
import { type PullRequest, poolKey } from "./pull-request.ts";
import type { RepoFacts } from "./repo-facts.ts";
import { outsideSnapshot } from "./snapshot.ts";
import { expectedStatus } from "./status.ts";
import type { SyncDeps } from "./sync.ts";

export async function updateStatuses(
  deps: SyncDeps,
  world: World & { open: OpenPulls },
  facts: RepoFacts,
): Promise<void> {
  const config = deps.config();
  const { pulls, whole } = world.open;
  const pooled = new Map(
    world.pools.flatMap((pool) =>
      pool.candidates.map((candidate) => [issueName(candidate.pr), { candidate, baseSHA: pool.baseSHA }]),
    ),
  );
  const open = new Map(pulls.map((pr) => [issueName(pr), pr]));
  for (const [key, { candidate }] of pooled) if (!open.has(key)) open.set(key, candidate.pr);
  const jobs = indexJobs(deps.prowJobs.list());
  const repoJobs = deps.jobs ?? centralJobs;
  const baseSHAs = new Map(world.pools.map((pool) => [poolKey(pool), pool.baseSHA]));
  const outside: Parameters<typeof deps.state.sawOutside>[0][number][] = [];
  for (const pr of open.values()) {
    try {
      const inPool = pooled.get(issueName(pr))?.candidate;
      const baseSHA = baseSHAs.get(poolKey(pr)) ?? "";
      const candidate = await judged(pr, baseSHA || undefined, inPool, { config, facts, jobs, repoJobs });
      const pull = outsideSnapshot(candidate, queriesFor(config, pr));
      if (!inPool) outside.push({ pr, pull });
      const effects = statusEffects({ candidate, inPool: Boolean(inPool), baseSHA, world, jobs, config });
      const why = inPool ? ["It is in the merge pool."] : pull.reasons.map(({ text }) => text);
      if (deps.state.isMerging(pr)) continue;
      const isNew = deps.state.told.isNew(pr, why);
      if (effects.length > 0) await because(pullCause(pr, why), () => deps.apply(effects));
      else if (isNew) deps.record?.append(unsaid(candidate, why, deps.clock.now()));
    } catch (error) {
      // 404: the pull request's repository or commit is gone.
      if (isNotFound(error)) continue;
      deps.log.error({ error, pr: issueName(pr), sha: pr.headSHA }, "Failed to set the tide status.");
    }
  }
  deps.state.sawOutside(outside, whole);
  if (whole) deps.state.told.sawAll(open);
}

/** The status names the first reason alone: the others come and go without it. */
function unsaid({ pr, contexts }: Candidate, because: readonly string[], now: Date): Entry {
  const { org, repo, number, headSHA } = pr;
  const said = statusOf(contexts)?.description ?? "";
  return {
    at: now.toISOString(),
    ...{ kind: "decision", component: "tide", org, repo, pulls: [number], shas: [headSHA], because },
    what: `keep status tide of ${org}/${repo}@${headSHA}: ${said}`,
  };
}

const statusOf = (contexts: Candidate["contexts"]) =>
  contexts.findLast(({ context }) => context === TIDE_CONTEXT);

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
  const actual = statusOf(contexts);
  if (actual?.state.toLowerCase() === wanted.state && actual.description === wanted.description) return [];
  const repo: RepoRef = { org: pr.org, repo: pr.repo };
  const status = { context: TIDE_CONTEXT, ...wanted, target_url: targetURL(config, pr) };
  return [{ do: "createStatus", repo, sha: pr.headSHA, status }];
}

// One sync: look at the world, decide one action for each pool, do it.
import type { Config } from "../config/config.ts";
import type { Apply } from "../effects/apply.ts";
import type { Git } from "../git/port.ts";
import type { GitHubRead } from "../github/port.ts";
import { centralJobs, type RepoJobs } from "../jobs/repo-jobs.ts";
import type { ObjectStore } from "../kube/port.ts";
import { because } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { RecordWrite } from "../record/port.ts";
import { overwritesPending } from "./contexts.ts";
import { type Decision, decide, type Tally, tally } from "./decide.ts";
import { indexJobs } from "./job-index.ts";
import { isJustStarted, type JustStarted, remember } from "./just-started.ts";
import { mergeEffects } from "./merge.ts";
import type { TideMetrics } from "./metrics.ts";
import { observe, type World } from "./observe.ts";
import type { Progress } from "./open-pulls.ts";
import { poolOptions, targetURL } from "./options.ts";
import { withBatchJobs, withJobsOf } from "./own-jobs.ts";
import type { SearchPulls } from "./packed-search.ts";
import { type Candidate, isEligible, type Pool } from "./pool.ts";
import type { Outcome } from "./pools-json.ts";
import { actionCause } from "./pull-cause.ts";
import { poolKey } from "./pull-request.ts";
import type { RepoFacts } from "./repo-facts.ts";
import { poolSnapshot } from "./snapshot.ts";
import type { TideState } from "./state.ts";
import { triggerEffects } from "./trigger.ts";

export interface SyncDeps {
  read: GitHubRead;
  git: Git;
  prowJobs: ObjectStore<ProwJob>;
  /** Default: the central configuration alone. */
  jobs?: RepoJobs;
  config: () => Config;
  apply: Apply;
  /** Of what changes without anything being done about it; default: nowhere. */
  record?: RecordWrite;
  clock: Clock;
  log: Logger;
  state: TideState;
  /** GitHub App tokens reach one org each, so searches go org by org. */
  splitByOrg: boolean;
}

export interface SyncTools {
  facts: RepoFacts;
  search: SearchPulls;
  /** Where the look at open pull requests goes on from, when it is time for their statuses. */
  openSince?(now: Date): Progress | undefined;
  metrics: TideMetrics;
  /** git's last answer for each pool: the question is the same until a head or the base moves. */
  batchAnswers: Map<string, { question: string; numbers: number[] }>;
  justStarted: JustStarted;
  /** Called with what was seen, before anything is done about it. */
  onWorld(world: World): void;
}

/** When all that a sync acts on was as it knows it. */
type PoolTools = SyncTools & { seen: Date };

/** Rejects when the world could not be seen; a pool that goes wrong does not stop the others. */
export async function sync(deps: SyncDeps, tools: SyncTools): Promise<void> {
  const { read, clock, log, splitByOrg, state } = deps;
  const start = clock.now();
  const config = deps.config();
  const jobs = indexJobs(deps.prowJobs.list());
  const { metrics, facts } = tools;
  const seen = await observe({
    ...{ read, facts, jobs, config, splitByOrg, log, now: start, search: tools.search },
    openSince: tools.openSince?.(start),
    repoJobs: deps.jobs ?? centralJobs,
    onQuery: (index, org, result) => metrics.queryResults.inc({ query_index: index, org_shard: org, result }),
  });
  const world = {
    ...seen,
    pools: seen.pools.map(onlyEligible).filter(({ candidates }) => candidates.length > 0),
  };
  tools.onWorld(world);
  const outcomes = await sideBySide(world.pools, config.tide.max_goroutines, (pool) =>
    syncPool(pool, config, deps, { ...tools, seen: start }),
  );
  state.synced(
    outcomes,
    outcomes.map((outcome) => poolSnapshot(outcome, config.tide.priority ?? [])),
  );
  facts.prune();
  metrics.syncDuration.set((clock.now().getTime() - start.getTime()) / 1000);
  metrics.syncHeartbeat.inc({ controller: "sync" });
  if (seen.errors.length > 0) throw new AggregateError(seen.errors, seen.errors.map(String).join("; "));
}

const onlyEligible = (pool: Pool): Pool => ({ ...pool, candidates: pool.candidates.filter(isEligible) });

async function syncPool(seen: Pool, config: Config, deps: SyncDeps, tools: PoolTools): Promise<Outcome> {
  const pool = await withBatchJobs(seen, ownJobsTools(config, deps, tools));
  const found = tally(pool);
  let decision = WAIT;
  let error = "";
  try {
    const settled = await settle(pool, found, config, deps, tools);
    ({ decision, error } = settled);
    const failure = await because(actionCause(pool, decision.action, decision.targets), async () => {
      if (isTrigger(decision) && (await start(pool, decision, config, deps, tools)) === "before")
        decision = WAIT;
      return merge(pool, decision, config, deps, tools);
    });
    error ||= failure;
  } catch (fault) {
    error = errorText(fault);
  }
  const labels = { org: pool.org, repo: pool.repo, branch: pool.branch };
  const { action, targets } = decision;
  const mergeRefused = error !== "" && (action === "MERGE" || action === "MERGE_BATCH");
  if (error) deps.log.error({ ...labels, action, error }, "Error syncing subpool.");
  if (error && !mergeRefused) tools.metrics.poolErrors.inc(labels);
  const tenants = pool.prowJobs.map(({ spec }) => spec.prowjob_defaults?.tenant_id ?? "");
  const tenantIDs = [...new Set(tenants)].sort();
  deps.state.history.record({ pool, action, targets, error, tenantIDs });
  measure(pool, found, deps.clock, tools.metrics);
  const numbers = targets.map(({ pr }) => pr.number);
  deps.log.info({ ...labels, "base-sha": pool.baseSHA, action, targets: numbers }, "Subpool synced.");
  return { pool, found, action, targets, error, tenantIDs };
}

const ownJobsTools = (config: Config, { jobs = centralJobs, log }: SyncDeps, { facts }: SyncTools) => ({
  config,
  facts,
  repoJobs: jobs,
  log,
});

/** A decision that needs git's answer gets it. When git fails, single pull requests still move on. */
async function settle(
  pool: Pool,
  found: Tally,
  config: Config,
  deps: SyncDeps,
  tools: SyncTools,
): Promise<{ decision: Decision; error: string }> {
  const { git } = deps;
  const { batchAnswers } = tools;
  const options = poolOptions(config, pool);
  const first = decide(pool, found, options);
  if (first.action !== "TEST_BATCH") return { decision: first, error: "" };
  const heads = first.candidates.flatMap(({ pr, method }) =>
    method ? [{ number: pr.number, sha: pr.headSHA, method }] : [],
  );
  const question = JSON.stringify([pool.baseSHA, heads, options.batchSizeLimit]);
  let answer = batchAnswers.get(poolKey(pool));
  let error = "";
  if (answer?.question !== question) {
    try {
      const { org, repo, baseSHA } = pool;
      const numbers = await git.mergeable({ org, repo }, baseSHA, heads, options.batchSizeLimit);
      answer = { question, numbers };
      batchAnswers.set(poolKey(pool), answer);
    } catch (fault) {
      error = `picking a batch: ${errorText(fault)}`;
      answer = undefined;
    }
  }
  let clean = first.candidates.filter(({ pr }) => answer?.numbers.includes(pr.number));
  let known = pool;
  try {
    known = await withJobsOf(pool, clean, ownJobsTools(config, deps, tools));
  } catch (fault) {
    error ||= `failed to get presubmits for batch: ${errorText(fault)}`;
    clean = [];
  }
  const decision = decide(known, found, options, clean);
  if (decision.action === "TEST_BATCH") throw new Error("git's answer led to the same question");
  return { decision, error };
}

const WAIT: Decision = { action: "WAIT", targets: [], presubmits: [] };

const isTrigger = ({ action }: Decision): boolean => action === "TRIGGER" || action === "TRIGGER_BATCH";

async function start(
  pool: Pool,
  { action, targets, presubmits }: Decision,
  config: Config,
  { apply, clock }: SyncDeps,
  { justStarted, metrics }: SyncTools,
): Promise<"now" | "before"> {
  const { org, repo, branch } = pool;
  const key = poolKey(pool);
  const effects = triggerEffects(pool, presubmits, targets, config, clock.now());
  if (isJustStarted(justStarted, key, effects, clock.now())) return "before";
  await apply(effects);
  remember(justStarted, key, effects, clock.now());
  metrics.retests.inc({ org, repo, branch, action }, targets.length);
  return "now";
}

/** Returns what went wrong, "" when nothing did. */
async function merge(
  pool: Pool,
  { action, targets }: Decision,
  config: Config,
  deps: SyncDeps,
  { metrics, seen }: PoolTools,
): Promise<string> {
  if (action !== "MERGE" && action !== "MERGE_BATCH") return "";
  const labels = { org: pool.org, repo: pool.repo, branch: pool.branch };
  for (const { pr } of targets) deps.state.beginMerge(pr);
  const effects = mergeEffects({
    pool,
    targets,
    config,
    targetURL: (pr) => targetURL(config, pr),
    overwritePending: overwritesPending(config, pool, pool.branch),
    log: deps.log,
    seen,
  });
  let failure: unknown;
  await deps.apply(effects).catch((error: unknown) => {
    failure = error;
  });
  const left = failure === undefined ? [] : notMerged(targets, failure);
  for (const { pr } of left) deps.state.mergeFailed(pr);
  if (targets.length > left.length) metrics.merges.observe(labels, targets.length - left.length);
  return failure === undefined ? "" : errorText(failure);
}

/** A failed merge names who was refused; after a refusal of the whole branch the rest was not tried. */
function notMerged(targets: readonly Candidate[], failure: unknown): readonly Candidate[] {
  if (!(failure instanceof AggregateError)) return targets;
  const refusals = failure.errors as { number?: number; stopsBatch?: boolean }[];
  const refused = new Set(refusals.map(({ number }) => number));
  const stop = refusals.find(({ stopsBatch }) => stopsBatch)?.number;
  const untried = targets.findIndex(({ pr }) => pr.number === stop);
  return targets.filter(({ pr }, index) => refused.has(pr.number) || (untried >= 0 && index > untried));
}

function measure(pool: Pool, found: Tally, clock: Pick<Clock, "now">, m: TideMetrics): void {
  const labels = { org: pool.org, repo: pool.repo, branch: pool.branch };
  m.pooledPRs.set(labels, pool.candidates.length);
  m.updateTime.set(labels, Math.floor(clock.now().getTime() / 1000));
  m.missing.set(labels, found.missings.length);
  m.pending.set(labels, found.pendings.length);
  m.successful.set(labels, found.successes.length);
  m.batchPending.set(labels, found.batches.pending.length);
}

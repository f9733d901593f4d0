// What the world looks like to tide: who matches the queries, on which base, with which contexts, tests and blockers.
import type { Config } from "../config/config.ts";
import type { GitHubRead } from "../github/port.ts";
import { centralPresubmits, type RepoJobs } from "../jobs/repo-jobs.ts";
import type { Logger } from "../lib/logger.ts";
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import { issueName } from "../model/github.ts";
import { type Blockers, blockersFor, blockersOf } from "./blockers.ts";
import { contextPolicy, policySources } from "./contexts.ts";
import type { JobIndex } from "./job-index.ts";
import { methodFor } from "./merge.ts";
import { type OpenPulls, openPulls, type Progress } from "./open-pulls.ts";
import { mergeBlocksPolicy } from "./options.ts";
import { presubmitsOfPull } from "./own-jobs.ts";
import type { SearchPulls } from "./packed-search.ts";
import type { Candidate, Pool } from "./pool.ts";
import { needsFiles, requiredPresubmits } from "./presubmits.ts";
import { type PullRequest, poolKey } from "./pull-request.ts";
import { blockerQueries, dated, type OrgQueries, poolQueries } from "./query.ts";
import type { RepoFacts } from "./repo-facts.ts";
import { searchIssues } from "./search.ts";

export interface ObserveTools {
  read: Pick<GitHubRead, "graphql">;
  search: SearchPulls;
  facts: RepoFacts;
  jobs: JobIndex;
  repoJobs: RepoJobs;
  config: Config;
  /** App tokens are per org, so each org is searched by itself. */
  splitByOrg: boolean;
  now: Date;
  log: Logger;
  /** Open pull requests are wanted too, from here on. */
  openSince?: Progress | undefined;
  onQuery(queryIndex: number, org: string, result: "success" | "error"): void;
}

export interface World {
  /** With every pull request that matches a query, eligible or not. */
  pools: Pool[];
  blockers: Blockers;
  /** Where they were wanted: seen at the same moment as the pools. */
  open?: OpenPulls;
  /** Searches that failed outright; the rest of the world is there all the same. */
  errors: Error[];
}

export async function observe(tools: ObserveTools): Promise<World> {
  const errors: Error[] = [];
  const [pulls, open] = await Promise.all([
    queryPulls(tools, errors),
    tools.openSince && openPulls(tools, tools.openSince),
  ]);
  const { blockers, failedOrgs } = pulls.length > 0 ? await findBlockers(tools) : NO_BLOCKERS;
  const groups = Map.groupBy(
    pulls.filter(({ org }) => !failedOrgs.has(org)),
    poolKey,
  );
  const pools = await sideBySide([...groups.values()], tools.config.tide.max_goroutines, async (group) => {
    try {
      return await observePool(group, blockers, tools);
    } catch (error) {
      const [pr] = group;
      tools.log.error({ error, pool: pr && poolKey(pr) }, "Error initializing subpool.");
      return undefined;
    }
  });
  return { pools: pools.filter((pool) => pool !== undefined), blockers, errors, ...(open && { open }) };
}

async function queryPulls(tools: ObserveTools, errors: Error[]): Promise<PullRequest[]> {
  const { config, splitByOrg, search, log, now } = tools;
  const searches = config.tide.queries.flatMap((query, index) =>
    [...poolQueries(query, splitByOrg)].map(([org, text]) => ({
      index,
      org,
      name: text,
      text: dated(text, undefined, now),
    })),
  );
  const found = await sideBySide(searches, config.tide.max_goroutines, async ({ index, org, name, text }) => {
    const { items, error } = await search({ name, query: text, org });
    tools.onQuery(index, org, error ? "error" : "success");
    if (error) log.warn({ error, query: text, found: items.length }, "A tide query failed.");
    if (error && items.length === 0) errors.push(new Error(`query ${index}, err: ${error.message}`));
    return items;
  });
  return [...new Map(found.flat().map((pr) => [issueName(pr), pr])).values()];
}

const NO_BLOCKERS = { blockers: new Map() as Blockers, failedOrgs: new Set<string>() };

/** An org whose blockers are unknown is left alone; without a search per org, nothing may merge at all. */
async function findBlockers({ config, splitByOrg, read, log }: ObserveTools): Promise<typeof NO_BLOCKERS> {
  const label = config.tide.blocker_label;
  if (!label) return NO_BLOCKERS;
  const queries: OrgQueries = blockerQueries(label, config.tide.queries, splitByOrg);
  const failedOrgs = new Set<string>();
  const found = await sideBySide([...queries], config.tide.max_goroutines, async ([org, query]) => {
    try {
      return await searchIssues(read, query, org);
    } catch (error) {
      if (!splitByOrg) return Promise.reject(error);
      log.warn({ error, org }, "Failed getting blockers: nothing of this org will merge in this sync.");
      failedOrgs.add(org);
      return [];
    }
  });
  return { blockers: blockersOf(found.flat()), failedOrgs };
}

/** undefined when the branch is gone. */
async function observePool(
  pulls: PullRequest[],
  blockers: Blockers,
  tools: ObserveTools,
): Promise<Pool | undefined> {
  const [first] = pulls;
  const baseSHA = await tools.facts.baseSHA(pulls);
  if (!first || !baseSHA) return undefined;
  const { org, repo, branch } = first;
  const candidates: Candidate[] = [];
  for (const pr of pulls) candidates.push(await observeCandidate(pr, baseSHA, tools));
  return {
    org,
    repo,
    baseSHA,
    branch,
    presubmits: centralPresubmits(tools.config, first),
    requireManual: policySources(tools.config, first, branch).requireManual,
    candidates,
    prowJobs: tools.jobs.onBase(first, branch, baseSHA),
    blockers: blockersFor(blockers, first, branch),
  };
}

/** `baseSHA` is the commit that it would be merged onto. */
export async function observeCandidate(
  pr: PullRequest,
  baseSHA: string | undefined,
  { config, facts, jobs, repoJobs }: Pick<ObserveTools, "config" | "facts" | "jobs" | "repoJobs">,
  presubmits: "with-presubmits" | "without-presubmits" = "with-presubmits",
): Promise<Candidate> {
  const own = await presubmitsOfPull(pr, baseSHA, { config, facts, repoJobs });
  const sources = policySources(config, pr, pr.branch, own.presubmits);
  const wanted = presubmits === "with-presubmits";
  const files = wanted && needsFiles(sources) ? await facts.changedFiles(pr) : undefined;
  const method = methodFor(config, pr);
  return {
    pr,
    contexts: await facts.headContexts(pr),
    policy: contextPolicy(sources),
    presubmits: wanted ? requiredPresubmits(sources, files ?? []) : [],
    ...(own.unusable !== undefined && { unusable: own.unusable }),
    ...(files && { files }),
    ...(method && { method }),
    allowedMethods: await facts.allowedMethods(pr),
    blocksPolicy: mergeBlocksPolicy(config, pr),
    startedByTide: jobs.startedByTide(pr, pr.number, pr.headSHA),
  };
}

// Tide's settings for one repository: of `*`, the org and the repository the most specific counts.
import type { Config } from "../config/config.ts";
import { forRepo } from "../config/for-repo.ts";
import { batchSizeLimit } from "../config/tide.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import type { PoolOptions } from "./decide.ts";
import type { MergeBlocksPolicy } from "./pool.ts";
import type { PullRequest } from "./pull-request.ts";

export const poolOptions = (config: Config, repo: RepoRef): PoolOptions => ({
  priority: config.tide.priority ?? [],
  batchSizeLimit: batchSizeLimit(config, repo),
  prioritizeExistingBatches: forRepo(config.tide.prioritize_existing_batches, repo) ?? true,
});

export const mergeBlocksPolicy = ({ tide }: Config, repo: RepoRef): MergeBlocksPolicy =>
  forRepo(tide.github_merge_blocks_policy, repo) ?? "permit";

/** Where the `tide` status links to: `target_urls`, else the pull request status page with a search for this one. */
export function targetURL({ tide }: Config, pr: PullRequest): string {
  const fixed = forRepo(tide.target_urls, pr);
  if (fixed) return fixed;
  const page = forRepo(tide.pr_status_base_urls, pr);
  if (!page || !URL.canParse(page)) return "";
  const author = pr.authorIsBot && !pr.author.startsWith("app/") ? `app/${pr.author}` : pr.author;
  const url = new URL(page);
  url.searchParams.set("query", `is:pr repo:${repoName(pr)} author:${author} head:${pr.headRef}`);
  return url.href;
}

// ProwJobs for what tide wants tested on the current base: one pull request, or a batch.
import type { Config } from "../config/config.ts";
import type { Presubmit } from "../config/job.ts";
import { newProwJob, prowJobName } from "../jobs/prow-job.ts";
import { accountLink, repoLink } from "../jobs/repo-link.ts";
import { batchSpec, presubmitSpec } from "../jobs/spec.ts";
import { compareText } from "../lib/compare-text.ts";
import { appLogin } from "../model/bot.ts";
import type { Effect } from "../model/effect.ts";
import { CREATED_BY_TIDE_LABEL } from "../model/labels.ts";
import { createdAt, isComplete, type ProwJob } from "../model/prowjob.ts";
import { type Refs, refsString } from "../model/refs.ts";
import type { Candidate, Pool } from "./pool.ts";
import { poolKey } from "./pull-request.ts";

type Used = Pick<Config, "prowjob_namespace" | "scheduler" | "github">;

/** Jobs that share a context are started once; a job of the same batch that runs or has passed is not started again. */
export function triggerEffects(
  pool: Pool,
  presubmits: readonly Presubmit[],
  targets: readonly Candidate[],
  config: Used,
  now: Date,
): Effect[] {
  const refs = refsFor(pool, targets, config);
  const type = targets.length > 1 ? "batch" : "presubmit";
  const byContext = new Map(presubmits.toReversed().map((job) => [job.context, job]));
  return [...byContext.values()].reverse().flatMap((presubmit): Effect[] => {
    const earlier = runsOf(pool, type, presubmit.name, refs);
    if (type === "batch" && earlier.some((job) => !isComplete(job) || job.status.state === "success"))
      return [];
    const spec = type === "batch" ? batchSpec(presubmit, refs) : presubmitSpec(presubmit, refs);
    // The last run is part of the cause: a crash between two syncs starts nothing twice, a failed run can be repeated.
    const last = earlier.at(-1)?.metadata.name ?? "";
    const job = newProwJob(config, spec, {
      name: prowJobName("tide", poolKey(pool), type, presubmit.name, refsString(refs), last),
      labels: { ...presubmit.labels, [CREATED_BY_TIDE_LABEL]: "true" },
      annotations: presubmit.annotations,
      now,
    });
    return [{ do: "createProwJob", job }];
  });
}

/** Earlier runs on the very same refs, oldest first. */
function runsOf(pool: Pool, type: ProwJob["spec"]["type"], name: string, refs: Refs): ProwJob[] {
  const identity = ({ pulls = [] }: Refs) =>
    pulls
      .map(({ number, sha }) => `${number}@${sha}`)
      .sort()
      .join();
  const wanted = identity(refs);
  return pool.prowJobs
    .filter(
      ({ spec }) => spec.type === type && spec.job === name && spec.refs && identity(spec.refs) === wanted,
    )
    .sort((a, b) => compareText(createdAt(a), createdAt(b)) || compareText(a.metadata.name, b.metadata.name));
}

function refsFor(pool: Pool, targets: readonly Candidate[], config: Used): Refs {
  const link = repoLink(config, pool);
  return {
    org: pool.org,
    repo: pool.repo,
    repo_link: link,
    base_ref: pool.branch,
    base_sha: pool.baseSHA,
    base_link: `${link}/tree/${pool.baseSHA}`,
    pulls: targets.map(({ pr }) => ({
      number: pr.number,
      author: pr.author,
      sha: pr.headSHA,
      title: pr.title,
      head_ref: pr.headRef,
      link: `${link}/pull/${pr.number}`,
      commit_link: `${link}/commit/${pr.headSHA}`,
      author_link: accountLink(config, pr.authorIsBot ? appLogin(pr.author) : pr.author),
    })),
  };
}

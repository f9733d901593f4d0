// trigger on a push: postsubmits of the branch.
import type { Postsubmit } from "../../config/job.ts";
import { postsubmitShouldRun } from "../../jobs/filter.ts";
import { newProwJob, prowJobName } from "../../jobs/prow-job.ts";
import { centralPostsubmits, InRepoConfigError } from "../../jobs/repo-jobs.ts";
import { repoLink } from "../../jobs/repo-link.ts";
import { postsubmitSpec } from "../../jobs/spec.ts";
import type { Effect } from "../../model/effect.ts";
import type { PushEvent } from "../../model/event.ts";
import { repoName } from "../../model/github.ts";
import { EVENT_GUID_LABEL } from "../../model/labels.ts";
import type { Refs } from "../../model/refs.ts";
import type { Context } from "../plugin.ts";

const NO_COMMIT = /^0+$/;

export async function onPush(event: PushEvent, context: Context): Promise<Effect[]> {
  if (event.deleted || NO_COMMIT.test(event.after)) return [];
  const { clock, config } = context;
  const { guid, repo } = event;
  const branch = event.ref.replace(/^refs\/(?:heads|tags)\//, "");
  const files = changedIn(event);
  const refs: Refs = {
    ...repo,
    repo_link: repoLink(config, repo),
    base_ref: branch,
    base_sha: event.after,
    base_link: event.compare,
  };
  const name = repoName(repo);
  return (await postsubmitsOf(event, context))
    .filter((job) => postsubmitShouldRun(job, branch, files))
    .map((job) => ({
      do: "createProwJob",
      job: newProwJob(config, postsubmitSpec(job, refs), {
        name: prowJobName(guid, name, event.ref, event.after, job.name, job.context),
        labels: { ...job.labels, [EVENT_GUID_LABEL]: guid },
        annotations: job.annotations,
        now: clock.now(),
      }),
    }));
}

/** Those that the pushed commit has; the central ones alone when its own can not be used. */
async function postsubmitsOf(
  { after, repo }: PushEvent,
  { config, jobs, log }: Context,
): Promise<readonly Postsubmit[]> {
  try {
    return await jobs.postsubmits(config, repo, { baseSHA: after, heads: [] });
  } catch (error) {
    if (!(error instanceof InRepoConfigError)) throw error;
    log.error({ err: error.message, sha: after }, "Failed to get postsubmits");
    return centralPostsubmits(config, repo);
  }
}

/** As the payload tells it; GitHub lists at most 2,048 commits there. */
function changedIn({ commits }: PushEvent): string[] {
  return [...new Set(commits.flatMap(({ added, modified, removed }) => [...added, ...removed, ...modified]))];
}

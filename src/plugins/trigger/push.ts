// trigger on a push: postsubmits of the branch.
import { postsubmitShouldRun } from "../../jobs/filter.ts";
import { newProwJob, prowJobName } from "../../jobs/prow-job.ts";
import { repoLink } from "../../jobs/repo-link.ts";
import { postsubmitSpec } from "../../jobs/spec.ts";
import type { Effect } from "../../model/effect.ts";
import type { PushEvent } from "../../model/event.ts";
import { repoName } from "../../model/github.ts";
import { EVENT_GUID_LABEL } from "../../model/labels.ts";
import type { Refs } from "../../model/refs.ts";
import type { Context } from "../plugin.ts";

const NO_COMMIT = /^0+$/;

export function onPush(event: PushEvent, { clock, config }: Context): Effect[] {
  if (event.deleted || NO_COMMIT.test(event.after)) return [];
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
  return (config.postsubmits[name] ?? [])
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

/** As the payload tells it; GitHub lists at most 2,048 commits there. */
function changedIn({ commits }: PushEvent): string[] {
  return [...new Set(commits.flatMap(({ added, modified, removed }) => [...added, ...removed, ...modified]))];
}

// The jobs that this deck may show.
import type { ProwJob } from "../model/prowjob.ts";
import { allRefs } from "../model/refs.ts";
import type { DeckDeps } from "./deps.ts";

type Visibility = Pick<DeckDeps, "jobs" | "config" | "showHidden">;

/** Without jobs marked hidden and jobs of `deck.hidden_repos` (orgs or `org/repo`), unless deck shows hidden ones. */
export function visibleJobs({ jobs, config, showHidden }: Visibility): ProwJob[] {
  const all = jobs.list();
  return showHidden ? all : all.filter((job) => !isHidden(job, config().deck.hidden_repos ?? []));
}

export function isHidden({ spec }: ProwJob, hiddenRepos: readonly string[]): boolean {
  const refs = allRefs(spec);
  return (
    spec.hidden === true ||
    refs.some(({ org, repo }) => hiddenRepos.includes(org) || hiddenRepos.includes(`${org}/${repo}`))
  );
}

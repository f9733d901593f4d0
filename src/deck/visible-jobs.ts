// The jobs that this deck may show.
import { namesRepo } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { allRefs } from "../model/refs.ts";
import type { DeckDeps } from "./deps.ts";

type Visibility = Pick<DeckDeps, "jobs" | "config" | "showHidden">;

/** Without jobs marked hidden and jobs of `deck.hidden_repos` (orgs or `org/repo`), unless deck shows hidden ones. */
export const visibleJobs = (deck: Visibility): ProwJob[] =>
  deck.jobs.list().filter((job) => isVisible(deck, job));

export function isVisible({ config, showHidden }: Omit<Visibility, "jobs">, { spec }: ProwJob): boolean {
  if (showHidden) return true;
  const { hidden_repos } = config().deck;
  return spec.hidden !== true && !allRefs(spec).some((refs) => namesRepo(hidden_repos, refs));
}

// The jobs that this deck may show.
import { namesRepo } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { allRefs } from "../model/refs.ts";
import type { DeckDeps } from "./deps.ts";

type Shows = Pick<DeckDeps, "showHidden" | "hiddenOnly" | "tenantIDs">;
type Visibility = Pick<DeckDeps, "jobs" | "config"> & Shows;

const DEFAULT_TENANT = "GlobalDefaultID";

/** Prow's rule, for whatever is `hidden` or not and belongs to `tenants`; "" is nobody in particular. */
export function mayShow(
  { showHidden, hiddenOnly = false, tenantIDs = [] }: Shows,
  hidden: boolean,
  tenants: readonly string[],
): boolean {
  if (tenantIDs.length > 0) return tenants.length > 0 && tenants.every((id) => tenantIDs.includes(id));
  if (hidden) return showHidden || hiddenOnly;
  return !hiddenOnly && tenants.every((id) => id === "" || id === DEFAULT_TENANT);
}

/** Hidden are jobs marked so and jobs of `deck.hidden_repos` (orgs or `org/repo`). */
export const visibleJobs = (deck: Visibility): ProwJob[] =>
  deck.jobs.list().filter((job) => isVisible(deck, job));

export function isVisible(deck: Omit<Visibility, "jobs">, { spec }: ProwJob): boolean {
  const { hidden_repos } = deck.config().deck;
  const hidden = spec.hidden === true || allRefs(spec).some((refs) => namesRepo(hidden_repos, refs));
  return mayShow(deck, hidden, [spec.prowjob_defaults?.tenant_id ?? ""]);
}

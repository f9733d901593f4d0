// Labels that only some may set, and who may.
import type { Judge } from "../../config/plugins-config.ts";
import type { GitHubRead } from "../../github/port.ts";
import { type Infer, list, map, object, string } from "../../lib/schema.ts";
import { type RepoRef, repoName } from "../../model/github.ts";

const restrictedLabelSchema = object({
  label: string("Its name."),
  allowed_teams: list(string("Slug of a team of the org.")),
  allowed_users: list(string()),
  assign_on: list(object({ label: string("Its name.") }), "Labels that make allowed_users assignees."),
});
export const restrictedLabelsSchema = map(list(restrictedLabelSchema), "By *, org or org/repo.");
export type RestrictedLabel = Infer<typeof restrictedLabelSchema>;
type RestrictedLabels = Infer<typeof restrictedLabelsSchema>;
export interface LabelOptions {
  additional_labels?: string[];
  restricted_labels?: RestrictedLabels;
}

/** As Prow has it, a supplemental file restricts labels but adds none that /label may set. */
export function mergeLabels(base: LabelOptions = {}, more: LabelOptions, judge: Judge): LabelOptions {
  if (more.additional_labels?.length) {
    const hint = "move it to the main file";
    judge.error("additional_labels may not stand in a supplemental file", ["additional_labels"], hint);
  }
  const merged: RestrictedLabels = { ...base.restricted_labels };
  for (const [scope, added] of Object.entries(more.restricted_labels ?? {})) {
    const known = (Object.hasOwn(merged, scope) && merged[scope]) || [];
    for (const [i, { label }] of added.entries()) {
      if (known.some((entry) => entry.label === label))
        judge.error(`there are multiple label.restricted_labels configs for label ${label}`, [
          "restricted_labels",
          scope,
          i,
        ]);
    }
    merged[scope] = [...known, ...added];
  }
  return { ...base, restricted_labels: merged };
}

/** More names would only make a wall of text. */
const MOST_USERS_SHOWN = 20;

/** By name in lower case; what is said for everywhere, for the org and for the repository is added up. */
export function restrictedLabelsFor(
  restricted: RestrictedLabels | undefined,
  repo: RepoRef,
): Map<string, RestrictedLabel> {
  const found = new Map<string, RestrictedLabel>();
  for (const entry of ["*", repo.org, repoName(repo)].flatMap((key) => restricted?.[key] ?? [])) {
    const key = (entry.label ?? "").toLowerCase();
    const before = found.get(key);
    found.set(key, before ? merge(before, entry) : entry);
  }
  return found;
}

const merge = (one: RestrictedLabel, other: RestrictedLabel): RestrictedLabel => ({
  ...one,
  allowed_users: union(one.allowed_users, other.allowed_users),
  allowed_teams: union(one.allowed_teams, other.allowed_teams),
  assign_on: [...(one.assign_on ?? []), ...(other.assign_on ?? [])],
});

const union = (one: string[] = [], other: string[] = []): string[] => [...new Set([...one, ...other])].sort();

/** Why the user may not set the label; undefined: they may. `restriction` is undefined for a label for everybody. */
export async function refusal(
  label: string,
  restriction: RestrictedLabel | undefined,
  org: string,
  user: string,
  read: Pick<GitHubRead, "isTeamMember">,
): Promise<string | undefined> {
  if (!restriction) return undefined;
  const { allowed_teams: teams = [], allowed_users: users = [] } = restriction;
  if (users.some((allowed) => allowed.toLowerCase() === user.toLowerCase())) return undefined;
  for (const team of teams) if (await read.isTeamMember(org, team, user)) return undefined;
  const reason = `The label(s) \`${label}\` cannot be applied or removed, because you are not in one of the allowed teams and are not an allowed user.`;
  if (teams.length > 0) return `${reason} Must be a member of one of these teams: ${teams.join(", ")}`;
  const shown = users.slice(0, MOST_USERS_SHOWN).join(",");
  return shown ? `${reason} Consider assigning one of the following members: ${shown}` : reason;
}

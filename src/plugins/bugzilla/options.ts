// bugzilla of plugins.yaml: when a bug is valid, from the general to the branch.
import { type Judge, type PluginsConfig, section } from "../../config/plugins-config.ts";
import { boolean, type Infer, list, map, object, string } from "../../lib/schema.ts";
import type { RepoRef } from "../../model/github.ts";

const stateSchema = object({ status: string("Its status."), resolution: string("Its resolution.") });
export type BugState = Infer<typeof stateSchema>;
const statuses = (doc: string) => list(string("A status."), doc);

const branchSchema = object({
  exclude_defaults: boolean("What is said more generally does not count here."),
  enable_backporting: boolean("A cherry pick gets a bug of its own."),
  validate_by_default: boolean("Every pull request is checked, also one that names no bug."),
  is_open: boolean("The bug has to be open, or closed."),
  target_release: string("The release that it has to target."),
  statuses: statuses("Statuses that it may have."),
  valid_states: list(stateSchema, "States that it may be in."),
  dependent_bug_statuses: statuses("Statuses that the bugs that it depends on may have."),
  dependent_bug_states: list(stateSchema, "States that the bugs that it depends on may be in."),
  dependent_bug_target_releases: list(string("A release."), "Releases that they may target."),
  dependent_bug_target_release: string("One of them. Deprecated: use dependent_bug_target_releases."),
  status_after_validation: string("The status that a valid bug gets."),
  state_after_validation: stateSchema,
  add_external_link: boolean("The bug gets a link to the pull request."),
  status_after_merge: string("The status that it gets once all its pull requests are merged."),
  state_after_merge: stateSchema,
  state_after_close: stateSchema,
  allowed_groups: list(string("A group."), "Groups whose bugs may be linked; a bug in another is not."),
});
export type BranchOptions = Infer<typeof branchSchema>;
const branches = map(branchSchema, "By branch, or * for the rest.");

const bugzillaSchema = object({
  default: branches,
  orgs: map(
    object({ default: branches, repos: map(object({ branches }), "By repository, without the org.") }),
    "By org.",
  ),
});
type Bugzilla = Infer<typeof bugzillaSchema>;
type Org = NonNullable<Bugzilla["orgs"]>[string];

export const bugzillaSection = section("bugzilla", bugzillaSchema, {
  check({ default: everywhere, orgs = {} }, judge) {
    warnOfDeprecated(everywhere, ["default"], judge);
    for (const [org, { default: ofOrg, repos = {} }] of Object.entries(orgs)) {
      warnOfDeprecated(ofOrg, ["orgs", org, "default"], judge);
      for (const [repo, { branches }] of Object.entries(repos))
        warnOfDeprecated(branches, ["orgs", org, "repos", repo, "branches"], judge);
    }
  },
  merge: mergeBugzilla,
});

function warnOfDeprecated(options: Infer<typeof branches> = {}, path: string[], judge: Judge): void {
  const field = "dependent_bug_target_release";
  for (const [branch, { [field]: release }] of Object.entries(options)) {
    if (release !== undefined)
      judge.warning(`${field} is deprecated`, [...path, branch, field], `use ${field}s`);
  }
}

/** Each part may be said in one file only. */
function mergeBugzilla(base: Bugzilla = {}, more: Bugzilla, judge: Judge): Bugzilla {
  if (base.default && more.default)
    judge.error("configuration of global default defined in multiple places", ["default"]);
  const orgs: Record<string, Org> = { ...base.orgs };
  for (const [org, added] of Object.entries(more.orgs ?? {})) {
    const known = orgs[org] ?? {};
    if (known.default && added.default)
      judge.error(`found duplicate organization config for bugzilla.${org}`, ["orgs", org, "default"]);
    for (const repo of Object.keys(added.repos ?? {})) {
      if (known.repos && Object.hasOwn(known.repos, repo))
        judge.error(`found duplicate repository config for bugzilla.${org}/${repo}`, [
          "orgs",
          org,
          "repos",
          repo,
        ]);
    }
    orgs[org] = { default: known.default ?? added.default, repos: { ...added.repos, ...known.repos } };
  }
  return { default: base.default ?? more.default, orgs };
}

/** What holds on each branch of a repository that is said anything of; branches that differ in nothing from * are left out. */
export function bugzillaFor(plugins: PluginsConfig, { org, repo }: RepoRef): Record<string, BranchOptions> {
  const { default: everywhere, orgs } = plugins.get(bugzillaSection) ?? {};
  const levels = [everywhere, orgs?.[org]?.default, orgs?.[org]?.repos?.[repo]?.branches].map(
    (level) => level ?? {},
  );
  const resolve = (branch: string) =>
    levels.map((level) => cascade(level["*"] ?? {}, level[branch] ?? {})).reduce(cascade);
  const names = new Set(levels.flatMap(Object.keys));
  const all = Object.fromEntries([...names].map((branch) => [branch, resolve(branch)]));
  const general = all["*"] && compared(all["*"]);
  return Object.fromEntries(
    Object.entries(all).filter(([branch, options]) => branch === "*" || compared(options) !== general),
  );
}

/** Fields by which branches are told apart. */
const COMPARED = [
  "validate_by_default",
  "is_open",
  "target_release",
  "valid_states",
  "dependent_bug_states",
  "state_after_validation",
  "add_external_link",
  "state_after_merge",
] as const;
const compared = (options: BranchOptions): string =>
  JSON.stringify(COMPARED.map((field) => sorted(options[field])));
const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((entry: BugState) => stateKey(entry)).sort() : value;
const stateKey = ({ status = "", resolution = "" }: BugState): string => `${status}\0${resolution}`;

/** The more special over the more general; lists of statuses become states, which is all that is read of them. */
function cascade(general: BranchOptions, special: BranchOptions): BranchOptions {
  const own = asStates(special);
  const inherited = special.exclude_defaults ? {} : asStates(general);
  const groups = [...(inherited.allowed_groups ?? []), ...(own.allowed_groups ?? [])];
  return { ...inherited, ...own, ...(groups.length > 0 && { allowed_groups: [...new Set(groups)].sort() }) };
}

function asStates(options: BranchOptions): BranchOptions {
  const {
    statuses,
    dependent_bug_statuses: dependent,
    dependent_bug_target_release: release,
    status_after_validation: validated,
    status_after_merge: merged,
    ...rest
  } = options;
  const releases = rest.dependent_bug_target_releases ?? [];
  return {
    ...rest,
    ...(statuses && { valid_states: withStatuses(rest.valid_states, statuses) }),
    ...(dependent && { dependent_bug_states: withStatuses(rest.dependent_bug_states, dependent) }),
    ...(release !== undefined && { dependent_bug_target_releases: [...new Set([...releases, release])] }),
    ...(validated !== undefined && {
      state_after_validation: rest.state_after_validation ?? { status: validated },
    }),
    ...(merged !== undefined && { state_after_merge: rest.state_after_merge ?? { status: merged } }),
  };
}

/** Undefined when both are empty: then nothing is asked, whatever is said more generally. */
function withStatuses(states: BugState[] = [], statuses: string[]): BugState[] | undefined {
  const named = statuses.map((status): BugState => ({ status }));
  const all = new Map([...states, ...named].map((state) => [stateKey(state), state]));
  return all.size > 0 ? [...all.keys()].sort().map((key) => all.get(key)!) : undefined;
}

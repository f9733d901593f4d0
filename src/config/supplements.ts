// Supplemental configuration files: what they may hold, and how it is added to the main one.
import type { Path, Schema } from "../lib/schema.ts";
import { policyOf } from "./branch-policy.ts";
import type { BranchPolicy, BranchProtection } from "./branch-protection.ts";
import { prowConfigSchema, type RawConfig } from "./config.ts";
import { type Blame, blamer, type Fault } from "./fault.ts";
import { Homes, isUnset } from "./homes.ts";
import { tideSchema } from "./tide-schema.ts";

interface Shape {
  fields: Readonly<Record<string, Schema<unknown>>>;
}

export interface Supplement {
  /** Path of the file. */
  file: string;
  data: RawConfig;
}

export interface Merged {
  raw: RawConfig;
  homes: Homes;
  faults: readonly Fault[];
}

/** The last result for each main configuration, so that what has not changed stays the same object. */
const known = new WeakMap<RawConfig, { supplements: readonly Supplement[]; merged: Merged }>();

export function mergeSupplements(main: RawConfig, file: string, supplements: readonly Supplement[]): Merged {
  if (!supplements.length) return { raw: main, homes: new Homes(file), faults: [] };
  const before = known.get(main);
  const same =
    before?.supplements.length === supplements.length &&
    before.supplements.every(({ data }, i) => data === supplements[i]!.data);
  if (before && same) return before.merged;
  const faults: Fault[] = [];
  const homes = new Homes(file);
  const raw = supplements.reduce((base, one) => withSupplement(base, one, homes, faults), main);
  const merged = { raw, homes, faults };
  known.set(main, { supplements, merged });
  return merged;
}

const MAY = ["branch-protection", "slack_reporter_configs", "tide"];

function withSupplement(
  base: RawConfig,
  { file, data }: Supplement,
  homes: Homes,
  faults: Fault[],
): RawConfig {
  const blame = blamer(faults, { file, path: [] });
  const { tide: { merge_method: methods, queries = [], ...otherTide } = {}, ...others } = data;
  refuseOthers(others, prowConfigSchema, [], blame);
  refuseOthers(otherTide, tideSchema, ["tide"], blame);
  const merge = { homes, file, blame };
  const first = base.tide?.queries?.length ?? 0;
  for (const i of queries.keys())
    homes.set(["tide", "queries", first + i], { file, path: ["tide", "queries", i] });
  return {
    ...base,
    tide: {
      ...base.tide,
      ...(queries.length && { queries: [...(base.tide?.queries ?? []), ...queries] }),
      ...(methods && {
        merge_method: mergeMaps(base.tide?.merge_method, methods, ["tide", "merge_method"], merge),
      }),
    },
    ...(data.slack_reporter_configs && {
      slack_reporter_configs: mergeMaps(
        base.slack_reporter_configs,
        data.slack_reporter_configs,
        ["slack_reporter_configs"],
        merge,
      ),
    }),
    ...(data["branch-protection"] && {
      "branch-protection": mergeProtection(base["branch-protection"] ?? {}, data["branch-protection"], merge),
    }),
  };
}

function refuseOthers(section: object, { fields }: Shape, path: Path, blame: Blame): void {
  for (const [key, value] of Object.entries(section)) {
    if (MAY.includes(key) || isUnset(fields[key]!, value)) continue;
    blame(
      "only 'branch-protection', 'slack_reporter_configs', 'tide.merge_method' and 'tide.queries' may be set via additional config, all other fields have no merging logic yet",
      [...path, key],
      `move ${[...path, key].join(".")} to the main configuration file`,
    );
  }
}

interface Merge {
  homes: Homes;
  file: string;
  blame: Blame;
}

/** Keys of both are faults; the first one stays. */
function mergeMaps<T>(
  base: Record<string, T> = {},
  more: Record<string, T>,
  path: Path,
  { homes, file, blame }: Merge,
): Record<string, T> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(more)) {
    const here = [...path, key];
    if (Object.hasOwn(base, key)) {
      blame(
        `config for org or repo ${key} passed more than once`,
        here,
        `also in ${homes.originOf(here).file}`,
      );
      continue;
    }
    merged[key] = value;
    homes.set(here, { file, path: here });
  }
  return merged;
}

const SWITCHES = [
  "protect-tested-repos",
  "allow_disabled_policies",
  "allow_disabled_job_policies",
  "protect_repos_with_optional_jobs",
] as const;

function mergeProtection(base: BranchProtection, more: BranchProtection, merge: Merge): BranchProtection {
  const merged: BranchProtection = { ...base };
  for (const key of SWITCHES) {
    if (more[key] === undefined) continue;
    if (base[key] !== undefined)
      merge.blame(`both branchprotection configs set ${key}`, ["branch-protection", key]);
    else merged[key] = more[key];
  }
  return { ...merged, ...mergeLevel(base, more, ["branch-protection"], LEVELS, merge) };
}

/** What lies below a policy, and what Prow calls it. */
const LEVELS = ["orgs", "repos", "branches"] as const;
const WHAT = [
  "set a top-level policy",
  "define a policy for org",
  "define a policy for repo",
  "define a policy for branch",
];

type Level = BranchPolicy & { [K in (typeof LEVELS)[number]]?: Record<string, Level> };

function mergeLevel(
  base: Level,
  more: Level,
  path: Path,
  below: readonly (typeof LEVELS)[number][],
  merge: Merge,
): Level {
  const [mine, theirs] = [policyOf(base), policyOf(more)];
  const merged: Level = { ...(isSet(mine) ? mine : theirs) };
  if (isSet(mine) && isSet(theirs)) {
    const name = path
      .filter((_, i) => i % 2 === 0)
      .slice(1)
      .join("/");
    merge.blame(`both branchprotection configs ${WHAT[LEVELS.length - below.length]} ${name}`.trim(), path);
  } else if (isSet(theirs)) merge.homes.set(path, { file: merge.file, path });
  const [field, ...deeper] = below;
  if (!field) return merged;
  const [ours, added] = [base[field] ?? {}, more[field] ?? {}];
  if (!base[field] && !more[field]) return merged;
  merged[field] = { ...ours };
  for (const [key, level] of Object.entries(added)) {
    merged[field][key] = mergeLevel(ours[key] ?? {}, level, [...path, field, key], deeper, merge);
  }
  return merged;
}

/** Of a policy, a switch that is off and a part that is there but empty count too; only empty lists do not. */
const isSet = (policy: BranchPolicy): boolean =>
  Object.values(policy).some((value) => value !== undefined && !(Array.isArray(value) && !value.length));

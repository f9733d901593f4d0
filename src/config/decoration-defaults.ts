// Decoration and other defaults of jobs by repository and cluster: later entries override earlier ones, the job's own all.
import { madeOnce } from "../lib/kept/made-once.ts";
import type { DecorationConfig, GCSConfiguration } from "../model/decoration-config.ts";
import type { RawConfig } from "./config.ts";

interface Entry<T> {
  repo?: string;
  cluster?: string;
  config?: T;
}

type Plank = NonNullable<RawConfig["plank"]>;
type ProwJobDefault = NonNullable<NonNullable<RawConfig["prowjob_default_entries"]>[number]["config"]>;

/** Tenant of jobs that no entry gives one. */
const DEFAULT_TENANT = "GlobalDefaultID";

/** The entries in force: the list as it is, or the map as a list: `*`, then orgs, then repositories. */
function decorationEntries(plank: Plank): Entry<DecorationConfig>[] {
  const map = plank.default_decoration_configs ?? {};
  const keys = Object.keys(map);
  if (!keys.length) return plank.default_decoration_config_entries ?? [];
  const rank = (key: string) => (key === "*" ? 0 : key.includes("/") ? 2 : 1);
  return keys.sort((a, b) => rank(a) - rank(b)).map((repo) => ({ repo, config: map[repo] }));
}

function matches(
  { repo: wanted = "", cluster: wantedCluster = "" }: Entry<unknown>,
  repo: string,
  cluster: string,
) {
  if (wantedCluster !== "" && wantedCluster !== "*" && wantedCluster !== cluster) return false;
  if (wanted === "" || wanted === "*" || wanted === repo) return true;
  // Gerrit's repositories are keyed by URL, with the review host.
  const code = repo
    .replace(/^(https?:\/\/[^/]*?)-review(\.googlesource\.com)/, "$1$2")
    .replace(/^https?:\/\//, "");
  return wanted === code || wanted === code.split("/")[0];
}

export interface JobDefaults {
  /** The decoration of a decorated job. */
  decoration(repo: string, cluster: string, own?: DecorationConfig): DecorationConfig;
  prowJob(repo: string, cluster: string, own?: ProwJobDefault): ProwJobDefault;
}

/** Merges the entries once for each repository and cluster; jobs without settings of their own share the result. */
export const jobDefaults = madeOnce((config: RawConfig): JobDefaults => {
  const decorations = merger(decorationEntries(config.plank ?? {}), mergeDecoration);
  const prowJobs = merger(config.prowjob_default_entries ?? [], mergeProwJobDefault);
  const withTenant = madeOnce(
    (value: ProwJobDefault): ProwJobDefault =>
      value.tenant_id ? value : { ...value, tenant_id: DEFAULT_TENANT },
  );
  return {
    decoration: decorations,
    prowJob: (repo, cluster, own) => withTenant(prowJobs(repo, cluster, own)),
  };
});

function merger<T extends object>(entries: Entry<T>[], merge: (own: T, under: T) => T) {
  const known = new Map<string, T | undefined>();
  const nothing = {} as T;
  return (repo: string, cluster: string, own?: T): T => {
    const key = `${cluster} ${repo}`;
    if (!known.has(key)) {
      const fitting = entries
        .filter((entry) => entry.config && matches(entry, repo, cluster))
        .map((entry) => entry.config!);
      known.set(key, fitting.length ? fitting.reduce((under, over) => merge(over, under)) : undefined);
    }
    const defaults = known.get(key);
    if (!own) return defaults ?? nothing;
    return defaults ? merge(own, defaults) : own;
  };
}

const mergeProwJobDefault = (own: ProwJobDefault, under: ProwJobDefault): ProwJobDefault => ({
  ...under,
  ...own,
  ...((own.tenant_id || under.tenant_id) && { tenant_id: own.tenant_id || under.tenant_id }),
});

/** Fields that an empty value leaves to the default too; all others are left only when they are not there. */
const EMPTY_IS_UNSET = new Set([
  "ssh_key_secrets",
  "ssh_host_fingerprints",
  "github_api_endpoints",
  "github_app_id",
  "sparse_checkout_files",
]);

/** `own` over `under`, part by part as Prow merges them. */
function mergeDecoration(own: DecorationConfig, under: DecorationConfig): DecorationConfig {
  const merged: DecorationConfig = overlay(own, under, (key) => EMPTY_IS_UNSET.has(key));
  const sub = <K extends keyof DecorationConfig>(key: K, emptyIsUnset: boolean) => {
    const [over, below] = [own[key], under[key]];
    if (over && below)
      merged[key] = overlay(over as object, below as object, () => emptyIsUnset) as DecorationConfig[K];
  };
  sub("utility_images", true);
  sub("resources", false);
  sub("scheduling_options", false);
  if (own.censoring_options && under.censoring_options) {
    const { ini_filenames: _neverMerged, ...options } = under.censoring_options;
    merged.censoring_options = overlay(own.censoring_options, options, () => false);
  }
  if (own.gcs_configuration && under.gcs_configuration) {
    merged.gcs_configuration = mergeStorage(own.gcs_configuration, under.gcs_configuration);
  }
  return merged;
}

function mergeStorage(own: GCSConfiguration, under: GCSConfiguration): GCSConfiguration {
  const merged = overlay(own, under, (key) => key !== "compress_file_types" && key !== "mediaTypes");
  // The other way round than everything else: the default's media types win.
  if (own.mediaTypes && under.mediaTypes) merged.mediaTypes = { ...own.mediaTypes, ...under.mediaTypes };
  return merged;
}

function overlay<T extends object>(own: T, under: T, emptyIsUnset: (key: string) => boolean): T {
  const merged = { ...under } as Record<string, unknown>;
  for (const [key, value] of Object.entries(own)) {
    const empty = value === "" || (Array.isArray(value) && value.length === 0);
    if (value !== undefined && !(empty && emptyIsUnset(key) && merged[key] !== undefined))
      merged[key] = value;
  }
  return merged as T;
}

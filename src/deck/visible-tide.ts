// What tide and hook tell, without the repositories and tenants that this deck does not show.
import { jobDefaults } from "../config/decoration-defaults.ts";
import { namesRepo, type RepoRef, refOfScope, repoName } from "../model/github.ts";
import type { PluginsHelp } from "../model/plugin-help.ts";
import type { DeckDeps } from "./deps.ts";
import { mayShow } from "./visible-jobs.ts";

type Told = Pick<DeckDeps, "tide" | "tideHistory" | "pluginHelp">;

/** The same questions; what this deck does not show does not occur in the answers. */
export function withoutHidden(deps: DeckDeps): Told {
  const isHidden = (repo: RepoRef) => namesRepo(deps.config().deck.hidden_repos, repo);
  const shown = (repo: RepoRef, tenantIDs: readonly string[]) => mayShowRepo(deps, repo, tenantIDs);
  // What commands there are is nobody's secret but that of a hidden repository.
  const helps = (repo: RepoRef) => deps.showHidden || deps.hiddenOnly || !isHidden(repo);
  return {
    async tide() {
      const snapshot = await deps.tide();
      return snapshot && { ...snapshot, pools: snapshot.pools.filter((pool) => shown(pool, pool.tenantIDs)) };
    },
    async tideHistory() {
      const history = await deps.tideHistory();
      if (!history) return undefined;
      const pools = Object.entries(history).map(
        ([pool, records]) =>
          [pool, records.filter(({ tenantids }) => shown(refOf(pool), tenantids ?? []))] as const,
      );
      return Object.fromEntries(pools.filter(([, records]) => records.length > 0));
    },
    async pluginHelp() {
      const help = await deps.pluginHelp();
      return help && shownHelp(help, helps);
    },
  };
}

/** By the repository's own, and by what its jobs say of tenants. */
export const mayShowRepo = (deps: DeckDeps, repo: RepoRef, tenantIDs: readonly string[] = []): boolean =>
  mayShow(deps, namesRepo(deps.config().deck.hidden_repos, repo), tenantsOf(deps, repo, tenantIDs));

/** The tenants of the jobs, and the one that the configuration gives to the repository. */
function tenantsOf({ config }: DeckDeps, repo: RepoRef, ofJobs: readonly string[]): readonly string[] {
  const fallback = jobDefaults(config()).prowJob(repoName(repo), "*").tenant_id ?? "";
  const isDefault = mayShow({ showHidden: false }, false, [fallback]);
  if (!isDefault) return [...ofJobs, fallback];
  return ofJobs.length > 0 ? ofJobs : [fallback];
}

/** Of `org`, `org/repo` or `org/repo:branch`. */
const refOf = (scope: string): RepoRef => refOfScope(scope.replace(/:.*$/s, ""));

function shownHelp(help: PluginsHelp, shown: (repo: RepoRef) => boolean | undefined): PluginsHelp {
  const only = <T>(map: Record<string, T> | null) =>
    map && Object.fromEntries(Object.entries(map).filter(([scope]) => scope === "" || shown(refOf(scope))));
  const plugins = (map: PluginsHelp["PluginHelp"]) =>
    map &&
    Object.fromEntries(
      Object.entries(map).map(([name, one]) => [name, { ...one, Config: only(one.Config) }]),
    );
  return {
    AllRepos: help.AllRepos?.filter((name) => shown(refOf(name))) ?? null,
    RepoPlugins: only(help.RepoPlugins),
    RepoExternalPlugins: only(help.RepoExternalPlugins),
    PluginHelp: plugins(help.PluginHelp),
    ExternalPluginHelp: plugins(help.ExternalPluginHelp),
  };
}

// What tide and hook tell, without the repositories that this deck hides.
import { namesRepo, type RepoRef } from "../model/github.ts";
import type { PluginsHelp } from "../model/plugin-help.ts";
import type { DeckDeps } from "./deps.ts";

type Told = Pick<DeckDeps, "tide" | "tideHistory" | "pluginHelp">;

/** The same questions; hidden orgs and repositories do not occur in the answers. */
export function withoutHidden(deps: DeckDeps): Told {
  if (deps.showHidden) return deps;
  const shown = (repo: RepoRef) => !namesRepo(deps.config().deck.hidden_repos, repo);
  return {
    async tide() {
      const snapshot = await deps.tide();
      return snapshot && { ...snapshot, pools: snapshot.pools.filter(shown) };
    },
    async tideHistory() {
      const history = await deps.tideHistory();
      return history && Object.fromEntries(Object.entries(history).filter(([pool]) => shown(refOf(pool))));
    },
    async pluginHelp() {
      const help = await deps.pluginHelp();
      return help && shownHelp(help, shown);
    },
  };
}

/** Of `org`, `org/repo` or `org/repo:branch`. */
function refOf(scope: string): RepoRef {
  const [org = "", rest = ""] = scope.split("/");
  return { org, repo: rest.replace(/:.*$/s, "") };
}

function shownHelp(help: PluginsHelp, shown: (repo: RepoRef) => boolean): PluginsHelp {
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

// What is wrong with who runs which plugins: a name that is none, one that is there twice, two that exclude each other.
import { nearest } from "../../lib/nearest.ts";
import type { Report } from "../../lib/schema.ts";
import type { LoadOptions } from "../load.ts";
import type { PluginsData } from "../plugins-config.ts";

type Enabled = NonNullable<PluginsData["plugins"]>;
type External = NonNullable<PluginsData["external_plugins"]>;

/** Both choose reviewers, so a repository runs one of them. */
const EXCLUSIVE = ["blunderbuss", "rifle"] as const;

/** Names that `plugins` may list, and how bad another one is. */
export type Names = Pick<LoadOptions, "knownPlugins" | "unknownPlugins">;

export function checkScopes(
  { plugins = {}, external_plugins: external = {} }: PluginsData,
  names: Names,
  report: Report,
): void {
  checkNames(plugins, names, report);
  checkTwice(plugins, report);
  checkExclusive(plugins, report);
  checkExternalTwice(external, report);
}

/** Prow's plugins that have come into another one. */
const RENAMED: Readonly<Record<string, string>> = { "transfer-issue": "issue-management" };

function checkNames(
  enabled: Enabled,
  { knownPlugins: known, unknownPlugins: level = "error" }: Names,
  report: Report,
): void {
  if (!known) return;
  for (const [scope, { plugins = [] }] of Object.entries(enabled)) {
    for (const [i, name] of plugins.entries()) {
      if (known.includes(name)) continue;
      const near = RENAMED[name] ?? nearest(name, known);
      const hint = near && `did you mean ${JSON.stringify(near)}?`;
      const path = ["plugins", scope, "plugins", i];
      report({ level, path, message: `unknown plugin: ${name}`, hint });
    }
  }
}

/** What the org of a repository runs there too; undefined for an org, and where the org excludes the repository. */
function ofOrg(enabled: Enabled, scope: string): { org: string; plugins: string[] } | undefined {
  const [org = "", repo] = scope.split("/");
  const entry = repo === undefined ? undefined : enabled[org];
  return entry && !entry.excluded_repos?.includes(repo!) ? { org, plugins: entry.plugins ?? [] } : undefined;
}

/** A plugin of the org is the repository's already. */
function checkTwice(enabled: Enabled, report: Report): void {
  for (const [scope, { plugins = [] }] of Object.entries(enabled)) {
    const inherited = ofOrg(enabled, scope);
    const twice = plugins.filter((name) => inherited?.plugins.includes(name)).sort();
    if (!inherited || twice.length === 0) continue;
    report({
      level: "error",
      path: ["plugins", scope],
      message: `plugins [${twice.join(" ")}] are duplicated for ${scope} and ${inherited.org}`,
      hint: `remove them from ${scope}`,
    });
  }
}

function checkExclusive(enabled: Enabled, report: Report): void {
  const [one, other] = EXCLUSIVE;
  for (const [scope, { plugins = [] }] of Object.entries(enabled)) {
    const inherited = ofOrg(enabled, scope);
    const own = EXCLUSIVE.filter((name) => plugins.includes(name));
    const both = EXCLUSIVE.every((name) => own.includes(name) || inherited?.plugins.includes(name));
    if (!both || own.length === 0) continue;
    const between = own.length === 1 ? ` (conflict between ${inherited?.org} and ${scope} config)` : "";
    report({
      level: "error",
      path: ["plugins", scope],
      message: `${scope}: ${one} and ${other} plugins are mutually exclusive${between}`,
    });
  }
}

function checkExternalTwice(external: External, report: Report): void {
  for (const [scope, plugins] of Object.entries(external)) {
    const [org = "", repo] = scope.split("/");
    const inherited = repo === undefined ? [] : (external[org] ?? []);
    const twice = plugins.flatMap(({ name = "" }) =>
      inherited.some((plugin) => (plugin.name ?? "") === name) ? [name] : [],
    );
    if (twice.length === 0) continue;
    report({
      level: "error",
      path: ["external_plugins", scope],
      message: `external plugins [${twice.join(" ")}] are duplicated for ${scope} and ${org}`,
      hint: `remove them from ${scope}`,
    });
  }
}

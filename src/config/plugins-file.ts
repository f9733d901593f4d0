// plugins.yaml read: both forms of `plugins`, each plugin's section by its own schema, and what is wrong with it.

import { nearest } from "../lib/nearest.ts";
import { isRecord, object, type Problem, type Report, type Schema } from "../lib/schema.ts";
import type { LoadOptions } from "./load.ts";
import {
  type OwnFields,
  type PluginsConfig,
  pluginsConfig,
  pluginsFields,
  type Section,
} from "./plugins-config.ts";

/** Sections of Prow's plugins that are not ours yet are passed over, since a deployment may share its file with Prow. */
const PROW_SECTIONS = new Set(
  (
    "approve blockades blunderbuss rifle bugzilla branch_cleaner cat cherry_pick_approved cherry_pick_unapproved " +
    "config_updater dco golint goose heart label lgtm jira milestone_applier release_note repo_milestone project_config " +
    "project_manager require_matching_label retitle slack sigmention size triggers welcome override help " +
    "invalid_commit_msg help_guidelines_url help_guidelines_summary"
  ).split(" "),
);

/** Decodes the file's data; undefined when it has errors. */
export function readPlugins(
  data: unknown,
  sections: readonly Section<unknown>[],
  names: LoadOptions,
  report: Report,
): PluginsConfig | undefined {
  let failed = false;
  const note: Report = (problem: Problem) => {
    if (problem.level === "error") failed = true;
    report(problem);
  };
  if (data !== null && !isRecord(data)) {
    note({ level: "error", path: [], message: "expected a map at the top of the file" });
    return undefined;
  }
  const ours = Object.fromEntries(sections.map(({ key, schema }) => [key, schema]));
  const schema: Schema<OwnFields & Record<string, unknown>> = object({ ...pluginsFields, ...ours });
  const decoded = schema.decode(withoutForeign(withMapForm(data ?? {}), ours), [], note) ?? {};
  const { plugins = {}, external_plugins, owners, ...own } = decoded;
  checkNames(plugins, names, note);
  checkTwice(plugins, note);
  return failed ? undefined : pluginsConfig({ plugins, external_plugins, owners, sections: own });
}

/** The old form lists a repository's plugins without the key `plugins`. */
function withMapForm(data: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(data["plugins"])) return data;
  const entries = Object.entries(data["plugins"]).map(([repo, value]) => [
    repo,
    Array.isArray(value) ? { plugins: value } : value,
  ]);
  return { ...data, plugins: Object.fromEntries(entries) };
}

const withoutForeign = (data: Record<string, unknown>, ours: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(data).filter(([key]) => Object.hasOwn(ours, key) || !PROW_SECTIONS.has(key)),
  );

type Enabled = NonNullable<OwnFields["plugins"]>;

function checkNames(
  enabled: Enabled,
  { knownPlugins: known, unknownPlugins: level = "error" }: LoadOptions,
  report: Report,
): void {
  if (!known) return;
  for (const [repo, { plugins = [] }] of Object.entries(enabled)) {
    for (const [i, name] of plugins.entries()) {
      if (known.includes(name)) continue;
      const near = nearest(name, known);
      const hint = near && `did you mean ${JSON.stringify(near)}?`;
      report({
        level,
        path: ["plugins", repo, "plugins", i],
        message: `unknown plugin: ${name}`,
        hint,
      });
    }
  }
}

/** A plugin of the org is the repository's already. */
function checkTwice(enabled: Enabled, report: Report): void {
  for (const [repo, { plugins = [] }] of Object.entries(enabled)) {
    const org = repo.includes("/") ? repo.split("/")[0]! : undefined;
    const twice = org ? plugins.filter((name) => enabled[org]?.plugins?.includes(name)) : [];
    if (!twice.length) continue;
    report({
      level: "error",
      path: ["plugins", repo],
      message: `plugins [${twice.sort().join(" ")}] are duplicated for ${repo} and ${org}`,
      hint: `remove them from ${repo}`,
    });
  }
}

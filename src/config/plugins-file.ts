// plugins.yaml read: both forms of `plugins`, each plugin's section by its own schema, and what is wrong with it.
import { isRecord, object, type Path, type Problem, type Report } from "../lib/schema.ts";
import { type Judge, type PluginsData, pluginsFields, type Section } from "./plugins-config.ts";
import { checkScopes, type Names } from "./validate/plugins.ts";

/** The shape of the whole file. */
export const pluginsSchema = (sections: readonly Section<unknown>[]) =>
  object({ ...pluginsFields, ...Object.fromEntries(sections.map(({ key, schema }) => [key, schema])) });

/** The data of one file, main or supplemental, without its sections that have errors; undefined when it is no map. */
export function decodePlugins(
  data: unknown,
  sections: readonly Section<unknown>[],
  report: Report,
): PluginsData | undefined {
  if (data !== null && !isRecord(data)) {
    report({ level: "error", path: [], message: "expected a map at the top of the file" });
    return undefined;
  }
  const broken = new Set<string | number | undefined>();
  const old = isOldForm(data?.["plugins"]);
  const note: Report = (problem: Problem) => {
    if (problem.level === "error") broken.add(problem.path[0]);
    report(old ? { ...problem, path: oldPath(problem.path) } : problem);
  };
  const decoded = pluginsSchema(sections).decode(old ? inMapForm(data!) : (data ?? {}), [], note) ?? {};
  if (old) report({ level: "warning", path: ["plugins"], ...OLD_FORM });
  const { plugins, external_plugins, owners, ...rest } = decoded;
  const whole = Object.entries(rest).filter(([key]) => !broken.has(key));
  return { plugins, external_plugins, owners, sections: Object.fromEntries(whole) };
}

/** What is wrong with data that decoded well, once all files are merged. */
export function checkPlugins(
  data: PluginsData,
  sections: readonly Section<unknown>[],
  names: Names,
  report: Report,
): void {
  checkScopes(data, names, report);
  for (const { key, check } of sections) {
    if (check && Object.hasOwn(data.sections, key)) check(data.sections[key], judgeOf(key, report));
  }
}

/** Reports what is found in the section under `key`. */
export function judgeOf(key: string, report: Report): Judge {
  const say =
    (level: Problem["level"]) =>
    (message: string, path: Path = [], hint?: string): void =>
      report({ level, message, path: [key, ...path], ...(hint && { hint }) });
  return { error: say("error"), warning: say("warning") };
}

const OLD_FORM = {
  message: "a list of plugins by repository is deprecated",
  hint: "write `ORG/REPO: {plugins: [...]}`",
};

type Data = Record<string, unknown>;

/** The old form lists a repository's plugins without the key `plugins`; all entries are in one form or in the other. */
function isOldForm(plugins: unknown): boolean {
  if (!isRecord(plugins)) return false;
  const entries = Object.values(plugins).filter((entry) => entry !== null);
  return entries.length > 0 && entries.every(Array.isArray);
}

const inMapForm = (data: Data): Data => ({
  ...data,
  plugins: Object.fromEntries(
    Object.entries(data["plugins"] as Data).map(([scope, plugins]) => [scope, { plugins }]),
  ),
});

const oldPath = (path: Path): Path => (path[0] === "plugins" ? path.filter((_, i) => i !== 2) : path);

// plugins.yaml and its supplements to the plugins' configuration: decoded, merged, checked, every fault with its line.
import type { Problem, Report } from "../lib/schema.ts";
import type { DecodeCache } from "./decode-cache.ts";
import { decodeAfresh, placesOf } from "./decode-file.ts";
import { blamer, type Fault } from "./fault.ts";
import { Homes } from "./homes.ts";
import { type PluginsConfig, type PluginsData, pluginsConfig, type Section } from "./plugins-config.ts";
import { checkPlugins, decodePlugins } from "./plugins-file.ts";
import { withPluginSupplement } from "./plugins-merge.ts";
import type { LocatedProblem, SourceFile } from "./source.ts";
import type { Names } from "./validate/plugins.ts";

export interface LoadedPlugins {
  /** Undefined when the files have errors. */
  plugins?: PluginsConfig;
  problems: LocatedProblem[];
}

interface Known {
  files: readonly SourceFile[];
  sections: readonly Section<unknown>[];
  names: Names;
  loaded: LoadedPlugins;
}

/** The last result of each main file: as long as nothing changes, a reload of something else takes it as it is. */
const known = new WeakMap<SourceFile, Known>();

export function loadPlugins(
  main: SourceFile,
  supplements: readonly SourceFile[],
  sections: readonly Section<unknown>[],
  names: Names,
  cache?: DecodeCache,
): LoadedPlugins {
  const files = [main, ...supplements];
  const before = known.get(main);
  const same =
    before?.sections === sections &&
    before.names.knownPlugins === names.knownPlugins &&
    before.names.unknownPlugins === names.unknownPlugins &&
    before.files.length === files.length &&
    before.files.every((file, i) => file === files[i]);
  if (before && same) return before.loaded;
  const loaded = loadAfresh(main, files, sections, names, cache);
  known.set(main, { files, sections, names, loaded });
  return loaded;
}

function loadAfresh(
  main: SourceFile,
  files: readonly SourceFile[],
  sections: readonly Section<unknown>[],
  names: Names,
  cache: DecodeCache | undefined,
): LoadedPlugins {
  const decoded = files.map((file) => ({
    file,
    ...decodeAfresh(
      file,
      (value, report) => decodePlugins(value, sections, report),
      // Plain data: what the plugins make of them is not of the code that the cache knows of.
      cache?.slot("yaml", file.text),
    ),
  }));
  const homes = new Homes(main.path);
  const faults: Fault[] = decoded.flatMap((one) => one.faults);
  const placed = decoded.flatMap((one) => one.placed);
  const data = decoded.reduce<PluginsData | undefined>((base, one, index) => {
    if (!one.data || index === 0) return one.data ?? base;
    const supplement = { file: one.file.path, data: one.data };
    const blame = blamer(faults, { file: one.file.path, path: [] });
    return withPluginSupplement(base ?? { sections: {} }, supplement, sections, homes, blame);
  }, undefined);
  const report: Report = (problem: Problem) =>
    void faults.push({ ...problem, ...homes.originOf(problem.path) });
  if (data) checkPlugins(data, sections, names, report);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const problems = [
    ...placed,
    ...faults.map(({ file, ...problem }) => placesOf(byPath.get(file)!).locate(problem)),
  ];
  const broken = problems.some(({ level }) => level === "error");
  return { plugins: data && !broken ? pluginsConfig(data) : undefined, problems };
}

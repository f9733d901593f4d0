// A configuration as a tool is given it: by Prow's flags, read once, with every fault told at once.
import type { Config } from "../../config/config.ts";
import { type Files, type Loaded, loadConfig } from "../../config/load.ts";
import type { PluginsConfig } from "../../config/plugins-config.ts";
import { type ConfigPaths, readConfigFiles } from "../../config/read-files.ts";
import { problemText } from "../../config/source.ts";
import { type FlagValues, string } from "../../lib/flags.ts";
import { knownPlugins, pluginSections, plugins as running } from "../../plugins/index.ts";
import type { Host } from "../command.ts";
import { configFlags, pluginFlags } from "../wiring/flag-groups.ts";
import { InputError, kindOf, readText } from "../wiring/tool.ts";
import { decodeCache } from "./config-cache.ts";
import { configPaths } from "./config-paths.ts";

export const toolConfigFlags = {
  ...configFlags,
  ...pluginFlags,
  "plugin-config": string("", "Path to plugins.yaml."),
};

export type ToolConfigFlags = FlagValues<typeof toolConfigFlags>;

/** Throws InputError when a path is none or an empty file stands where something is wanted. */
export function pathsOf(flags: ToolConfigFlags): ConfigPaths {
  const { "config-path": configPath, "job-config-path": jobs, "plugin-config": pluginConfig } = flags;
  if (!configPath) throw new InputError("--config-path is missing: it names Prow's config.yaml");
  readText(configPath, "--config-path");
  if (jobs && kindOf(jobs, "--job-config-path") === "file") readText(jobs, "--job-config-path");
  if (pluginConfig) readText(pluginConfig, "--plugin-config");
  for (const flag of ["supplemental-prow-config-dir", "supplemental-plugin-config-dir"] as const) {
    for (const directory of flags[flag]) kindOf(directory, `--${flag}`);
  }
  return configPaths(flags, flags);
}

export interface Read extends Loaded {
  files: Files;
}

/**
 * Reads and loads; what is wrong in the files is in `problems`. Throws InputError when they cannot be read.
 * Plugins that nobody knows are a fault only for who checks: a deployment may be ahead of us.
 */
export function readConfig(paths: ConfigPaths, host: Pick<Host, "env">, { checkNames = false } = {}): Read {
  let files: Files;
  try {
    files = readConfigFiles(paths);
  } catch (error) {
    // A file that went between two looks, or one of a tree that may not be read.
    throw new InputError((error as Error).message);
  }
  const cache = decodeCache(host);
  const loaded = loadConfig(files, pluginSections, { cache, ...(checkNames && { knownPlugins }) });
  // A tool that was given something wrong writes nothing, not even here.
  if (loaded.config && loaded.plugins) cache?.save();
  return { files, ...loaded };
}

export interface Usable {
  config: Config;
  plugins: PluginsConfig;
}

/** Throws InputError with every fault when it cannot be used. */
export function usable({ config, plugins: enabled, problems }: Loaded): Usable {
  if (config && enabled) return { config, plugins: enabled };
  const faults = problems.filter(({ level }) => level === "error").map(problemText);
  throw new InputError(`the configuration cannot be used:\n${faults.join("\n")}`);
}

export const usableConfig = (flags: ToolConfigFlags, host: Pick<Host, "env">): Usable =>
  usable(readConfig(pathsOf(flags), host));

/** Plugins of Prow that do nothing here. */
export function pluginsThatDoNothing(): string[] {
  const run = new Set(running.map(({ name }) => name));
  return knownPlugins.filter((name) => !run.has(name));
}

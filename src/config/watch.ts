// The only part of config that touches the disk: reads the files, polls for changes, keeps the last good configuration.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Clock } from "../lib/clock.ts";
import { compareText } from "../lib/compare-text.ts";
import type { Logger } from "../lib/logger.ts";
import type { Config } from "./config.ts";
import { type Files, type LoadOptions, loadConfig } from "./load.ts";
import type { PluginsConfig, Section } from "./plugins-config.ts";
import { type LocatedProblem, problemText, type SourceFile } from "./source.ts";

export interface ConfigPaths {
  configPath: string;
  /** A file, or a directory whose .yaml and .yml files are all read. */
  jobConfigPath?: string;
  pluginConfigPath?: string;
}

export interface WatchOptions extends ConfigPaths, LoadOptions {
  sections: readonly Section<unknown>[];
  clock: Clock;
  log: Logger;
  /** Called with each configuration that is good throughout, and how long it took to read. */
  onLoaded?(config: Config, milliseconds: number): void;
  /** Called after every reload, also with none. */
  onProblems?(problems: LocatedProblem[]): void;
}

export interface ConfigWatch {
  config(): Config;
  plugins(): PluginsConfig;
  /** Of the files as they are on disk now, even while an older configuration is in force. */
  problems(): LocatedProblem[];
  onChange(callback: (config: Config, plugins: PluginsConfig) => void): void;
  /** Looks for changes until `signal` aborts. */
  start(signal: AbortSignal): Promise<void>;
}

/** The first load found nothing that can be used. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: LocatedProblem[];

  constructor(problems: LocatedProblem[]) {
    super(
      problems
        .filter(({ level }) => level === "error")
        .map(problemText)
        .join("\n"),
    );
    this.problems = problems;
  }
}

const POLL_MS = 1_000;

/** Loads at once; throws ConfigError when the files are wrong, an Error when they cannot be read. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  const reader = new Reader(options);
  const load = () => {
    const began = options.clock.now().getTime();
    const loaded = loadConfig(reader.files(), options.sections, options);
    const isGood = loaded.config && !loaded.problems.some(({ level }) => level === "error");
    if (isGood) options.onLoaded?.(loaded.config!, options.clock.now().getTime() - began);
    return loaded;
  };
  const first = load();
  if (!first.config || !first.plugins) throw new ConfigError(first.problems);
  let [config, plugins, problems] = [first.config, first.plugins, first.problems];
  const callbacks: ((config: Config, plugins: PluginsConfig) => void)[] = [];

  function reload(): void {
    const loaded = load();
    problems = loaded.problems;
    const errors = problems.filter(({ level }) => level === "error").map(problemText);
    if (errors.length)
      options.log.error({ errors }, "Error loading config; the last good one stays in force.");
    // Each half is replaced by itself: a fault in the jobs does not hold back the plugins.
    const changed = Boolean(loaded.config) || Boolean(loaded.plugins);
    config = loaded.config ?? config;
    plugins = loaded.plugins ?? plugins;
    options.onProblems?.(problems);
    if (changed) for (const callback of callbacks) callback(config, plugins);
  }

  return {
    config: () => config,
    plugins: () => plugins,
    problems: () => problems,
    onChange: (callback) => void callbacks.push(callback),
    async start(signal) {
      options.onProblems?.(problems);
      while (!signal.aborted) {
        await options.clock.sleep(POLL_MS, signal);
        if (signal.aborted) return;
        try {
          if (reader.changed()) reload();
        } catch (error) {
          // A file between two states of a deployment: the next look finds it whole.
          options.log.error(
            { error: String(error) },
            "Error reading config; the last good one stays in force.",
          );
        }
      }
    },
  };
}

/** Reads the files of a configuration once, without watching. */
export const readConfigFiles = (paths: ConfigPaths): Files => new Reader(paths).files();

interface Read {
  stamp: string;
  source: SourceFile;
}

/** Remembers what it has read, so that an unchanged file stays the same SourceFile. */
class Reader {
  readonly #paths: ConfigPaths;
  #known = new Map<string, Read>();

  constructor(paths: ConfigPaths) {
    this.#paths = paths;
  }

  files(): Files {
    const { configPath, jobConfigPath, pluginConfigPath } = this.#paths;
    const jobPaths = jobConfigPath ? yamlFiles(jobConfigPath) : [];
    const paths = [configPath, ...jobPaths, ...(pluginConfigPath ? [pluginConfigPath] : [])];
    const known = new Map(paths.map((path) => [path, this.#read(path)]));
    this.#known = known;
    const source = (path: string): SourceFile => known.get(path)!.source;
    return {
      config: source(configPath),
      jobs: jobPaths.map(source),
      ...(pluginConfigPath && { plugins: source(pluginConfigPath) }),
    };
  }

  changed(): boolean {
    const { configPath, jobConfigPath, pluginConfigPath } = this.#paths;
    const jobPaths = jobConfigPath ? yamlFiles(jobConfigPath) : [];
    const paths = new Set([configPath, ...jobPaths, ...(pluginConfigPath ? [pluginConfigPath] : [])]);
    return (
      paths.size !== this.#known.size ||
      [...paths].some((path) => this.#known.get(path)?.stamp !== stamp(path))
    );
  }

  #read(path: string): Read {
    const now = stamp(path);
    const known = this.#known.get(path);
    if (known?.stamp === now) return known;
    const bytes = readFileSync(path);
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = (zipped ? gunzipSync(bytes) : bytes).toString("utf8");
    // Touched but the same: still the same file.
    const source = known?.source.text === text ? known.source : { path, text };
    return { stamp: now, source };
  }
}

/** Follows links, as a ConfigMap's files are links into `..data`. */
function stamp(path: string): string {
  const { mtimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${size} ${ino}`;
}

/** The YAML files of a tree in the order of names; what starts with `..` is Kubernetes' own. */
function yamlFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".."))
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((entry) => {
      const full = `${path.replace(/\/+$/, "")}/${entry.name}`;
      if (entry.isDirectory()) return yamlFiles(full);
      return /\.ya?ml$/.test(entry.name) ? [full] : [];
    });
}

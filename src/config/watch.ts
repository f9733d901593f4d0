// The configuration in force while a process runs: polls the files for changes, keeps the last good one.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Config } from "./config.ts";
import { type LoadOptions, loadConfig } from "./load.ts";
import type { PluginsConfig, Section } from "./plugins-config.ts";
import { type ConfigPaths, ConfigReader } from "./read-files.ts";
import { type LocatedProblem, problemText } from "./source.ts";

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
  const reader = new ConfigReader(options);
  const load = () => {
    const began = options.clock.now();
    const loaded = loadConfig(reader.files(), options.sections, { now: began, ...options });
    const isGood = loaded.config && !loaded.problems.some(({ level }) => level === "error");
    if (isGood) options.onLoaded?.(loaded.config!, options.clock.now().getTime() - began.getTime());
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

// The configuration in force while a process runs: polls the files for changes, keeps the last good one.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Config } from "./config.ts";
import { type Files, type LoadOptions, loadConfig } from "./load.ts";
import type { PluginsConfig, Section } from "./plugins-config.ts";
import { type ConfigPaths, ConfigReader } from "./read-files.ts";
import { type LocatedProblem, problemText } from "./source.ts";
import { type ConfigStatus, changedFiles, nextStatus, unreadable } from "./status.ts";

interface ChangedFiles {
  /** The first of those that changed. */
  files: string[];
  /** How many there are. */
  changed: number;
}

export interface LoadFacts extends Partial<ChangedFiles> {
  /** How long it took, in milliseconds. */
  ms: number;
}

export interface WatchOptions extends ConfigPaths, LoadOptions {
  sections: readonly Section<unknown>[];
  clock: Clock;
  log: Logger;
  /** Called with each configuration that is good throughout, and what is worth logging of its load. */
  onLoaded?(config: Config, facts: LoadFacts): void;
  /** Called after the first load and after every look at changed files, with the status as it is then. */
  onStatus?(status: ConfigStatus): void;
}

export interface ConfigWatch {
  config(): Config;
  plugins(): PluginsConfig;
  /** Of the files as they are on disk now, even while an older configuration is in force. */
  status(): ConfigStatus;
  onChange(callback: (config: Config, plugins: PluginsConfig) => void): void;
  /** Looks for changes until `signal` aborts. */
  start(signal: AbortSignal): Promise<void>;
}

/** The first load found nothing that can be used. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: LocatedProblem[];

  constructor(problems: LocatedProblem[]) {
    super(errorsIn(problems).join("\n"));
    this.problems = problems;
  }
}

const errorsIn = (problems: readonly LocatedProblem[]): string[] =>
  problems.filter(({ level }) => level === "error").map(problemText);

const POLL_MS = 1_000;
/** In a log line: a mounted ConfigMap may change all of its files at once. */
const MOST_FILES_NAMED = 10;

/** Loads at once; throws ConfigError when the files are wrong, an Error when they cannot be read. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  const { clock, log } = options;
  const reader = new ConfigReader(options);
  let files = reader.files();
  const load = (from: Files, changed?: ChangedFiles) => {
    const now = clock.now();
    const loaded = loadConfig(from, options.sections, { now, ...options });
    const isGood = loaded.config && errorsIn(loaded.problems).length === 0;
    if (isGood) options.onLoaded?.(loaded.config!, { ms: clock.now().getTime() - now.getTime(), ...changed });
    return loaded;
  };
  const first = load(files);
  if (!first.config || !first.plugins) throw new ConfigError(first.problems);
  options.cache?.save();
  let { config, plugins } = first;
  let status = nextStatus(undefined, first, files, clock.now());
  const callbacks: ((config: Config, plugins: PluginsConfig) => void)[] = [];

  function reload(after: Files): void {
    const changed = changedFiles(files, after);
    const named = { files: changed.slice(0, MOST_FILES_NAMED), changed: changed.length };
    const loaded = load(after, named);
    files = after;
    status = nextStatus(status, loaded, files, clock.now());
    const errors = errorsIn(loaded.problems);
    if (errors.length)
      log.error({ errors, ...named }, "Error loading config; the last good one stays in force.");
    // Each half is replaced by itself: a fault in the jobs does not hold back the plugins.
    config = loaded.config ?? config;
    plugins = loaded.plugins ?? plugins;
    options.onStatus?.(status);
    if (loaded.config || loaded.plugins) for (const callback of callbacks) callback(config, plugins);
    options.cache?.save();
  }

  /** The files are as they were, after a time when they could not be read. */
  let unread: string | undefined;
  function look(): void {
    try {
      const after = reader.refresh() ?? (unread === undefined ? undefined : files);
      unread = undefined;
      if (after) reload(after);
    } catch (error) {
      // Perhaps a file between two states of a deployment, which the next look finds whole.
      if (String(error) === unread) return;
      unread = String(error);
      status = unreadable(status, error, clock.now());
      log.error({ error: unread }, "Error reading config; the last good one stays in force.");
      options.onStatus?.(status);
    }
  }

  return {
    config: () => config,
    plugins: () => plugins,
    status: () => status,
    onChange: (callback) => void callbacks.push(callback),
    async start(signal) {
      options.onStatus?.(status);
      while (!signal.aborted) {
        await clock.sleep(POLL_MS, signal);
        if (!signal.aborted) look();
      }
    },
  };
}

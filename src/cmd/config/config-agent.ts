// The configuration in force: loaded at the start, followed while the process runs.
import type { Registry } from "prom-client";
import type { Config } from "../../config/config.ts";
import type { DecodeCache } from "../../config/decode-cache.ts";
import type { PluginsConfig } from "../../config/plugins-config.ts";
import type { ConfigPaths } from "../../config/read-files.ts";
import { problemText } from "../../config/source.ts";
import type { ConfigStatus } from "../../config/status.ts";
import { ConfigError, type ConfigWatch, type WatchOptions, watchConfig } from "../../config/watch.ts";
import type { Clock } from "../../lib/clock.ts";
import { compareText } from "../../lib/compare-text.ts";
import { UsageError } from "../../lib/flags.ts";
import type { Logger } from "../../lib/logger.ts";
import { knownPlugins, pluginSections, unhandledIn } from "../../plugins/index.ts";
import type { ProcessLog } from "../process/log.ts";
import { configMetrics } from "./config-metrics.ts";

export interface ConfigAgent {
  config(): Config;
  plugins(): PluginsConfig;
  /** Of the files as they are on disk, also while an older configuration is in force. */
  status(): ConfigStatus;
  /** Called after the files have changed and were read again, whether or not they can be used. */
  onReload(callback: () => void): void;
}

export interface ConfigAgentOptions {
  paths: ConfigPaths;
  cache?: DecodeCache;
  clock: Clock;
  log: ProcessLog;
  /** Instead of what config.yaml says. */
  logLevel?: string;
  metrics: Registry;
  signal: AbortSignal;
}

/** Throws UsageError with every fault when the files cannot be used; later a bad change keeps the last good one. */
export function configAgent(options: ConfigAgentOptions): ConfigAgent {
  const { paths, cache, clock, log, metrics, signal } = options;
  const callbacks: (() => void)[] = [];
  const warn = warnings(log);
  const warnOfAbsent = absentees(log);
  const measure = configMetrics(metrics);
  const watch = watchOrExplain({
    ...paths,
    sections: pluginSections,
    knownPlugins,
    // Prow starts with a plugin that it does not know, too.
    unknownPlugins: "warning",
    cache,
    clock,
    log,
    onLoaded(config, facts) {
      log.obey(options.logLevel ?? config.log_level);
      log.info({ jobs: jobCount(config), ...facts }, "Configuration loaded.");
    },
    onStatus(status) {
      measure(status);
      warn(status);
      for (const callback of callbacks) callback();
    },
  });
  warnOfAbsent(watch.plugins());
  watch.onChange((_config, changed) => warnOfAbsent(changed));
  void watch.start(signal);
  return { ...watch, onReload: (callback) => void callbacks.push(callback) };
}

function watchOrExplain(options: WatchOptions): ConfigWatch {
  try {
    return watchConfig(options);
  } catch (error) {
    if (error instanceof ConfigError)
      throw new UsageError(`the configuration cannot be used:\n${error.message}`);
    const { code, message } = error as NodeJS.ErrnoException;
    throw code ? new UsageError(message) : error;
  }
}

export const jobCount = ({ presubmits, postsubmits, periodics }: Config): number =>
  [...Object.values(presubmits), ...Object.values(postsubmits), periodics].flat().length;

/** Logs each warning when it comes up, not at every load. */
function warnings(log: Logger): (status: ConfigStatus) => void {
  let told = new Set<string>();
  return ({ config, plugins }) => {
    const problems = [...config.problems, ...(plugins?.problems ?? [])];
    const now = new Set(problems.filter(({ level }) => level === "warning").map(problemText));
    for (const text of now.difference(told)) log.warn({}, text);
    told = now;
  };
}

/** Says which of Prow's plugins do nothing here, and again when that has changed. */
function absentees(log: Logger): (config: PluginsConfig) => void {
  let told = "{}";
  return (config) => {
    const names = unhandledIn(config).flatMap(({ plugins }) => plugins);
    const counts = [...Map.groupBy(names, (name) => name)].map(([name, list]): [string, number] => [
      name,
      list.length,
    ]);
    const found = Object.fromEntries(counts.sort(([a], [b]) => compareText(a, b)));
    if (JSON.stringify(found) !== told && counts.length > 0) {
      log.warn(
        { scopes: found },
        "These plugins are Prow's; Cutwater does not have them yet, so they do nothing.",
      );
    }
    told = JSON.stringify(found);
  };
}

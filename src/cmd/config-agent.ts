// The configuration in force: loaded at the start, followed while the process runs.
import type { Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import type { DecodeCache } from "../config/decode-cache.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { ConfigStatus } from "../config/status.ts";
import { ConfigError, type ConfigWatch, type WatchOptions, watchConfig } from "../config/watch.ts";
import type { Clock } from "../lib/clock.ts";
import { UsageError } from "../lib/flags.ts";
import type { Logger } from "../lib/logger.ts";
import { knownPlugins, pluginSections, unhandledIn } from "../plugins/index.ts";
import { configMetrics } from "./config-metrics.ts";

export interface ConfigAgent {
  config(): Config;
  plugins(): PluginsConfig;
  /** Of the files as they are on disk, also while an older configuration is in force. */
  status(): ConfigStatus;
}

export interface ConfigAgentOptions {
  /** "" for a file that is not used. */
  paths: { config: string; jobs: string; plugins: string };
  cache?: DecodeCache;
  clock: Clock;
  log: Logger;
  metrics: Registry;
  signal: AbortSignal;
}

/** Throws UsageError with every fault when the files cannot be used; later a bad change keeps the last good one. */
export function configAgent(options: ConfigAgentOptions): ConfigAgent {
  const { paths, cache, clock, log, metrics, signal } = options;
  const watch = watchOrExplain({
    configPath: paths.config,
    jobConfigPath: paths.jobs || undefined,
    pluginConfigPath: paths.plugins || undefined,
    sections: pluginSections,
    knownPlugins,
    cache,
    clock,
    log,
    onStatus: configMetrics(metrics),
  });
  warnOfAbsent(watch.plugins(), log);
  watch.onChange((_config, changed) => warnOfAbsent(changed, log));
  void watch.start(signal);
  return watch;
}

function watchOrExplain(options: WatchOptions): ConfigWatch {
  try {
    return watchConfig(options);
  } catch (error) {
    if (error instanceof ConfigError)
      throw new UsageError(`the configuration cannot be used:\n${error.message}`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code) throw new UsageError(message);
    throw error;
  }
}

function warnOfAbsent(config: PluginsConfig, log: Logger): void {
  for (const enabled of unhandledIn(config))
    log.warn(enabled, "These plugins are Prow's; Cutwater does not have them yet, so they do nothing.");
}

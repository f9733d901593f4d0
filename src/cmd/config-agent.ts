// The configuration in force: loaded at the start, followed while the process runs.
import type { Config } from "../config/config.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import { problemText } from "../config/source.ts";
import { ConfigError, watchConfig } from "../config/watch.ts";
import type { Clock } from "../lib/clock.ts";
import { UsageError } from "../lib/flags.ts";
import type { Logger } from "../lib/logger.ts";
import { absentPlugins } from "../plugins/absent.ts";
import { pluginSections, plugins } from "../plugins/index.ts";

export interface ConfigAgent {
  config(): Config;
  plugins(): PluginsConfig;
  /** Faults of the files as they are on disk, one a line, while an older configuration is in force. */
  problems(): string[];
  /** Called after the files have changed and were read again, whether or not they can be used. */
  onReload(callback: () => void): void;
}

export interface ConfigAgentOptions {
  /** "" for a file that is not used. */
  paths: { config: string; jobs: string; plugins: string };
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** Throws UsageError with every fault when the files cannot be used; later a bad change keeps the last good one. */
export function configAgent({ paths, clock, log, signal }: ConfigAgentOptions): ConfigAgent {
  const callbacks: (() => void)[] = [];
  const watch = (() => {
    try {
      return watchConfig({
        configPath: paths.config,
        jobConfigPath: paths.jobs || undefined,
        pluginConfigPath: paths.plugins || undefined,
        sections: pluginSections,
        knownPlugins: [...plugins.map(({ name }) => name), ...absentPlugins],
        clock,
        log,
        onProblems() {
          for (const callback of callbacks) callback();
        },
      });
    } catch (error) {
      if (error instanceof ConfigError)
        throw new UsageError(`the configuration cannot be used:\n${error.message}`);
      const { code, path, message } = error as NodeJS.ErrnoException;
      if (code) throw new UsageError(`${path ?? paths.config} cannot be read: ${message}`);
      throw error;
    }
  })();
  warnOfAbsent(watch.plugins(), log);
  watch.onChange((_config, changed) => warnOfAbsent(changed, log));
  void watch.start(signal);
  return {
    config: watch.config,
    plugins: watch.plugins,
    problems: () =>
      watch
        .problems()
        .filter(({ level }) => level === "error")
        .map(problemText),
    onReload: (callback) => void callbacks.push(callback),
  };
}

function warnOfAbsent(config: PluginsConfig, log: Logger): void {
  const absent = new Set(absentPlugins);
  for (const scope of config.repos()) {
    const [org = "", repo = ""] = scope.split("/");
    const names = config.enabled({ org, repo }).filter((name) => absent.has(name));
    if (names.length > 0)
      log.warn(
        { scope, plugins: names },
        "These plugins are Prow's; Cutwater does not have them yet, so they do nothing.",
      );
  }
}

// The configuration in force: loaded at the start, followed while the process runs.
import type { Config } from "../config/config.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { ConfigPaths } from "../config/read-files.ts";
import { type LocatedProblem, problemText } from "../config/source.ts";
import { ConfigError, watchConfig } from "../config/watch.ts";
import type { Clock } from "../lib/clock.ts";
import { compareText } from "../lib/compare-text.ts";
import { UsageError } from "../lib/flags.ts";
import type { Logger } from "../lib/logger.ts";
import { knownPlugins, pluginSections, unhandledIn } from "../plugins/index.ts";
import type { ProcessLog } from "./log.ts";

export interface ConfigAgent {
  config(): Config;
  plugins(): PluginsConfig;
  /** Faults of the files as they are on disk, one a line, while an older configuration is in force. */
  problems(): string[];
  /** Called after the files have changed and were read again, whether or not they can be used. */
  onReload(callback: () => void): void;
}

export interface ConfigAgentOptions {
  paths: ConfigPaths;
  clock: Clock;
  log: ProcessLog;
  signal: AbortSignal;
}

/** Throws UsageError with every fault when the files cannot be used; later a bad change keeps the last good one. */
export function configAgent({ paths, clock, log, signal }: ConfigAgentOptions): ConfigAgent {
  const callbacks: (() => void)[] = [];
  const warn = warnings(log);
  const warnOfAbsent = absentees(log);
  const watch = (() => {
    try {
      return watchConfig({
        ...paths,
        sections: pluginSections,
        knownPlugins,
        // Prow starts with a plugin that it does not know, too.
        unknownPlugins: "warning",
        clock,
        log,
        onLoaded(config, ms) {
          log.obey(config.log_level);
          log.info({ jobs: jobCount(config), ms }, "Configuration loaded.");
        },
        onProblems(problems) {
          warn(problems);
          for (const callback of callbacks) callback();
        },
      });
    } catch (error) {
      if (error instanceof ConfigError)
        throw new UsageError(`the configuration cannot be used:\n${error.message}`);
      const { code, message } = error as NodeJS.ErrnoException;
      throw code ? new UsageError(message) : error;
    }
  })();
  warnOfAbsent(watch.plugins());
  watch.onChange((_config, changed) => warnOfAbsent(changed));
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

const jobCount = ({ presubmits, postsubmits, periodics }: Config): number =>
  [...Object.values(presubmits), ...Object.values(postsubmits), periodics].flat().length;

/** Logs each warning when it comes up, not at every load. */
function warnings(log: Logger): (problems: readonly LocatedProblem[]) => void {
  let told = new Set<string>();
  return (problems) => {
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

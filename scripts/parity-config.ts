// Loads the configuration that a parity script is asked about, from Prow's own flags; prints the seconds that it took.
import { type Loaded, loadConfig } from "../src/config/load.ts";
import type { Section } from "../src/config/plugins-config.ts";
import { readConfigFiles } from "../src/config/read-files.ts";
import { problemText } from "../src/config/source.ts";
import { parseFlags, string, UsageError } from "../src/lib/flags.ts";

export const configFlags = {
  "config-path": string("", "The main configuration file."),
  "job-config-path": string("", "A job file, or a directory of them."),
};

export const pluginFlag = { "plugin-config": string("", "plugins.yaml.") };

/** The values of the flags; a command line that cannot be used ends the program with a sentence. */
export function flagsOf<T extends Parameters<typeof parseFlags>[0]>(table: T, needed: keyof T & string) {
  try {
    const { values, args } = parseFlags(table, process.argv.slice(2));
    if (args.length) throw new UsageError(`unexpected argument ${JSON.stringify(args[0])}`);
    if (!values[needed]) throw new UsageError(`--${needed} is missing`);
    return values;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return fail(error.message);
  }
}

export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

interface Paths {
  configPath: string;
  jobConfigPath?: string;
  pluginConfigPath?: string;
}

/** Loads once; a path that cannot be read ends the program with a sentence. */
export function loadTimed(paths: Paths, sections: readonly Section<unknown>[]): Loaded {
  const started = performance.now();
  const loaded = loadConfig(filesOf(paths), sections);
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(3)}\n`);
  return loaded;
}

function filesOf(paths: Paths) {
  try {
    return readConfigFiles(paths);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** As the oracle does: `ERROR` and what is wrong, and exit code 1. */
export function printErrors({ problems }: Loaded): never {
  const errors = problems.filter(({ level }) => level === "error");
  process.stdout.write(`ERROR ${errors.map(problemText).join("\n")}\n`);
  process.exit(1);
}

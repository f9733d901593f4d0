// What is to be told of the configuration in force: of each half, whether it is what the files say, and since when.
import type { Files, Loaded } from "./load.ts";
import type { LocatedProblem, SourceFile } from "./source.ts";

export interface HalfStatus {
  /** Whether the files as they are on disk are in force; otherwise an earlier state of them is. */
  current: boolean;
  /** When it became so. */
  since: Date;
  /** When what is in force was loaded. */
  loaded: Date;
  /** Of the files as they are on disk, warnings too. */
  problems: readonly LocatedProblem[];
}

export interface ConfigStatus {
  config: HalfStatus;
  /** Undefined where no plugins.yaml is read. */
  plugins?: HalfStatus;
}

type Half = keyof ConfigStatus;

/** The next status of each half. `before` is undefined at the start. */
export function nextStatus(
  before: ConfigStatus | undefined,
  loaded: Loaded,
  files: Pick<Files, "plugins" | "pluginSupplements">,
  now: Date,
): ConfigStatus {
  const ofPlugins = new Set(pluginFiles(files).map(({ path }) => path));
  const half = (name: Half): HalfStatus => {
    const problems = loaded.problems.filter(({ file }) => ofPlugins.has(file) === (name === "plugins"));
    return nextHalf(before?.[name], Boolean(loaded[name]), problems, now);
  };
  return { config: half("config"), ...(ofPlugins.size && { plugins: half("plugins") }) };
}

function nextHalf(
  before: HalfStatus | undefined,
  current: boolean,
  problems: readonly LocatedProblem[],
  now: Date,
): HalfStatus {
  return {
    current,
    since: before?.current === current ? before.since : now,
    loaded: current || !before ? now : before.loaded,
    problems,
  };
}

/** The files could not be read at all: both halves stay as they are, and say why. */
export function unreadable({ config, plugins }: ConfigStatus, error: unknown, now: Date): ConfigStatus {
  const { message, path = "" } = error as Error & { path?: string };
  const problem: LocatedProblem = {
    level: "error",
    path: [],
    message,
    file: path,
    line: 1,
    column: 1,
    excerpt: "",
  };
  const stale = (half: HalfStatus): HalfStatus => nextHalf(half, false, [problem], now);
  return { config: stale(config), ...(plugins && { plugins: stale(plugins) }) };
}

const pluginFiles = ({ plugins, pluginSupplements = [] }: Pick<Files, "plugins" | "pluginSupplements">) => [
  ...(plugins ? [plugins] : []),
  ...pluginSupplements,
];

/** Paths of the files that changed, came or went. */
export function changedFiles(before: Files, after: Files): string[] {
  const all = ({ config, supplements = [], jobs, plugins, pluginSupplements }: Files): SourceFile[] => [
    config,
    ...supplements,
    ...jobs,
    ...pluginFiles({ plugins, pluginSupplements }),
  ];
  const [old, fresh] = [new Set(all(before)), new Set(all(after))];
  const paths = [...old.symmetricDifference(fresh)].map(({ path }) => path);
  return [...new Set(paths)].sort();
}

// A configuration's files read from the disk: the main ones, the tree of job files, supplemental directories, VERSION.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compareText } from "../lib/compare-text.ts";
import { parseIgnoreFile } from "../lib/ignore-file.ts";
import { ignoredBy } from "../lib/ignore-tree.ts";
import { pathWithoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { Files } from "./load.ts";
import type { SourceFile } from "./source.ts";

export interface ConfigPaths {
  /** Without one the configuration is the empty one: not every component needs it. */
  configPath?: string;
  /** A file, or a directory whose .yaml and .yml files are all read, but for those that a .prowignore names. */
  jobConfigPath?: string;
  /** Directories with more of the main configuration, in files whose names end so. */
  supplementalProwConfigDirs?: readonly string[];
  /** Default `_prowconfig.yaml`. */
  supplementalProwConfigSuffix?: string;
  pluginConfigPath?: string;
  supplementalPluginConfigDirs?: readonly string[];
  /** Default `_pluginconfig.yaml`. */
  supplementalPluginConfigSuffix?: string;
}

/** Reads the files of a configuration once, without watching. Throws an Error that names the path. */
export const readConfigFiles = (paths: ConfigPaths): Files => new ConfigReader(paths).files();

/** Unpacked, a file may be this long: bytes. */
const MOST_BYTES = 100e6;
const IGNORE_FILE = ".prowignore";

const NO_CONFIG: SourceFile = { path: "(no config.yaml)", text: "{}" };

interface Read {
  stamp: string;
  source: SourceFile;
}

/** What there is, and the stamp of each file. */
interface Look {
  list: Listing;
  stamps: ReadonlyMap<string, string>;
}

interface Listing {
  config?: string;
  supplements: string[];
  jobs: string[];
  plugins?: string;
  pluginSupplements: string[];
  version?: string;
}

/** Remembers what it has read, so that an unchanged file stays the same SourceFile. */
export class ConfigReader {
  readonly #paths: ConfigPaths;
  #known = new Map<string, Read>();

  constructor(paths: ConfigPaths) {
    this.#paths = paths;
  }

  files(): Files {
    return this.#take(this.#look());
  }

  /** The files when one of them changed, came or went since the last time; only those are read. */
  refresh(): Files | undefined {
    const look = this.#look();
    const same =
      look.stamps.size === this.#known.size &&
      [...look.stamps].every(([path, stamp]) => this.#known.get(path)?.stamp === stamp);
    return same ? undefined : this.#take(look);
  }

  #look(): Look {
    const list = this.#list();
    return { list, stamps: new Map(pathsOf(list).map((path) => [path, stampOf(path)])) };
  }

  #take({ list, stamps }: Look): Files {
    const known = new Map([...stamps].map(([path, stamp]) => [path, this.#read(path, stamp)]));
    this.#known = known;
    const source = (path: string): SourceFile => known.get(path)!.source;
    return {
      config: list.config ? source(list.config) : NO_CONFIG,
      supplements: list.supplements.map(source),
      jobs: list.jobs.map(source),
      ...(list.plugins && { plugins: source(list.plugins) }),
      pluginSupplements: list.pluginSupplements.map(source),
      ...(list.version && { version: source(list.version).text }),
    };
  }

  #list(): Listing {
    const { configPath, jobConfigPath, pluginConfigPath } = this.#paths;
    const suffixes = {
      config: this.#paths.supplementalProwConfigSuffix ?? "_prowconfig.yaml",
      plugins: this.#paths.supplementalPluginConfigSuffix ?? "_pluginconfig.yaml",
    };
    for (const path of [configPath, pluginConfigPath]) {
      if (path && statOf(path).isDirectory()) {
        const message = `${path} is a directory; a file is meant`;
        throw Object.assign(new Error(message), { code: "EISDIR", path });
      }
    }
    const version = configPath && join(dirname(configPath), "VERSION");
    return {
      ...(configPath && { config: configPath }),
      supplements: supplements(this.#paths.supplementalProwConfigDirs, suffixes.config),
      jobs: jobConfigPath ? jobFiles(jobConfigPath) : [],
      ...(pluginConfigPath && { plugins: pluginConfigPath }),
      pluginSupplements: suffixes.plugins
        ? supplements(this.#paths.supplementalPluginConfigDirs, suffixes.plugins)
        : [],
      ...(version && statSync(version, { throwIfNoEntry: false })?.isFile() && { version }),
    };
  }

  #read(path: string, stamp: string): Read {
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known;
    const text = textOf(path);
    // Touched but the same: still the same file.
    return { stamp, source: known?.source.text === text ? known.source : { path, text } };
  }
}

const pathsOf = (list: Listing): string[] => [
  ...(list.config ? [list.config] : []),
  ...list.supplements,
  ...list.jobs,
  ...(list.plugins ? [list.plugins] : []),
  ...list.pluginSupplements,
  ...(list.version ? [list.version] : []),
];

const supplements = (directories: readonly string[] = [], suffix: string): string[] =>
  directories.flatMap((directory) => tree(directory).filter((path) => path.endsWith(suffix)));

/** The job files of a tree in the order of names; a single file is taken as it is. */
function jobFiles(path: string): string[] {
  if (!statOf(path).isDirectory()) return [path];
  const root = pathWithoutEndSlashes(path);
  const isIgnored = ignoredIn(root);
  return tree(root).filter((file) => /\.ya?ml$/.test(file) && !isIgnored(file.slice(root.length + 1)));
}

/** Every file below, directory by directory in the order of names; what starts with `..` is Kubernetes' own. */
function tree(directory: string): string[] {
  const root = pathWithoutEndSlashes(directory);
  return attempt(root, () => readdirSync(root, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith(".."))
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((entry) => {
      const path = `${root}/${entry.name}`;
      if (entry.isDirectory()) return tree(path);
      // As Go's walk has it, linked directories are not entered.
      return entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() ? [] : [path];
    });
}

const ignoredIn = (root: string) =>
  ignoredBy((directory) => {
    const path = join(root, directory, IGNORE_FILE);
    const there = statSync(path, { throwIfNoEntry: false })?.isFile();
    return there ? parseIgnoreFile(textOf(path)) : undefined;
  });

function textOf(path: string): string {
  return attempt(path, () => {
    const bytes = readFileSync(path);
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (zipped ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString("utf8");
  });
}

/** Follows links, as a ConfigMap's files are links into `..data`. */
function stampOf(path: string): string {
  const { mtimeMs, ctimeMs, size, ino } = statOf(path);
  return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
}

const statOf = (path: string) => attempt(path, () => statSync(path));

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory; a file is meant",
  ENOTDIR: "it is not a directory",
  ERR_BUFFER_TOO_LARGE: "unpacked it is longer than 100 MB",
};

/** What the system refuses becomes a sentence with the path; its code is kept. */
function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? message;
    throw Object.assign(new Error(`${path} cannot be read: ${reason}`, { cause: error }), { code, path });
  }
}

// Configuration files to a configuration: decode, merge the job files, finish every job, validate, name every fault's line.
import { loadYAML, YAMLError } from "../lib/go-yaml.ts";
import type { Problem, Report, Schema } from "../lib/schema.ts";
import { type Config, configSchema, jobConfigSchema, type RawConfig } from "./config.ts";
import { withDefaults } from "./defaults.ts";
import { type Blame, blamer, type Fault, Origins } from "./fault.ts";
import type { JobBase, Periodic, Postsubmit, Preset, Presubmit } from "./job.ts";
import { type Done, finisherFor } from "./job-finisher.ts";
import { type PluginsConfig, pluginsConfig, type Section } from "./plugins-config.ts";
import { readPlugins } from "./plugins-file.ts";
import { checkPresets } from "./presets.ts";
import { type LocatedProblem, Places, type SourceFile } from "./source.ts";
import { checkConfig } from "./validate-config.ts";
import { checkPeriodicNames, checkTwice } from "./validate-jobs.ts";

export type { LocatedProblem, SourceFile } from "./source.ts";

export interface Files {
  config: SourceFile;
  jobs: readonly SourceFile[];
  plugins?: SourceFile;
}

export interface Loaded {
  /** Undefined when its files have errors. */
  config?: Config;
  plugins?: PluginsConfig;
  /** All of them, warnings too; errors first. */
  problems: LocatedProblem[];
}

export interface LoadOptions {
  /** Names that plugins.yaml may list; without them any name goes. */
  knownPlugins?: readonly string[];
  /** What another name is; default an error. */
  unknownPlugins?: Problem["level"];
}

type JobFile = Pick<RawConfig, "presets" | "presubmits" | "postsubmits" | "periodics">;

interface Decoded<T> {
  data?: T;
  empty?: boolean;
  faults: Fault[];
  syntax?: YAMLError;
}

/** A file that has not changed is not read again: the same SourceFile object stands for the same content. */
const decodedFiles = new WeakMap<SourceFile, Decoded<unknown>>();

export function loadConfig(
  files: Files,
  sections: readonly Section<unknown>[],
  options: LoadOptions = {},
): Loaded {
  const main = decode(files.config, configSchema);
  const jobs = files.jobs.map((file) => ({ file, decoded: decode<JobFile>(file, jobConfigSchema) }));
  const faults = [
    ...main.faults,
    ...jobs.flatMap(({ decoded }) => decoded.faults),
    ...sameBasenames(files.jobs),
    ...(main.empty ? [emptyFile(files.config)] : []),
  ];
  const all = [{ file: files.config, decoded: main }, ...jobs];
  const config = main.data && finish(main.data, all, files.config, faults);
  const ofConfig = located([files.config, ...files.jobs], faults, all);
  const broken = ofConfig.some(({ level }) => level === "error");
  const plugins = files.plugins
    ? loadPlugins(files.plugins, sections, options)
    : { plugins: pluginsConfig({ sections: {} }), problems: [] };
  const problems = [...ofConfig, ...plugins.problems].sort(
    (a, b) => Number(a.level !== "error") - Number(b.level !== "error"),
  );
  return { config: broken ? undefined : config, plugins: plugins.plugins, problems };
}

function decode<T>(file: SourceFile, schema: Schema<T>): Decoded<T> {
  const known = decodedFiles.get(file) as Decoded<T> | undefined;
  if (known) return known;
  const decoded = decodeAfresh(file, schema);
  decodedFiles.set(file, decoded);
  return decoded;
}

function decodeAfresh<T>(file: SourceFile, schema: Schema<T>): Decoded<T> {
  const faults: Fault[] = [];
  const report: Report = Object.assign(
    (problem: Problem) => void faults.push({ ...problem, file: file.path }),
    {
      strict: true,
    },
  );
  try {
    const data = loadYAML(file.text);
    return { data: schema.decode(data ?? {}, [], report), empty: data === null, faults };
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    return { faults, syntax: error };
  }
}

const emptyFile = ({ path }: SourceFile): Fault => ({
  level: "warning",
  path: [],
  message: "the file is empty",
  hint: "every setting has its default",
  file: path,
});

/** The config map that Prow's own tools make of the job files is keyed by basename. */
function sameBasenames(files: readonly SourceFile[]): Fault[] {
  const first = new Map<string, string>();
  return files.flatMap(({ path }): Fault[] => {
    const base = path.split("/").at(-1)!;
    const other = first.get(base);
    first.set(base, other ?? path);
    if (!other) return [];
    return [
      {
        level: "error",
        path: [],
        message: `duplicated basename is not allowed: ${base}`,
        hint: `the other is ${other}`,
        file: path,
      },
    ];
  });
}

interface Part {
  file: SourceFile;
  decoded: Decoded<JobFile>;
}

/** Merges, finishes and validates; faults are added. */
function finish(raw: RawConfig, parts: readonly Part[], main: SourceFile, faults: Fault[]): Config {
  const origins = new Origins();
  const merged = merge(parts, origins);
  const blameOf = (thing: object): Blame =>
    blamer(faults, origins.get(thing) ?? { file: main.path, path: [] });
  checkPresets(merged.presets, (preset, message) => blameOf(preset)(message));
  checkConfig(raw, blamer(faults, { file: main.path, path: [] }));
  const finisher = finisherFor(raw, merged.presets);
  const finished = <J extends JobBase>(job: J, done: Done<J>): J => {
    const origin = origins.get(job)!;
    origins.set(done.job, origin);
    for (const fault of done.faults)
      faults.push({ ...fault, path: [...origin.path, ...fault.path], file: origin.file });
    return done.job;
  };
  const ofRepos = <J extends JobBase>(repos: Record<string, J[]>, make: (job: J, repo: string) => Done<J>) =>
    Object.fromEntries(
      Object.entries(repos).map(([repo, jobs]) => [repo, jobs.map((job) => finished(job, make(job, repo)))]),
    );
  const presubmits = ofRepos(merged.presubmits, finisher.presubmit);
  const postsubmits = ofRepos(merged.postsubmits, finisher.postsubmit);
  const periodics = merged.periodics.map((job) => finished(job, finisher.periodic(job)));
  for (const jobs of Object.values(presubmits)) checkTwice("presubmit", jobs, blameOf);
  for (const jobs of Object.values(postsubmits)) checkTwice("postsubmit", jobs, blameOf);
  checkPeriodicNames(periodics, blameOf);
  return withDefaults({ ...raw, presets: merged.presets }, { presubmits, postsubmits, periodics });
}

interface Merged {
  presets: Preset[];
  presubmits: Record<string, Presubmit[]>;
  postsubmits: Record<string, Postsubmit[]>;
  periodics: Periodic[];
}

/** All jobs in the order of the files, the main one first. */
function merge(parts: readonly Part[], origins: Origins): Merged {
  const merged: Merged = { presets: [], presubmits: {}, postsubmits: {}, periodics: [] };
  for (const { file, decoded } of parts) {
    const take = (things: readonly object[] | undefined, into: object[], path: (string | number)[]) => {
      for (const [i, thing] of (things ?? []).entries()) {
        origins.set(thing, { file: file.path, path: [...path, i] });
        into.push(thing);
      }
    };
    take(decoded.data?.presets, merged.presets, ["presets"]);
    take(decoded.data?.periodics, merged.periodics, ["periodics"]);
    for (const kind of ["presubmits", "postsubmits"] as const) {
      for (const [repo, jobs] of Object.entries(decoded.data?.[kind] ?? {})) {
        merged[kind][repo] ??= [];
        take(jobs, merged[kind][repo], [kind, repo]);
      }
    }
  }
  return merged;
}

const knownPlaces = new WeakMap<SourceFile, Places>();

function placesIn(file: SourceFile): Places {
  const known = knownPlaces.get(file) ?? new Places(file);
  knownPlaces.set(file, known);
  return known;
}

/** Every fault with its line; a file is parsed with positions only when it has one. */
function located(files: readonly SourceFile[], faults: Fault[], parts: readonly Part[]): LocatedProblem[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const placesOf = (path: string): Places => placesIn(byPath.get(path)!);
  const syntax = parts.flatMap(({ file, decoded: { syntax: error } }) =>
    error
      ? [
          placesOf(file.path).at(
            { level: "error", path: [], message: error.message },
            error.line,
            error.column,
          ),
        ]
      : [],
  );
  return [...syntax, ...faults.map(({ file, ...problem }) => placesOf(file).locate(problem))];
}

function loadPlugins(file: SourceFile, sections: readonly Section<unknown>[], options: LoadOptions) {
  const places = new Places(file);
  const problems: LocatedProblem[] = [];
  try {
    const report: Report = (problem) => void problems.push(places.locate(problem));
    const plugins = readPlugins(loadYAML(file.text), sections, options, report);
    return { plugins, problems };
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    return {
      plugins: undefined,
      problems: [places.at({ level: "error", path: [], message: error.message }, error.line, error.column)],
    };
  }
}

// Configuration files to a configuration: decode, merge the job files, finish every job, validate, name every fault's line.
import type { Problem, Schema } from "../lib/schema.ts";
import { type Config, configSchema, jobConfigSchema, prowConfigSchema, type RawConfig } from "./config.ts";
import type { DecodeCache } from "./decode-cache.ts";
import { type Decoded, decodeFile, placesOf } from "./decode-file.ts";
import { withDefaults } from "./defaults.ts";
import { type Blame, blamer, type Fault, Origins } from "./fault.ts";
import type { JobBase, Periodic, Postsubmit, Preset, Presubmit } from "./job.ts";
import { type Done, finisherFor } from "./job-finisher.ts";
import { loadPlugins } from "./load-plugins.ts";
import { type PluginsConfig, pluginsConfig, type Section } from "./plugins-config.ts";
import { checkPresets } from "./presets.ts";
import { soundFiles } from "./sound-files.ts";
import type { LocatedProblem, SourceFile } from "./source.ts";
import { mergeSupplements } from "./supplements.ts";
import { checkConfig } from "./validate/config.ts";
import { checkPeriodicNames, checkTwice } from "./validate/jobs.ts";

export type { LocatedProblem, SourceFile } from "./source.ts";

export interface Files {
  config: SourceFile;
  /** More of the main configuration; only some of its fields may stand there. */
  supplements?: readonly SourceFile[];
  jobs: readonly SourceFile[];
  plugins?: SourceFile;
  pluginSupplements?: readonly SourceFile[];
  /** Content of the file `VERSION` beside the main file. */
  version?: string;
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
  /** Without it, nothing is checked for lying in the future. */
  now?: Date;
  /** What earlier processes have decoded. */
  cache?: DecodeCache;
}

type JobFile = Pick<RawConfig, "presets" | "presubmits" | "postsubmits" | "periodics">;

export function loadConfig(
  files: Files,
  sections: readonly Section<unknown>[],
  options: LoadOptions = {},
): Loaded {
  const part = <T>(kind: string, file: SourceFile, schema: Schema<T>): Part<T> => ({
    file,
    decoded: decodeFile(file, schema, options.cache, kind),
  });
  const main = part("config", files.config, configSchema);
  const supplements = (files.supplements ?? []).map((file) =>
    part<RawConfig>("supplement", file, prowConfigSchema),
  );
  const jobs = files.jobs.map((file) => part<JobFile>("jobs", file, jobConfigSchema));
  const all = [main, ...supplements, ...jobs];
  const faults = [
    ...all.flatMap(({ decoded }) => decoded.faults),
    ...sameBasenames(files.jobs),
    ...(main.decoded.empty ? [emptyFile(files.config)] : []),
  ];
  const config =
    main.decoded.data && finish(main.decoded.data, supplements, [main, ...jobs], faults, options);
  const ofConfig = located(all, faults);
  const broken = ofConfig.some(({ level }) => level === "error");
  const plugins = files.plugins
    ? loadPlugins(files.plugins, files.pluginSupplements ?? [], sections, options, options.cache)
    : { plugins: pluginsConfig({ sections: {} }), problems: [] };
  const problems = [...ofConfig, ...plugins.problems].sort(
    (a, b) => Number(a.level !== "error") - Number(b.level !== "error"),
  );
  const version = files.version === undefined ? {} : { config_version_sha: files.version };
  return {
    config: broken || !config ? undefined : Object.freeze({ ...config, ...version }),
    plugins: plugins.plugins,
    problems,
  };
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

interface Part<T> {
  file: SourceFile;
  decoded: Decoded<T>;
}

/** Merges, finishes and validates; faults are added. */
function finish(
  main: RawConfig,
  supplements: readonly Part<RawConfig>[],
  parts: readonly Part<JobFile>[],
  faults: Fault[],
  { now, cache }: LoadOptions,
): Config {
  const file = parts[0]!.file.path;
  const more = supplements.flatMap((one) =>
    one.decoded.data ? [{ file: one.file.path, data: one.decoded.data }] : [],
  );
  const { raw, homes, faults: ofMerge } = mergeSupplements(main, file, more);
  faults.push(...ofMerge);
  const origins = new Origins();
  const merged = merge(parts, origins);
  const blameOf = (thing: object): Blame => blamer(faults, origins.get(thing) ?? { file, path: [] });
  checkPresets(merged.presets, (preset, message) => blameOf(preset)(message));
  checkConfig(raw, now, homes.blamer(faults));
  const finisher = finisherFor(raw, merged.presets);
  const mainFiles = [parts[0]!, ...supplements].map((one) => one.file);
  const sound = soundFiles(
    cache,
    mainFiles,
    merged.presets,
    parts.map((one) => one.file),
  );
  const finished = <J extends JobBase>(job: J, make: (isSound: boolean) => Done<J>): J => {
    const origin = origins.get(job)!;
    const done = make(sound.paths.has(origin.file));
    origins.set(done.job, origin);
    for (const fault of done.faults)
      faults.push({ ...fault, path: [...origin.path, ...fault.path], file: origin.file });
    return done.job;
  };
  const ofRepos = <J extends JobBase>(
    repos: Record<string, J[]>,
    make: (job: J, repo: string, isSound: boolean) => Done<J>,
  ) =>
    Object.fromEntries(
      Object.entries(repos).map(([repo, jobs]) => [
        repo,
        jobs.map((job) => finished(job, (isSound) => make(job, repo, isSound))),
      ]),
    );
  const presubmits = ofRepos(merged.presubmits, finisher.presubmit);
  const postsubmits = ofRepos(merged.postsubmits, finisher.postsubmit);
  const periodics = merged.periodics.map((job) =>
    finished(job, (isSound) => finisher.periodic(job, isSound)),
  );
  sound.keepOthers(new Set(faults.map((fault) => fault.file)));
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
function merge(parts: readonly Part<JobFile>[], origins: Origins): Merged {
  // Without a prototype: a repository may have any name.
  const merged: Merged = {
    presets: [],
    presubmits: Object.create(null),
    postsubmits: Object.create(null),
    periodics: [],
  };
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

/** Every fault with its line; a file is parsed with positions only when it has one. */
function located(parts: readonly Part<unknown>[], faults: Fault[]): LocatedProblem[] {
  const byPath = new Map(parts.map(({ file }) => [file.path, file]));
  return [
    ...parts.flatMap(({ decoded }) => decoded.placed),
    ...faults.map(({ file, ...problem }) => placesOf(byPath.get(file)!).locate(problem)),
  ];
}

// What a warning of checkconfig is: a name that `--warnings` takes, and a check that gives findings.
import type { Config } from "../config/config.ts";
import type { JobBase } from "../config/job.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { LocatedProblem } from "../config/source.ts";
import type { SupplementalFile } from "./supplements.ts";

export type JobKind = "presubmit" | "postsubmit" | "periodic";

/** Where a finding is: a job, or what a list of keys leads to in one of the two main files. */
export type Place =
  | { job: string; kind: JobKind; repo?: string }
  | { in: "config" | "plugins"; keys: readonly string[] }
  | { file: string; line: number; column: number };

export interface Finding {
  /** In Prow's words. */
  message: string;
  /** What to do about it. */
  hint?: string;
  places?: readonly Place[];
  /** Said, but no reason to fail with --strict. */
  remark?: true;
}

/** What is known of a configuration; everything that had to be asked for is asked for before. */
export interface Facts {
  config: Config;
  /** undefined without --plugin-config: warnings that need it are passed over, as in Prow. */
  plugins?: PluginsConfig;
  /** Problems that loading found. */
  problems: readonly LocatedProblem[];
  /** Paths of config.yaml and plugins.yaml, as in the problems. */
  files: { config: string; plugins?: string };
  /** Annotations that every job must have. */
  requiredAnnotations: readonly string[];
  /** Plugins of Prow that do nothing in Cutwater. */
  absentPlugins: readonly string[];
  /** Why a Probot app, as plugins.yaml names it, cannot be found; undefined when it can. */
  probotFault?: (probot: string) => string | undefined;
  /** Files of the directories of supplemental configuration. */
  supplements: readonly SupplementalFile[];
  /** What plank wrote of its build clusters, why that cannot be read, or where it is not yet. */
  clusters?: { statuses: Readonly<Record<string, string>> } | { fault: string } | { notYet: string };
  /** Repositories that use OWNERS files and have none at the root, when GitHub was asked. */
  withoutOwners?: readonly string[];
  /** The bot signs in with a token, as far as the flags tell. */
  byToken?: boolean;
  /** Orgs that the GitHub App is not installed in, when GitHub was asked. */
  withoutApp?: readonly string[];
}

/** `default` ones run unless others are named, `expensive` ones with --expensive-checks, `optional` ones when named. */
export type Group = "always" | "default" | "expensive" | "optional";

export interface Warning {
  name: string;
  group: Group;
  doc: string;
  check(facts: Facts): Finding[];
}

/** The check is for configurations with a plugins.yaml. */
export const withPlugins =
  (check: (facts: Facts & { plugins: PluginsConfig }) => Finding[]): Warning["check"] =>
  (facts) =>
    facts.plugins ? check({ ...facts, plugins: facts.plugins }) : [];

export interface ListedJob {
  kind: JobKind;
  /** As keyed in the file; undefined for periodics. */
  repo?: string;
  job: JobBase;
}

/** Every job: presubmits, postsubmits, periodics, each in the order of loading. */
export function listJobs({ presubmits, postsubmits, periodics }: Config): ListedJob[] {
  const ofRepos = (kind: JobKind, repos: Readonly<Record<string, readonly JobBase[]>>) =>
    Object.entries(repos).flatMap(([repo, jobs]) => jobs.map((job): ListedJob => ({ kind, repo, job })));
  return [
    ...ofRepos("presubmit", presubmits),
    ...ofRepos("postsubmit", postsubmits),
    ...periodics.map((job): ListedJob => ({ kind: "periodic", job })),
  ];
}

export const placeOf = ({ kind, repo, job }: ListedJob): Place => ({ job: job.name, kind, repo });

/** A list as Go prints it. */
export const goList = (items: readonly string[]): string => `[${items.join(" ")}]`;

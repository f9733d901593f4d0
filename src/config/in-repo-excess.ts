// How much a repository's own configuration may ask for: anybody may bring one with a pull request, and each of these
// takes time far beyond that for its text.
import type { JobBase, Postsubmit, Preset, Presubmit } from "./job.ts";
import { defaultTrigger } from "./job-defaults.ts";

export interface Written {
  presubmits: readonly Presubmit[];
  postsubmits: readonly Postsubmit[];
  presets: readonly Preset[];
}

/** Every job is held against every other one of its name. */
const MOST_JOBS = 1000;
/** Characters of all regular expressions, each as often as it is repeated: to compile one takes up to 50 µs. */
const MOST_PATTERNS = 60_000;
/** The same of triggers: to hold a long comment against one, which is anybody's too, takes a quarter of a millisecond. */
const MOST_TRIGGERS = 15_000;
/** The same of names: each is in a trigger, of which only its own beginning is looked for. */
const MOST_NAMES = 60_000;
/** RE2 takes no more of one part. */
const MOST_REPETITIONS = 1_000;
/** Characters of all presets, and those times the containers that they go into. */
const MOST_PRESETS = 100_000;
const MOST_ADDED = 2_000_000;

/** What there is too much of, if anything. */
export function excess({ presubmits, postsubmits, presets }: Written): string | undefined {
  const jobs = [...presubmits, ...postsubmits];
  if (jobs.length > MOST_JOBS) return `${jobs.length} jobs; at most ${MOST_JOBS} are read`;
  const triggers = costOfAll(jobs.map(ownTrigger));
  if (triggers > MOST_TRIGGERS)
    return `${triggers} characters of triggers, counting repetitions; at most ${MOST_TRIGGERS} are read`;
  const patterns = triggers + costOfAll(jobs.flatMap(filtersOf));
  if (patterns > MOST_PATTERNS)
    return `${patterns} characters of regular expressions, counting repetitions; at most ${MOST_PATTERNS} are read`;
  const names = sum(jobs.map(({ name = "" }) => name.length));
  if (names > MOST_NAMES) return `${names} characters of names of jobs; at most ${MOST_NAMES} are read`;
  const size = JSON.stringify(presets).length;
  if (size > MOST_PRESETS) return `${size} characters of presets; at most ${MOST_PRESETS} are read`;
  const containers = sum(jobs.map(({ spec }) => spec?.containers?.length ?? 0));
  if (size * containers > MOST_ADDED)
    return `${size} characters of presets for ${containers} containers, which is more than is read`;
  return undefined;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

type Job = JobBase & Partial<Presubmit>;

const ownTrigger = ({ name = "", trigger = "" }: Job): string =>
  trigger === defaultTrigger(name) ? "" : trigger;

const filtersOf = ({ branches = [], skip_branches = [], ...job }: Job): string[] => [
  ...branches,
  ...skip_branches,
  job.run_if_changed ?? "",
  job.skip_if_only_changed ?? "",
];

/** The same one is compiled once. */
const costOfAll = (patterns: readonly string[]): number => sum([...new Set(patterns)].map(costOf));

const TOKEN = /\\.|\[\^?\]?(?:\\.|[^\]\\])*\]?|\{(?<from>\d+),?(?<to>\d*)\}|./gs;

/** Its length with everything as often as it is repeated: `(ab{10}){10}` has some hundred. */
function costOf(pattern: string): number {
  /** Of each group that is open, and of what a repetition would repeat. */
  const open = [{ size: 0, last: 0 }];
  for (const { 0: token, groups = {} } of pattern.matchAll(TOKEN)) {
    let last = token.length;
    if (token === "(") open.push({ size: 0, last: 0 });
    else if (token === ")" && open.length > 1) last += open.pop()!.size;
    const group = open.at(-1)!;
    const { from, to } = groups;
    if (from !== undefined) last = group.last * Math.min(MOST_REPETITIONS, Number(to || from));
    group.size += from === undefined ? last : last - group.last;
    group.last = last;
  }
  return sum(open.map(({ size }) => size));
}

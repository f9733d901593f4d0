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
/**
 * Characters of all regular expressions, each as often as it is repeated: to compile one takes up to 50 µs, and to hold
 * a long comment (which is anybody's, too) against one of them a quarter of a millisecond.
 */
const MOST_PATTERNS = 15_000;
/** The same of names: each is in a trigger, of which only its own beginning is looked for. */
const MOST_NAMES = 30_000;
/** RE2 takes no more of one part. */
const MOST_REPETITIONS = 1_000;
/** Characters of all presets, and those times the containers that they go into. */
const MOST_PRESETS = 100_000;
const MOST_ADDED = 2_000_000;

/** What there is too much of, if anything. */
export function excess({ presubmits, postsubmits, presets }: Written): string | undefined {
  const jobs = [...presubmits, ...postsubmits];
  if (jobs.length > MOST_JOBS) return `${jobs.length} jobs; at most ${MOST_JOBS} are read`;
  // The same one is compiled once.
  const patterns = sum([...new Set(jobs.flatMap(patternsOf))].map(costOf));
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

function patternsOf(job: JobBase & Partial<Presubmit>): string[] {
  const { branches = [], name = "", run_if_changed, skip_branches = [], skip_if_only_changed, trigger } = job;
  const own = trigger === defaultTrigger(name) ? undefined : trigger;
  const one = [own, run_if_changed, skip_if_only_changed];
  return [...branches, ...skip_branches, ...one.filter((pattern) => pattern !== undefined)];
}

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

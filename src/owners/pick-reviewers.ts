// Which owners are asked to review a change, at random: close to the changed files first.
import type { Names, RepoOwners } from "./repo-owners.ts";

/** Takes one out of the candidates, of an earlier layer while it has any; undefined: none of them will do. */
export type Pick = (candidates: Set<string>[]) => Promise<string | undefined>;

/** Whom to ask, as reviewers or as approvers. */
export interface ReviewerSource {
  /** The directory of the closest OWNERS file that names any for the path. */
  directory(path: string): string;
  leaf(path: string): Names;
  /** From the path's own directory up; nobody is in two. */
  layers(path: string): readonly Names[];
}

export const reviewersOf = (owners: RepoOwners): ReviewerSource => ({
  directory: owners.reviewerOwners,
  leaf: owners.leafReviewers,
  layers: owners.reviewerLayers,
});

/** Approvers stand in where there are too few reviewers. */
export const approversOf = (owners: RepoOwners): ReviewerSource => ({
  directory: owners.approverOwners,
  leaf: owners.leafApprovers,
  layers: owners.approverLayers,
});

export interface Wanted {
  paths: readonly string[];
  /** Normalised; is not asked. */
  author: string;
  count: number;
}

/**
 * One of the closest owners for each OWNERS file that is concerned, which may be more than `count`; when these are
 * fewer, more of the closest, and then anybody further up.
 */
export async function pickReviewers(source: ReviewerSource, wanted: Wanted, pick: Pick): Promise<string[]> {
  const { author, count, paths } = wanted;
  const closest = new Set<string>();
  const closer = new Set<string>();
  const others = new Set<string>();
  const chosen = () => new Set([...closest, ...closer, ...others]);
  const leaves = new Set<string>();
  for (const path of firstOfEach(source, paths)) {
    const unused = without(source.leaf(path), closest, new Set([author]));
    for (const name of unused) leaves.add(name);
    const one = unused.size > 0 && (await pick([unused]));
    if (one) closest.add(one);
  }
  const unused = without(leaves, closest);
  while (chosen().size < count && unused.size > 0) {
    const one = await pick([unused]);
    if (!one) break;
    closer.add(one);
  }
  for (const path of paths) {
    const layers = source.layers(path).map((names) => without(names, new Set([author])));
    while (chosen().size < count && layers.some(({ size }) => size > 0)) {
      const one = await pick(layers);
      if (!one) break;
      if (!chosen().has(one)) others.add(one);
    }
  }
  return [closest, closer, others].flatMap((names) => [...names].sort());
}

/** Those that have to review, whoever else does. */
export function requiredReviewers(owners: RepoOwners, paths: readonly string[]): string[] {
  const first = firstOfEach(reviewersOf(owners), paths);
  return [...new Set(first.flatMap((path) => [...owners.requiredReviewers(path)]))].sort();
}

/** For each OWNERS file the first path that it is in charge of. */
function firstOfEach(source: ReviewerSource, paths: readonly string[]): string[] {
  const seen = new Set<string>();
  return paths.filter((path) => {
    const directory = source.directory(path);
    const isFirst = !seen.has(directory);
    seen.add(directory);
    return isFirst;
  });
}

const without = (names: Names, ...taken: Names[]): Set<string> =>
  new Set([...names].filter((name) => !taken.some((set) => set.has(name))));

/** Takes out at random; `random` gives from 0 up to but not 1. */
export function takeRandom(candidates: readonly Set<string>[], random: () => number): string | undefined {
  const layer = candidates.find(({ size }) => size > 0);
  if (!layer) return undefined;
  const names = [...layer].sort();
  const name = names[Math.floor(random() * names.length)]!;
  for (const set of candidates) set.delete(name);
  return name;
}

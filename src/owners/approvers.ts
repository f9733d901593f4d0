// The approver algebra: which OWNERS files a change needs approval from, who has given it, and who could.
import { goPermutation } from "../lib/go/rand.ts";
import type { Names, RepoOwners } from "./repo-owners.ts";

export interface Approval {
  /** As GitHub spells it. */
  login: string;
  how: "Approved" | "LGTM" | "Author self-approved";
  /** Link to where it was given. */
  reference: string;
  /** It also waives the associated issue. */
  noIssue: boolean;
}

/** By login in lower case. */
export type Approvals = Map<string, Approval>;

/** The latest approval of a person counts, except that one without issue is not taken back by one with. */
export function addApproval(approvals: Approvals, approval: Approval): void {
  const key = approval.login.toLowerCase();
  if (approvals.get(key)?.noIssue && !approval.noIssue) return;
  approvals.set(key, approval);
}

/** Logins by owners directory, or owners directories by login. */
type NamesBy = ReadonlyMap<string, Names>;

/** What the changed files ask for; directories are those of OWNERS files, "" being the root. */
export interface Coverage {
  /** Without those that a directory above them covers, sorted. */
  directories: string[];
  approvers: NamesBy;
  leafApprovers: NamesBy;
  /** Directories that still lack an approver when these people (lower case) have approved. */
  unapproved(logins: Iterable<string>): Set<string>;
}

export function coverage(files: readonly string[], owners: RepoOwners): Coverage {
  const needed = neededDirectories(files, owners);
  const approvers = new Map<string, Set<string>>();
  const leafApprovers = new Map<string, Set<string>>();
  // Many files share a directory and its people: each combination is looked at once.
  const groups = new Map<string, { directory: string; people: Names }>();
  for (const file of files) {
    const directory = owners.approverOwners(file);
    if (!needed.has(directory)) continue;
    const people = owners.approvers(file);
    addAll(approvers, directory, people);
    addAll(leafApprovers, directory, owners.leafApprovers(file));
    groups.set([directory, ...[...people].sort()].join("\0"), { directory, people });
  }
  return {
    directories: [...needed].sort(),
    approvers,
    leafApprovers,
    unapproved(logins) {
      const given = new Set(logins);
      const lacking = [...groups.values()].filter(({ people }) => !overlap(people, given));
      return new Set(lacking.map(({ directory }) => directory));
    },
  };
}

function addAll(map: Map<string, Set<string>>, key: string, names: Iterable<string>): void {
  const set = map.get(key) ?? new Set<string>();
  for (const name of names) set.add(name);
  map.set(key, set);
}

function neededDirectories(files: readonly string[], owners: RepoOwners): Set<string> {
  const needed = new Set<string>();
  for (const file of files) {
    const directory = owners.approverOwners(file);
    const exempt = owners.autoApproveUnownedSubfolders(directory) && above(above(file)).includes(directory);
    if (!exempt) needed.add(directory);
  }
  for (const directory of [...needed].sort()) {
    if (isCoveredAbove(directory, needed, owners)) needed.delete(directory);
  }
  return needed;
}

/** As Go's filepath.Dir, which calls the root ".". */
const above = (path: string): string => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");

function isCoveredAbove(directory: string, needed: Names, owners: RepoOwners): boolean {
  for (let path = directory; path !== "" && !owners.noParentOwners(path); ) {
    const parent = above(path);
    path = parent === "." ? "" : parent;
    if (needed.has(path)) return true;
  }
  return false;
}

const overlap = (a: Names, b: Names): boolean => !a.isDisjointFrom(b);
const union = (a: Names, b: Names): Set<string> => new Set([...a, ...b]);

function reverse(map: NamesBy): NamesBy {
  const reversed = new Map<string, Set<string>>();
  for (const [key, names] of map) for (const name of names) addAll(reversed, name, [key]);
  return reversed;
}

const NOBODY: Names = new Set();

/**
 * Greedy cover, as Prow's: the bar is raised to all that a person may approve, not to what they would newly cover,
 * so who comes early in the list has an advantage.
 */
function suggest(change: Coverage, canApprove: NamesBy, candidates: readonly string[]): Set<string> {
  const chosen = new Set<string>();
  // Whoever did not pass the bar does not pass it later in the list: there each is as often as directories have them.
  const once = [...new Set(candidates)];
  for (;;) {
    const unapproved = change.unapproved(chosen);
    let best: string | undefined;
    let bar = 0;
    for (const candidate of once) {
      const covers = canApprove.get(candidate) ?? NOBODY;
      if (covers.size <= bar) continue;
      const news = covers.intersection(unapproved).size;
      if (news > bar && !chosen.has(candidate)) {
        bar = covers.size;
        best = candidate;
      }
    }
    if (best === undefined) return chosen;
    chosen.add(best);
  }
}

/** Of the suggested ones, those who still help when `known` have approved. */
function keepCovering(
  change: Coverage,
  canApprove: NamesBy,
  known: Names,
  candidates: readonly string[],
): Set<string> {
  const unapproved = change.unapproved(known);
  const suggested = suggest(change, canApprove, candidates);
  return new Set([...suggested].filter((name) => overlap(canApprove.get(name) ?? NOBODY, unapproved)));
}

/**
 * Whom to ask, sorted: leaf approvers in an order that depends on `seed` (the number of the pull request, so that not
 * always the same people are asked), and assignees who can still help.
 */
export function suggestedApprovers(
  change: Coverage,
  approved: Names,
  assignees: Names,
  seed: number,
): string[] {
  const leaves = [...change.leafApprovers.values()].flatMap((names) => [...names]).sort();
  const shuffled = goPermutation(seed, leaves.length).map((index) => leaves[index]!);
  const leafDirectories = reverse(change.leafApprovers);
  const suggested = keepCovering(change, leafDirectories, union(approved, assignees), shuffled);
  const counted = union(approved, suggested);
  const everyone = [...union(counted, assignees)].sort();
  const kept = keepCovering(change, reverse(change.approvers), counted, everyone);
  return [...union(suggested, kept)].sort();
}

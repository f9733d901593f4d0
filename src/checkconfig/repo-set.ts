// Sets of repositories as configuration names them: whole orgs without some repositories, and single repositories.

export interface RepoSet {
  /** Orgs, each with the `org/repo` that are not in the set. */
  orgs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Repositories as `org/repo`. */
  repos: ReadonlySet<string>;
}

const orgOf = (repo: string): string | undefined =>
  repo.includes("/") ? repo.slice(0, repo.indexOf("/")) : undefined;

/** The org of `set` that holds the repository. */
const inOrg = ({ orgs }: RepoSet, repo: string): boolean => {
  const except = orgs.get(orgOf(repo) ?? "/");
  return except !== undefined && !except.has(repo);
};

const ofOrg = (repos: Iterable<string>, org: string): string[] =>
  [...repos].filter((repo) => orgOf(repo) === org);

/** What is in `one` and not in `other`. */
export function difference(one: RepoSet, other: RepoSet): RepoSet {
  const orgs = new Map<string, ReadonlySet<string>>();
  const repos = new Set(one.repos);
  for (const [org, except] of one.orgs) {
    const otherExcept = other.orgs.get(org);
    if (otherExcept) for (const repo of otherExcept.difference(except)) repos.add(repo);
    else orgs.set(org, new Set([...except, ...ofOrg(other.repos, org)]));
  }
  return {
    orgs,
    repos: new Set([...repos].filter((repo) => !other.repos.has(repo) && !inOrg(other, repo))),
  };
}

export function intersection(one: RepoSet, other: RepoSet): RepoSet {
  const orgs = new Map<string, ReadonlySet<string>>();
  const repos = new Set<string>();
  for (const [org, except] of one.orgs) {
    const otherExcept = other.orgs.get(org);
    if (otherExcept) orgs.set(org, except.union(otherExcept));
    else for (const repo of ofOrg(other.repos, org)) if (!except.has(repo)) repos.add(repo);
  }
  for (const repo of one.repos) if (other.repos.has(repo) || inOrg(other, repo)) repos.add(repo);
  return { orgs, repos };
}

export function union(one: RepoSet, other: RepoSet): RepoSet {
  const orgs = new Map<string, ReadonlySet<string>>();
  for (const [org, except] of one.orgs) {
    const pruned = except.difference(other.repos);
    const otherExcept = other.orgs.get(org);
    orgs.set(org, otherExcept ? pruned.intersection(otherExcept.difference(one.repos)) : pruned);
  }
  for (const [org, except] of other.orgs) if (!orgs.has(org)) orgs.set(org, except.difference(one.repos));
  const repos = [...one.repos.union(other.repos)].filter((repo) => {
    const org = orgOf(repo);
    return org !== undefined && !orgs.has(org);
  });
  return { orgs, repos: new Set(repos) };
}

/** As Prow lists it; that the exceptions stand there twice is Prow's. */
export function items({ orgs, repos }: RepoSet): string[] {
  const ofOrgs = [...orgs].sort(byKey).map(([org, except]) => {
    const sorted = [...except].sort();
    const without = sorted.length
      ? ` without repo(s) ${sorted.join(", ")}${sorted.map((repo) => ` '${repo}'`).join("")}`
      : "";
    return `org: ${org}${without}`;
  });
  return [...ofOrgs, ...[...repos].sort().map((repo) => `repo: ${repo}`)];
}

/** Names of the orgs and repositories, for finding them in a file. */
export const names = ({ orgs, repos }: RepoSet): string[] => [
  ...[...orgs.keys()].sort(),
  ...[...repos].sort(),
];

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

// GitHub's issue search: parses a query into tests and runs it over the issues that the actor may see.
import { type Actor, canSee } from "./access.ts";
import { combinedState, contextsOf } from "./contexts.ts";
import { reviewDecision } from "./present/mergeable-state.ts";
import type { Issue, Repo } from "./records.ts";
import { fullName, isPull, repoOf, type World } from "./world.ts";

export interface Term {
  not: boolean;
  /** "" for a plain word. */
  key: string;
  value: string;
}

/** Splits at blanks outside quotes: `-label:"needs rebase" is:pr words`. */
export function parseQuery(query: string): Term[] {
  const terms: Term[] = [];
  for (const [, minus, key, quoted, plain, phrase, word] of query.matchAll(
    /(-?)([a-z-]+):(?:"((?:[^"\\]|\\.)*)"|(\S+))|"((?:[^"\\]|\\.)*)"|(\S+)/gi,
  )) {
    if (key !== undefined) {
      const value = (quoted ?? plain ?? "").replace(/\\(.)/g, "$1");
      terms.push({ not: minus === "-", key: key.toLowerCase(), value });
    } else terms.push({ not: false, key: "", value: phrase ?? word ?? "" });
  }
  return terms;
}

interface Candidate {
  world: World;
  issue: Issue;
  repo: Repo;
  me: string;
}

type Test = (found: Candidate, value: string) => boolean;

const same = (a: string | null | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

function compareTime(at: string | null, wanted: string): boolean {
  if (!at) return false;
  const time = Date.parse(at);
  const [from, to] = wanted.split("..");
  if (to !== undefined)
    return (from === "*" || time >= Date.parse(from ?? "")) && (to === "*" || time <= endOf(to));
  const operator = /^(>=|<=|>|<)?(.+)$/.exec(wanted);
  const given = operator?.[2] ?? "";
  if (operator?.[1] === ">=") return time >= Date.parse(given);
  if (operator?.[1] === ">") return time > endOf(given);
  if (operator?.[1] === "<=") return time <= endOf(given);
  if (operator?.[1] === "<") return time < Date.parse(given);
  return time >= Date.parse(given) && time <= endOf(given);
}

/** A date alone means its whole day. */
const endOf = (date: string): number =>
  Date.parse(date) + (/^\d{4}-\d\d-\d\d$/.test(date) ? 86_400_000 - 1 : 0);

const IS: Record<string, (found: Candidate) => boolean> = {
  pr: ({ issue }) => issue.pull !== undefined,
  issue: ({ issue }) => issue.pull === undefined,
  open: ({ issue }) => issue.state === "open",
  closed: ({ issue }) => issue.state === "closed",
  merged: ({ issue }) => Boolean(issue.pull?.merged_at),
  unmerged: ({ issue }) => issue.pull !== undefined && !issue.pull.merged_at,
  draft: ({ issue }) => issue.pull?.draft === true,
  public: ({ repo }) => !repo.private,
  private: ({ repo }) => repo.private,
  locked: ({ issue }) => issue.locked,
  unlocked: ({ issue }) => !issue.locked,
};

const NO: Record<string, (issue: Issue) => boolean> = {
  label: (issue) => issue.labels.length === 0,
  assignee: (issue) => issue.assignees.length === 0,
  milestone: (issue) => issue.milestone === null,
};

const REVIEW: Record<string, (decision: string | null, given: boolean) => boolean> = {
  none: (_, given) => !given,
  required: (decision) => decision === "REVIEW_REQUIRED",
  approved: (decision) => decision === "APPROVED",
  changes_requested: (decision) => decision === "CHANGES_REQUESTED",
};

const person = (value: string, me: string): string =>
  value === "@me" ? me : value.replace(/^(app\/|@)/, "");
const isPerson = (login: string, { me }: Candidate, value: string): boolean =>
  same(login, person(value, me)) || same(login, `${person(value, me)}[bot]`);

const TESTS: Record<string, Test> = {
  is: (found, value) => IS[value]?.(found) ?? false,
  type: (found, value) => IS[value]?.(found) ?? false,
  state: (found, value) => IS[value]?.(found) ?? false,
  draft: ({ issue }, value) => String(issue.pull?.draft ?? false) === value,
  archived: ({ repo }, value) => String(repo.archived) === value,
  repo: ({ repo }, value) => same(fullName(repo), value),
  org: ({ repo }, value) => same(repo.owner, value),
  user: ({ repo }, value) => same(repo.owner, value),
  label: ({ issue }, value) =>
    value.split(",").some((wanted) => issue.labels.some((name) => same(name, wanted.replace(/^"|"$/g, "")))),
  no: ({ issue }, value) => NO[value]?.(issue) ?? true,
  author: (found, value) => isPerson(found.issue.user, found, value),
  assignee: (found, value) => found.issue.assignees.some((login) => isPerson(login, found, value)),
  mentions: ({ issue }, value) => (issue.body ?? "").toLowerCase().includes(`@${value.toLowerCase()}`),
  involves: (found, value) =>
    [found.issue.user, ...found.issue.assignees].some((login) => isPerson(login, found, value)),
  milestone: ({ issue, repo }, value) =>
    same(repo.milestones.find((m) => m.number === issue.milestone)?.title, value),
  base: ({ issue }, value) => issue.pull?.base === value,
  head: ({ issue }, value) => issue.pull?.head === value,
  sha: ({ issue }, value) => issue.pull?.head_sha.startsWith(value) ?? false,
  "review-requested": (found, value) =>
    found.issue.pull?.requested_reviewers.some((login) => isPerson(login, found, value)) ?? false,
  "user-review-requested": (found, value) =>
    found.issue.pull?.requested_reviewers.some((login) => isPerson(login, found, value)) ?? false,
  review: ({ world, issue }, value) => {
    if (!isPull(issue)) return false;
    const given = world.store.reviews
      .in(`${issue.repo}#${issue.number}`)
      .some((r) => r.state !== "COMMENTED" && r.state !== "PENDING");
    return REVIEW[value]?.(reviewDecision(world, issue), given) ?? true;
  },
  status: ({ world, issue, repo }, value) =>
    issue.pull !== undefined && combinedState(contextsOf(world, repo, issue.pull.head_sha)) === value,
  updated: ({ issue }, value) => compareTime(issue.updated_at, value),
  created: ({ issue }, value) => compareTime(issue.created_at, value),
  closed: ({ issue }, value) => compareTime(issue.closed_at, value),
  merged: ({ issue }, value) => compareTime(issue.pull?.merged_at ?? null, value),
};

/** Terms of these keys widen the search when repeated; all others narrow it. */
const ALTERNATIVES = new Set(["repo", "org", "user", "author"]);
const ORDER_ONLY = new Set(["sort", "order", "in"]);

/** What matches, newest first or as `sort:` says. Unknown qualifiers are ignored, as GitHub ignores them. */
export function searchIssues(world: World, actor: Actor, query: string): Issue[] {
  const terms = parseQuery(query).filter((term) => !ORDER_ONLY.has(term.key));
  const scopes = terms.filter((term) => ["repo", "org", "user"].includes(term.key) && !term.not);
  const authors = terms.filter((term) => term.key === "author" && !term.not);
  const rest = terms.filter((term) => term.not || !ALTERNATIVES.has(term.key));
  const me = actor.account?.login ?? "";
  const matches = (issue: Issue): boolean => {
    const found = { world, issue, repo: repoOf(world, issue), me };
    const test = ({ key, value }: Term) => TESTS[key]?.(found, value) ?? true;
    const text = `${issue.title}\n${issue.body ?? ""}`.toLowerCase();
    if (!canSee(world, actor, found.repo)) return false;
    if (scopes.length > 0 && !scopes.some(test)) return false;
    if (authors.length > 0 && !authors.some(test)) return false;
    return rest.every((term) => {
      if (term.key === "") return text.includes(term.value.toLowerCase());
      return TESTS[term.key] === undefined || test(term) !== term.not;
    });
  };
  const living = world.store.issues.all().filter((issue) => world.store.repos.get(String(issue.repo)));
  return sorted(living.filter(matches), query);
}

function sorted(issues: Issue[], query: string): Issue[] {
  const sort = /\bsort:(created|updated)(?:-(asc|desc))?/.exec(query);
  const by = sort?.[1] === "updated" ? "updated_at" : "created_at";
  const ordered = issues.sort((a, b) => a[by].localeCompare(b[by]) || a.id - b.id);
  return sort?.[2] === "asc" ? ordered : ordered.reverse();
}

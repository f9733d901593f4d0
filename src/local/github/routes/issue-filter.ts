// The query parameters of "list issues": state, labels, assignee, creator, since, milestone, order.
import type { Issue, Repo } from "../records.ts";

type Test = (issue: Issue) => boolean;

/** @param me whom `assignee=@me` means */
export function filterIssues(issues: Issue[], query: URLSearchParams, repo?: Repo, me?: string): Issue[] {
  const tests: Test[] = [];
  const state = query.get("state") ?? "open";
  if (state !== "all") tests.push((issue) => issue.state === state);
  const labels = (query.get("labels") ?? "")
    .split(",")
    .filter(Boolean)
    .map((name) => name.toLowerCase());
  tests.push((issue) => labels.every((name) => issue.labels.some((borne) => borne.toLowerCase() === name)));
  const creator = query.get("creator")?.toLowerCase();
  if (creator) tests.push((issue) => issue.user.toLowerCase() === creator);
  const assignee = query.get("assignee");
  if (assignee === "none") tests.push((issue) => issue.assignees.length === 0);
  else if (assignee === "*") tests.push((issue) => issue.assignees.length > 0);
  else if (assignee) {
    const wanted = (assignee === "@me" ? (me ?? "") : assignee).toLowerCase();
    tests.push((issue) => issue.assignees.some((login) => login.toLowerCase() === wanted));
  }
  const since = query.get("since");
  if (since) tests.push((issue) => Date.parse(issue.updated_at) >= Date.parse(since));
  tests.push(milestoneTest(query.get("milestone"), repo));
  return ordered(
    issues.filter((issue) => tests.every((test) => test(issue))),
    query,
  );
}

function milestoneTest(wanted: string | null, repo: Repo | undefined): Test {
  if (!wanted) return () => true;
  if (wanted === "none") return (issue) => issue.milestone === null;
  if (wanted === "*") return (issue) => issue.milestone !== null;
  const number = repo?.milestones.find((found) => String(found.number) === wanted)?.number ?? Number(wanted);
  return (issue) => issue.milestone === number;
}

/** Newest first unless asked otherwise. */
export function ordered<T extends { number: number; created_at: string; updated_at: string }>(
  rows: T[],
  query: URLSearchParams,
): T[] {
  const by = query.get("sort") === "updated" ? "updated_at" : "created_at";
  const order = (a: T, b: T) => a[by].localeCompare(b[by]) || a.number - b.number;
  const sorted = [...rows].sort(order);
  return query.get("direction") === "asc" ? sorted : sorted.reverse();
}

// Labels: those a repository knows, and those an issue bears.
import { ApiError, invalid } from "../api-error.ts";
import { labelNamed, label as presentLabel } from "../present/repository.ts";
import type { Issue, Label, Repo } from "../records.ts";
import { repoOf, type World } from "../world.ts";
import { announce, announceIssue, record, save } from "./announce.ts";

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
/** GitHub's limits for a label. */
const LONGEST_NAME = 50;
const LONGEST_DESCRIPTION = 100;
const GREY = "ededed";

export const findLabel = (repo: Repo, name: string): Label | undefined =>
  repo.labels.find((label) => same(label.name, name));

function check(name: string, description: string | null): void {
  if (name.length > LONGEST_NAME)
    throw invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)");
  if ((description?.length ?? 0) > LONGEST_DESCRIPTION)
    throw invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)");
}

export function createLabel(world: World, repo: Repo, by: string, wanted: Omit<Label, "id">): Label {
  check(wanted.name, wanted.description);
  if (findLabel(repo, wanted.name)) throw invalid("Label", "name", "already_exists");
  const made = { id: world.store.nextId(), ...wanted, color: wanted.color.replace(/^#/, "").toLowerCase() };
  repo.labels.push(made);
  world.store.repos.put(repo);
  announce(world, repo, by, "label", { label: presentLabel(world, repo, made) }, "created");
  return made;
}

export function editLabel(world: World, repo: Repo, by: string, found: Label, to: Partial<Label>): void {
  check(to.name ?? found.name, to.description ?? null);
  const before = { ...found };
  Object.assign(found, to);
  const changes: Record<string, { from: string }> = {};
  for (const field of ["name", "color", "description"] as const)
    if (before[field] !== found[field]) changes[field] = { from: before[field] ?? "" };
  if (before.name !== found.name) {
    for (const issue of world.store.issues.in(String(repo.id))) {
      if (!issue.labels.includes(before.name)) continue;
      issue.labels = issue.labels.map((name) => (name === before.name ? found.name : name));
      world.store.issues.put(issue);
    }
  }
  world.store.repos.put(repo);
  announce(world, repo, by, "label", { label: presentLabel(world, repo, found), changes }, "edited");
}

export function deleteLabel(world: World, repo: Repo, by: string, found: Label): void {
  repo.labels = repo.labels.filter((label) => label !== found);
  for (const issue of world.store.issues.in(String(repo.id))) {
    if (!issue.labels.includes(found.name)) continue;
    issue.labels = issue.labels.filter((name) => name !== found.name);
    world.store.issues.put(issue);
  }
  world.store.repos.put(repo);
  announce(world, repo, by, "label", { label: presentLabel(world, repo, found) }, "deleted");
}

/** A name that the repository does not know yet becomes a grey label. */
export async function addLabels(world: World, issue: Issue, by: string, names: string[]): Promise<void> {
  const repo = repoOf(world, issue);
  for (const name of names) {
    if (name.trim() === "") throw invalid("Label", "name");
    const known =
      findLabel(repo, name) ?? createLabel(world, repo, by, { name, color: GREY, description: null });
    if (issue.labels.includes(known.name)) continue;
    issue.labels.push(known.name);
    save(world, issue);
    record(world, issue, by, "labeled", { label: { name: known.name, color: known.color } });
    await announceIssue(world, issue, by, "labeled", { label: presentLabel(world, repo, known) });
  }
}

/** 404 when the issue does not bear it. */
export async function removeLabel(world: World, issue: Issue, by: string, name: string): Promise<void> {
  const repo = repoOf(world, issue);
  const borne = issue.labels.find((candidate) => same(candidate, name));
  if (!borne) throw new ApiError(404, "Label does not exist");
  const shown = labelNamed(world, repo, borne);
  issue.labels = issue.labels.filter((candidate) => candidate !== borne);
  save(world, issue);
  record(world, issue, by, "unlabeled", { label: { name: borne, color: shown.color } });
  await announceIssue(world, issue, by, "unlabeled", { label: shown });
}

export async function setLabels(world: World, issue: Issue, by: string, names: string[]): Promise<void> {
  const unwanted = issue.labels.filter((borne) => !names.some((name) => same(name, borne)));
  for (const name of unwanted) await removeLabel(world, issue, by, name);
  await addLabels(world, issue, by, names);
}

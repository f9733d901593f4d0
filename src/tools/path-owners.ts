// Who may approve and review a path, and which OWNERS file says so.
import { normaliseLogin } from "../model/github.ts";
import { type Aliases, parseMarkdownOwners, parseOwners, type Roles } from "../owners/parse.ts";
import {
  type Names,
  type OwnersSources,
  parentDirectory,
  type RepoOwners,
  repoOwners,
} from "../owners/repo-owners.ts";

/** What one OWNERS file gives. */
export interface Given {
  /** The file, as path in the repository. */
  from: string;
  names: string[];
  /** Aliases that stand in the file, with the names that come from each. */
  aliases?: Record<string, string[]>;
}

export interface PathOwners {
  path: string;
  /** Closest file first; anyone of all of these may. */
  approvers: Given[];
  reviewers: Given[];
  required_reviewers: Given[];
  labels: Given[];
  /** An OWNERS file whose options say that those above it do not count. */
  noParentOwners?: string;
}

type Role = keyof Roles;

const ROLES = {
  approvers: (owners: RepoOwners, path: string) => owners.approvers(path),
  reviewers: (owners: RepoOwners, path: string) => owners.reviewers(path),
  required_reviewers: (owners: RepoOwners, path: string) => owners.requiredReviewers(path),
  labels: (owners: RepoOwners, path: string) => owners.labels(path),
} satisfies Record<Role, (owners: RepoOwners, path: string) => Names>;

/** Directories ("" is the root) from the path itself, which may be one, up to the root. */
export function ancestors(path: string): string[] {
  return path === "" ? [""] : [path, ...ancestors(parentDirectory(path))];
}

export function pathOwners(path: string, sources: OwnersSources): PathOwners {
  const whole = repoOwners(sources);
  const files = ancestors(path).flatMap((directory) => {
    const file = directory ? `${directory}/${sources.filename}` : sources.filename;
    const found = [...(directory === path ? [{ directory, file: path }] : []), { directory, file }];
    return found.filter((one) => sources.files.has(one.file));
  });
  const given = (role: Role): Given[] => {
    const all = ROLES[role](whole, path);
    const list: Given[] = [];
    for (const { directory, file } of files) {
      const alone = repoOwners({ ...sources, files: new Map([[file, sources.files.get(file)!]]) });
      const names = [...ROLES[role](alone, path)].filter((name) => all.has(name)).sort();
      if (names.length) list.push({ from: file, names, ...viaAliases(sources, file, role, names) });
      if (list.length && whole.noParentOwners(directory)) break;
    }
    return list;
  };
  const stop = files.find(({ directory }) => whole.noParentOwners(directory));
  return {
    path,
    approvers: given("approvers"),
    reviewers: given("reviewers"),
    required_reviewers: given("required_reviewers"),
    labels: given("labels"),
    ...(stop && { noParentOwners: stop.file }),
  };
}

function viaAliases(
  { files, aliases, filename }: OwnersSources,
  file: string,
  role: Role,
  names: readonly string[],
): Pick<Given, "aliases"> {
  if (role === "labels") return {};
  const parsed = parse(file, files.get(file) ?? "", filename);
  const written = new Set(parsed?.filters.flatMap(({ roles }) => roles[role]) ?? []);
  const used = [...written].flatMap((name): [string, string[]][] => {
    const members = memberNames(aliases, name).filter((member) => names.includes(member));
    return members.length ? [[name, members]] : [];
  });
  return used.length ? { aliases: Object.fromEntries(used) } : {};
}

const memberNames = (aliases: Aliases, name: string): readonly string[] =>
  aliases.get(normaliseLogin(name)) ?? [];

const parse = (file: string, text: string, filename: string) =>
  file === filename || file.endsWith(`/${filename}`) ? parseOwners(text) : parseMarkdownOwners(text);

/** OWNERS files that fit neither form: those above them stay in charge. */
export const unreadableOwners = ({ files, filename }: OwnersSources): string[] =>
  [...files]
    .filter(([file, text]) => file.endsWith(filename) && !parse(file, text, filename))
    .map(([file]) => file)
    .sort();

/** Lines for people. */
export function ownersText(owners: PathOwners): string {
  const roles = (Object.keys(ROLES) as Role[]).filter((role) => owners[role].length);
  const lines = roles.flatMap((role) => [
    `  ${role.replace("_", " ")}`,
    ...owners[role].map(
      (given, i) => `    ${namesText(given)}\n      from ${given.from}${i ? "" : " (closest)"}`,
    ),
  ]);
  if (!roles.length) lines.push("  no OWNERS file names anyone for it");
  if (owners.noParentOwners)
    lines.push(
      `  ${owners.noParentOwners} has no_parent_owners: in roles for which it names someone, files above it do not count`,
    );
  return [owners.path, ...lines].join("\n");
}

function namesText({ names, aliases = {} }: Given): string {
  const via = Object.entries(aliases);
  return names
    .map((name) => {
      const groups = via.filter(([, members]) => members.includes(name)).map(([alias]) => alias);
      return groups.length ? `${name} (${groups.join(", ")})` : name;
    })
    .join(", ");
}

// OWNERS and OWNERS_ALIASES files, as forgiving as Prow's reading of them.
import { isRecord } from "../lib/schema.ts";
import { loadYAML } from "../lib/yaml/load.ts";
import { normaliseLogin } from "../model/github.ts";

/** Who may do what; names as written, aliases unexpanded. */
export interface Roles {
  approvers: string[];
  reviewers: string[];
  required_reviewers: string[];
  labels: string[];
}

export interface DirectoryOptions {
  no_parent_owners: boolean;
  auto_approve_unowned_subfolders: boolean;
}

export interface OwnersFile {
  options: DirectoryOptions;
  /** Roles by a regex over paths relative to the directory; `.*` is for every file. */
  filters: { pattern: string; roles: Roles }[];
}

/** Members, normalised, by normalised alias. */
export type Aliases = ReadonlyMap<string, readonly string[]>;

const ALL = ".*";

/**
 * The simple form (roles at the top) counts unless it says nothing; then `filters` are looked for. A file that fits
 * neither gives undefined, and the owners above it stay in charge.
 */
export function parseOwners(text: string): OwnersFile | undefined {
  let data: unknown;
  try {
    data = loadYAML(text) ?? {};
  } catch {
    return undefined;
  }
  if (!isRecord(data)) return undefined;
  const options = directoryOptions(data["options"]);
  const simple = roles(data, isText);
  if (simple && options && !saysNothing(simple)) {
    return { options, filters: [{ pattern: ALL, roles: simple }] };
  }
  const filters = data["filters"] ?? {};
  if (!options || !isRecord(filters)) return undefined;
  const parsed = Object.entries(filters).map(([pattern, entry]) => ({
    pattern,
    roles: roles(entry ?? {}, isScalar),
  }));
  if (parsed.some((filter) => !filter.roles)) return undefined;
  return { options, filters: parsed.map(({ pattern, roles }) => ({ pattern, roles: roles! })) };
}

/** The owners in the YAML header of a Markdown file (`mdyamlrepos`), for that file alone. */
export function parseMarkdownOwners(text: string): OwnersFile | undefined {
  const header = /^---\n[\s\S]*\n---/.exec(text)?.[0];
  // The second `---` would begin another document.
  return header === undefined ? undefined : parseOwners(header.slice(0, -"---".length));
}

/** Throws when the file is not YAML of that shape; a group whose members are not names is left out, and told of. */
export function parseAliases(text: string, onBadGroup?: (alias: string) => void): Aliases {
  const data = loadYAML(text) ?? {};
  const groups = isRecord(data) ? (data["aliases"] ?? {}) : undefined;
  if (!isRecord(groups)) throw new Error("aliases must be a map from a name to a list of logins");
  const aliases = new Map<string, string[]>();
  for (const [alias, value] of Object.entries(groups)) {
    const members = groupMembers(value);
    if (members) aliases.set(normaliseLogin(alias), [...new Set(members.map(normaliseLogin))]);
    else onBadGroup?.(alias);
  }
  return aliases;
}

function groupMembers(value: unknown): string[] | undefined {
  if (value === null || value === undefined) return [];
  // `{a, b}` in YAML is a map without values; Prow takes its keys.
  if (isRecord(value)) return Object.keys(value);
  return Array.isArray(value) && value.every((member) => typeof member === "string") ? value : undefined;
}

function roles(value: unknown, isName: (entry: unknown) => boolean): Roles | undefined {
  if (!isRecord(value)) return undefined;
  const named = (role: keyof Roles) => names(value[role], isName);
  const [approvers, reviewers] = [named("approvers"), named("reviewers")];
  const [required_reviewers, labels] = [named("required_reviewers"), named("labels")];
  return approvers && reviewers && required_reviewers && labels
    ? { approvers, reviewers, required_reviewers, labels }
    : undefined;
}

const saysNothing = (all: Roles): boolean => Object.values(all).every((list) => list.length === 0);

/** In filters scalars become strings. At the top Go's loader has lost sight of what is wanted, and takes strings alone. */
const isScalar = (entry: unknown): boolean => typeof entry !== "object";
const isText = (entry: unknown): boolean => typeof entry === "string";

function names(value: unknown, isName: (entry: unknown) => boolean): string[] | undefined {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value) || value.some((entry) => entry !== null && !isName(entry))) return undefined;
  return value.map((entry) => (entry === null ? "" : String(entry)));
}

function directoryOptions(value: unknown): DirectoryOptions | undefined {
  const data = value ?? {};
  if (!isRecord(data)) return undefined;
  const flag = (key: string): boolean | undefined => {
    const found = data[key] ?? false;
    return typeof found === "boolean" ? found : undefined;
  };
  const no_parent_owners = flag("no_parent_owners");
  const auto_approve_unowned_subfolders = flag("auto_approve_unowned_subfolders");
  return no_parent_owners === undefined || auto_approve_unowned_subfolders === undefined
    ? undefined
    : { no_parent_owners, auto_approve_unowned_subfolders };
}

// Who may approve and review each file of a repository: lookups over its OWNERS files, from the file up to the root.
import { type Regex, regex } from "../lib/re2.ts";
import { normaliseLogin } from "../model/github.ts";
import {
  type Aliases,
  type DirectoryOptions,
  type OwnersFile,
  parseMarkdownOwners,
  parseOwners,
} from "./parse.ts";

export type Names = ReadonlySet<string>;

export interface RepoOwners {
  /** Name of the owners file, usually OWNERS. */
  readonly filename: string;
  approvers(path: string): Names;
  /** The same by directory, from the path's own up, each name where it comes first. */
  approverLayers(path: string): readonly Names[];
  /** Of the closest directory that names any. */
  leafApprovers(path: string): Names;
  reviewers(path: string): Names;
  reviewerLayers(path: string): readonly Names[];
  leafReviewers(path: string): Names;
  requiredReviewers(path: string): Names;
  labels(path: string): Names;
  /** Directory ("" is the root) of the closest OWNERS file that names approvers for the path. */
  approverOwners(path: string): string;
  reviewerOwners(path: string): string;
  noParentOwners(directory: string): boolean;
  autoApproveUnownedSubfolders(directory: string): boolean;
  topLevelApprovers(): Names;
  /** Who approves or reviews anything at all. */
  everyone(): Names;
}

/** The texts that the owners are made of; missing files are simply not there. */
export interface OwnersSources {
  filename: string;
  /** Text of owners files, and of Markdown files where they may carry owners, by path. */
  files: ReadonlyMap<string, string>;
  aliases: Aliases;
  /** Regexes (RE2) of directories whose owners files do not count. */
  ignoredDirectories: readonly string[];
  /** Approvers and reviewers who are none of these do not count; undefined: everyone counts. */
  collaborators?: readonly string[];
}

interface Entry {
  /** undefined: every file. */
  matches: Regex | undefined;
  names: Names;
}
type Layer = ReadonlyMap<string, Entry[]>;

const ROLE_NAMES = ["approvers", "reviewers", "required_reviewers", "labels"] as const;
type RoleName = (typeof ROLE_NAMES)[number];

export function repoOwners(sources: OwnersSources): RepoOwners {
  const { layers, options } = readSources(sources);
  const noParent = (directory: string) => options.get(directory)?.no_parent_owners ?? false;
  const layered = (role: RoleName, path: string, leafOnly = false): Names[] =>
    entriesFor(layers[role], path, leafOnly, noParent);
  const collect = (role: RoleName, path: string, leafOnly: boolean): Names =>
    new Set(layered(role, path, leafOnly).flatMap((names) => [...names]));
  return {
    filename: sources.filename,
    approvers: (path) => collect("approvers", path, false),
    approverLayers: (path) => layered("approvers", path),
    leafApprovers: (path) => collect("approvers", path, true),
    reviewers: (path) => collect("reviewers", path, false),
    reviewerLayers: (path) => layered("reviewers", path),
    leafReviewers: (path) => collect("reviewers", path, true),
    requiredReviewers: (path) => collect("required_reviewers", path, false),
    labels: (path) => collect("labels", path, false),
    approverOwners: (path) => closestDirectory(layers.approvers, path),
    reviewerOwners: (path) => closestDirectory(layers.reviewers, path),
    noParentOwners: noParent,
    autoApproveUnownedSubfolders: (directory) =>
      options.get(directory)?.auto_approve_unowned_subfolders ?? false,
    topLevelApprovers: () => collect("approvers", "", true),
    everyone: () =>
      new Set(
        [layers.approvers, layers.reviewers]
          .flatMap((layer) => [...layer.values()].flat())
          .flatMap(({ names }) => [...names]),
      ),
  };
}

/** The directory of a path; "" for what lies at the root, and for the root itself. */
export const parentDirectory = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Whether owners files of a directory are to be ignored, because it or a directory above it matches. */
export function isIgnored(directory: string, patterns: readonly Regex[]): boolean {
  for (let current = directory; ; current = parentDirectory(current)) {
    if (patterns.some((pattern) => pattern.test(current || "."))) return true;
    if (current === "") return false;
  }
}

/** Patterns that are no regex are left out, as Prow does. */
export function compilePatterns(patterns: readonly string[]): Regex[] {
  return patterns.map(tryRegex).filter((pattern) => pattern !== undefined);
}

function tryRegex(pattern: string): Regex | undefined {
  try {
    return regex(pattern);
  } catch {
    return undefined;
  }
}

function readSources(sources: OwnersSources) {
  const layers: Record<RoleName, Map<string, Entry[]>> = {
    approvers: new Map(),
    reviewers: new Map(),
    required_reviewers: new Map(),
    labels: new Map(),
  };
  const options = new Map<string, DirectoryOptions>();
  const ignored = compilePatterns(sources.ignoredDirectories);
  const collaborators = sources.collaborators && new Set(sources.collaborators.map(normaliseLogin));
  for (const [path, text] of sources.files) {
    const directory = parentDirectory(path);
    if (isIgnored(directory, ignored)) continue;
    const isOwners = path.slice((directory && directory.length + 1) || 0) === sources.filename;
    const parsed = isOwners ? parseOwners(text) : parseMarkdownOwners(text);
    if (!parsed) continue;
    const place = isOwners ? directory : path;
    options.set(place, parsed.options);
    addFilters(layers, place, parsed, sources.aliases, collaborators);
  }
  return { layers, options };
}

function addFilters(
  layers: Record<RoleName, Map<string, Entry[]>>,
  place: string,
  file: OwnersFile,
  aliases: Aliases,
  collaborators: Names | undefined,
): void {
  for (const { pattern, roles } of file.filters) {
    const matches = pattern === ".*" ? undefined : tryRegex(pattern);
    if (pattern !== ".*" && !matches) continue;
    for (const role of ROLE_NAMES) {
      if (roles[role].length === 0) continue;
      const people = role === "labels" ? roles[role] : expandAliases(roles[role], aliases);
      const filtered = collaborators && (role === "approvers" || role === "reviewers");
      const names = new Set(filtered ? people.filter((login) => collaborators.has(login)) : people);
      const entries = layers[role].get(place) ?? [];
      layers[role].set(place, [...entries, { matches, names }]);
    }
  }
}

/** One level: a member of an alias that is itself an alias stays a name. */
function expandAliases(names: readonly string[], aliases: Aliases): string[] {
  return names.map(normaliseLogin).flatMap((name) => aliases.get(name) ?? [name]);
}

function applying(layer: Layer, directory: string, path: string): Entry[] {
  const entries = layer.get(directory) ?? [];
  const relative = directory === path ? "." : directory === "" ? path : path.slice(directory.length + 1);
  return entries.filter(({ matches }) => !matches || matches.test(relative));
}

/**
 * All that the directories from the path up to the root say. The climb stops at a directory without parent owners,
 * but only once something was found.
 */
function entriesFor(
  layer: Layer,
  path: string,
  leafOnly: boolean,
  noParent: (directory: string) => boolean,
): Names[] {
  const found = new Set<string>();
  const layers: Names[] = [];
  for (let current = path; ; current = parentDirectory(current)) {
    const names = applying(layer, current, path).flatMap((entry) => [...entry.names]);
    const own = new Set(names.filter((name) => !found.has(name)));
    layers.push(own);
    for (const name of own) found.add(name);
    const stops = found.size > 0 && (leafOnly || noParent(current));
    if (stops || current === "") return layers;
  }
}

function closestDirectory(layer: Layer, path: string): string {
  for (let current = path; current !== ""; current = parentDirectory(current)) {
    if (applying(layer, current, path).some(({ names }) => names.size > 0)) return current;
  }
  return "";
}

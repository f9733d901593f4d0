// Reads the owners of some files of a repository: only the OWNERS files that lie above them.
import type { RepoRef, User } from "../model/github.ts";
import { type Aliases, parseAliases } from "./parse.ts";
import { compilePatterns, isIgnored, parentDirectory, type RepoOwners, repoOwners } from "./repo-owners.ts";

/** What loading asks of GitHub; GitHubRead offers it. */
export interface OwnersRead {
  tree(repo: RepoRef, ref: string): Promise<string[]>;
  file(repo: RepoRef, path: string, ref: string): Promise<string | undefined>;
  collaborators(repo: RepoRef, among?: readonly string[]): Promise<User[]>;
}

export interface OwnersSettings {
  filename: string;
  aliasesFilename: string;
  /** Markdown files may carry owners of their own. */
  markdown: boolean;
  /** Regexes of directories whose owners files do not count. */
  ignoredDirectories: readonly string[];
  /** Owners need not be collaborators of the repository. */
  skipCollaborators: boolean;
}

/** The owners of `paths` at a commit. `warn` is told of what is wrong in the repository and does not stop anything. */
export async function loadRepoOwners(
  read: OwnersRead,
  repo: RepoRef,
  sha: string,
  paths: readonly string[],
  settings: OwnersSettings,
  warn: (problem: string) => void,
): Promise<RepoOwners> {
  const tree = new Set(await read.tree(repo, sha));
  const ignored = compilePatterns(settings.ignoredDirectories);
  const wanted = new Set(
    paths.flatMap((path) => candidates(path, settings)).filter((path) => tree.has(path)),
  );
  const counted = [...wanted].filter((path) => !isIgnored(parentDirectory(path), ignored));
  const hasAliases = tree.has(settings.aliasesFilename);
  const [texts, aliasesText] = await Promise.all([
    Promise.all(counted.map((path) => read.file(repo, path, sha))),
    hasAliases ? read.file(repo, settings.aliasesFilename, sha) : undefined,
  ]);
  const sources = {
    filename: settings.filename,
    files: new Map(counted.map((path, index) => [path, texts[index] ?? ""])),
    aliases: readAliases(aliasesText, settings.aliasesFilename, warn),
    ignoredDirectories: settings.ignoredDirectories,
  };
  const owners = repoOwners(sources);
  if (settings.skipCollaborators) return owners;
  const collaborators = await collaboratorsOf(read, repo, warn, [...owners.everyone()]);
  return collaborators ? repoOwners({ ...sources, collaborators }) : owners;
}

function candidates(path: string, settings: OwnersSettings): string[] {
  const found = settings.markdown && path.endsWith(".md") ? [path] : [];
  for (let directory = parentDirectory(path); ; directory = parentDirectory(directory)) {
    found.push(directory ? `${directory}/${settings.filename}` : settings.filename);
    if (directory === "") return found;
  }
}

export function readAliases(
  text: string | undefined,
  filename: string,
  warn: (problem: string) => void,
): Aliases {
  if (text === undefined) return new Map();
  try {
    return parseAliases(text);
  } catch (error) {
    warn(`${filename} can not be read, so no alias is expanded: ${(error as Error).message}`);
    return new Map();
  }
}

/** As in Prow, everyone counts when the list can not be had. */
export async function collaboratorsOf(
  read: OwnersRead,
  repo: RepoRef,
  warn: (problem: string) => void,
  among?: readonly string[],
): Promise<string[] | undefined> {
  try {
    return (await read.collaborators(repo, among)).map(({ login }) => login);
  } catch (error) {
    warn(
      `collaborators can not be listed, so owners are not checked against them: ${(error as Error).message}`,
    );
    return undefined;
  }
}

// A repository's own jobs as a checkout has them, chosen by the rules by which hook chooses them.
import { type Dirent, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type { Config } from "../../config/config.ts";
import { parseInRepoConfig } from "../../config/in-repo-config.ts";
import { podPolicy } from "../../config/pod-policy.ts";
import type { LocatedProblem, SourceFile } from "../../config/source.ts";
import type { TreeFile } from "../../git/port.ts";
import { configFiles, ENTRIES } from "../../in-repo/config-files.ts";
import { kindOf } from "../wiring/tool.ts";

/** `path` names .prow.yaml or .prow, or the directory that has one of them. Throws InputError when it is not there. */
export async function inRepoFiles(path: string): Promise<SourceFile[]> {
  const itself = kindOf(path, "--prow-yaml-path") === "file" || basename(path) === ".prow";
  const root = itself ? dirname(path) : path;
  const tree = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => ENTRIES.includes(name))
    .flatMap((entry) => filesAt(root, entry));
  const texts = async (files: readonly TreeFile[]) =>
    new Map(files.map((file) => [file.sha, contentOf(root, file)]));
  const found = await configFiles(tree, texts);
  return found.map((file) => ({ path: join(root, file.path), text: contentOf(root, file) }));
}

/** In a checkout a file's path tells its content, as elsewhere its SHA does. */
function filesAt(root: string, entry: Dirent): TreeFile[] {
  const full = join(entry.parentPath, entry.name);
  const path = relative(root, full);
  if (entry.isSymbolicLink()) return [{ path, sha: path, kind: "link" }];
  if (!entry.isDirectory()) return [{ path, sha: path, kind: "file" }];
  return readdirSync(full, { withFileTypes: true }).flatMap((below) => filesAt(root, below));
}

const contentOf = (root: string, { sha, kind }: TreeFile): string =>
  kind === "link" ? readlinkSync(join(root, sha)) : readFileSync(join(root, sha), "utf8");

export interface InRepoCheck {
  /** Errors; `strict` makes errors of warnings. */
  faults: LocatedProblem[];
  /** What hook refuses when a pull request brings it, and takes when the branch has it: a checkout does not tell which. */
  raised: LocatedProblem[];
}

export function checkInRepo(
  files: readonly SourceFile[],
  repo: string,
  config: Config,
  strict: boolean,
): InRepoCheck {
  const { problems, raised } = parseInRepoConfig(files, repo, config);
  const faults = problems.filter(({ level }) => level === "error" || strict);
  const isRestricted = podPolicy(config, repo) === "restricted";
  return {
    faults: faults.map((problem) => ({ ...problem, level: "error" })),
    raised: (isRestricted ? raised() : [])
      .flatMap((one) => one.problems)
      .map((problem) => ({ ...problem, level: "warning" })),
  };
}

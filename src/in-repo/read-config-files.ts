// The configuration of a repository at a merge, as files: from the first source that can tell, contents read once each.
import type { SourceFile } from "../config/source.ts";
import type { Merge, MergedFiles, TreeFile } from "../git/port.ts";
import { mayPass } from "../github/error.ts";
import { InRepoConfigError } from "../jobs/repo-jobs.ts";
import type { Remembered } from "../lib/kept/remembered.ts";
import type { Logger } from "../lib/logger.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import { configFiles, ENTRIES } from "./config-files.ts";

/** `error`: looking again would find the same. */
export interface Found {
  files: readonly SourceFile[];
  error?: string;
}

export interface ReadTools {
  sources: readonly MergedFiles[];
  /** By repository, path and SHA: the same content is the same SourceFile, which is decoded once. */
  contents: Remembered<SourceFile>;
  /** Lists of the same files are the same list, whose jobs are finished once. */
  lists: Remembered<readonly SourceFile[]>;
  log: Logger;
}

/** Rejects with InRepoConfigError, or with what GitHub may not say the next time. */
export async function readConfigFiles(tools: ReadTools, repo: RepoRef, merge: Merge): Promise<Found> {
  const failures: unknown[] = [];
  for (const source of tools.sources) {
    try {
      const tree = await source.list(repo, merge, ENTRIES);
      if (!tree) continue;
      if ("conflict" in tree)
        return { files: [], error: `failed to merge ${JSON.stringify(tree.conflict)} onto ${merge.baseSHA}` };
      return { files: await load(tools, source, repo, tree.files) };
    } catch (error) {
      if (error instanceof InRepoConfigError) return { files: [], error: error.message };
      tools.log.debug({ error, repo: repoName(repo) }, "in-repo config could not be read in one way");
      failures.push(error);
    }
  }
  const passing = failures.find(mayPass);
  if (passing) throw passing;
  const reasons = failures.map((error) => (error as Error).message).join("; ");
  throw new InRepoConfigError(
    `the configuration in ${repoName(repo)} at ${merge.baseSHA} can not be read: ${reasons || "it takes a merge, and there is no git"}`,
    { cause: failures[0] },
  );
}

/** Contents that are known already are not asked for. */
async function load(
  { contents, lists }: ReadTools,
  source: MergedFiles,
  repo: RepoRef,
  files: readonly TreeFile[],
): Promise<readonly SourceFile[]> {
  const texts = (some: readonly TreeFile[]) =>
    some.length > 0
      ? source.texts(
          repo,
          some.map(({ sha }) => sha),
        )
      : Promise.resolve(new Map<string, string>());
  const wanted = await configFiles(files, texts);
  const list = JSON.stringify([repoName(repo), ...wanted.map(({ path, sha }) => [path, sha])]);
  return lists.get(list, async () => {
    // One request for all that are missing, made by the first of them.
    const missing: TreeFile[] = [];
    const batch = Promise.withResolvers<ReadonlyMap<string, string>>();
    const sources = wanted.map((file) =>
      contents.get([repoName(repo), file.sha, file.path].join(" "), async () => {
        missing.push(file);
        return { path: file.path, text: (await batch.promise).get(file.sha) ?? "" };
      }),
    );
    texts(missing).then(batch.resolve, batch.reject);
    return Promise.all(sources);
  });
}

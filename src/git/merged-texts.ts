// Texts of some files as a merge would leave them, from the first source that can tell.
import type { Logger } from "../lib/logger.ts";
import { repoName } from "../model/github.ts";
import type { MergedFiles, MergedTexts, TreeFile } from "./port.ts";

/** Bytes. Anybody's pull request brings files, and nobody writes a larger one. */
const LARGEST = 5_000_000;
/** Instead of what is larger: nothing that reads texts takes it for one. */
const NO_TEXT = "\0";

export function mergedTexts(sources: readonly MergedFiles[], log: Pick<Logger, "debug">): MergedTexts {
  return async (repo, merge, paths) => {
    const entries = [...new Set(paths.map((path) => path.split("/", 1)[0]!))];
    const wanted = new Set(paths);
    let failure: unknown;
    for (const source of sources) {
      try {
        const tree = await source.list(repo, merge, entries);
        if (!tree) continue;
        if ("conflict" in tree) return undefined;
        const files = tree.files.filter(({ kind, path }) => kind === "file" && wanted.has(path));
        const isLarge = ({ size = 0 }: TreeFile) => size > LARGEST;
        const texts = await source.texts(
          repo,
          files.filter((file) => !isLarge(file)).map(({ sha }) => sha),
        );
        return new Map(
          files.map((file) => [file.path, isLarge(file) ? NO_TEXT : (texts.get(file.sha) ?? "")]),
        );
      } catch (error) {
        log.debug({ error, repo: repoName(repo) }, "files of a merge could not be read in one way");
        failure ??= error;
      }
    }
    if (failure) throw failure;
    const heads = merge.heads.join(", ");
    throw new Error(
      `${repoName(repo)}: ${heads} has to be merged onto ${merge.baseSHA}, and there is no git`,
    );
  };
}

// What changed between two commits, per file, in the shape of GitHub's "list pull request files".
import { remembered } from "../../../lib/kept/remembered.ts";
import type { GitRepository } from "./repository.ts";

export interface FileChange {
  filename: string;
  previous_filename?: string;
  status: "added" | "removed" | "modified" | "renamed";
  /** The blob after the change, or before it when the file is removed. */
  sha: string;
  additions: number;
  deletions: number;
  /** Hunks only; absent for binary files. */
  patch?: string;
}

const kept = remembered<FileChange[]>(2000);
/** Git's name for the tree without files, against which a root commit is compared. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const diffArguments = [
  "-c",
  "core.quotePath=false",
  "diff",
  "-M",
  "--full-index",
  "--no-color",
  "--no-ext-diff",
];

export function changedFiles(repository: GitRepository, from: string, to: string): Promise<FileChange[]> {
  return kept.get(`${repository.directory} ${from} ${to}`, async () => {
    const text = (await repository.run([...diffArguments, from, to])).stdout.toString();
    return text
      .split(/^(?=diff --git )/m)
      .filter(Boolean)
      .map(parseFile);
  });
}

/** As `git diff` prints it: the `.diff` media type. */
export const diffText = (repository: GitRepository, from: string, to: string): Promise<string> =>
  repository.text([...diffArguments, from, to]).then((text) => (text ? `${text}\n` : ""));

/** As `git format-patch` prints it: the `.patch` media type. */
export const patchText = async (repository: GitRepository, from: string, to: string): Promise<string> =>
  (await repository.run(["format-patch", "--stdout", "--full-index", `${from}..${to}`])).stdout.toString();

function parseFile(text: string): FileChange {
  const hunks = text.indexOf("\n@@ ");
  const head = (hunks < 0 ? text : text.slice(0, hunks)).split("\n");
  const patch = hunks < 0 ? undefined : text.slice(hunks + 1).replace(/\n$/, "");
  const after = (prefix: string) => head.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  const [old = "", now = ""] = (after("index ") ?? "").split(" ")[0]?.split("..") ?? [];
  const added = after("new file mode ") !== undefined;
  const removed = after("deleted file mode ") !== undefined;
  const renamed = after("rename from ");
  const lines = patch?.split("\n") ?? [];
  return {
    filename: unquote(after("rename to ") ?? pathOf(head[0] ?? "")),
    ...(renamed === undefined ? {} : { previous_filename: unquote(renamed) }),
    status: added ? "added" : removed ? "removed" : renamed === undefined ? "modified" : "renamed",
    sha: removed ? old : now,
    additions: lines.filter((line) => line.startsWith("+")).length,
    deletions: lines.filter((line) => line.startsWith("-")).length,
    ...(patch === undefined ? {} : { patch }),
  };
}

/** `diff --git a/x b/x`: without a rename both halves are the same path. */
function pathOf(line: string): string {
  const rest = line.slice("diff --git ".length);
  const half = rest.slice((rest.length + 1) / 2);
  return half.startsWith('"') ? `"${half.slice(3)}` : half.slice(2);
}

/** Git writes a path with quotes or control characters as a C string. */
function unquote(path: string): string {
  if (!path.startsWith('"')) return path;
  return path
    .slice(1, -1)
    .replace(/\\([\\"tn])/g, (_, c: string) => (c === "t" ? "\t" : c === "n" ? "\n" : c));
}

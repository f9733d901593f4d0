// Making commits: files onto a branch, merges, squashes and rebases, all without a work tree.
import { EMPTY_TREE } from "./diff.ts";
import type { GitRepository, Signature } from "./repository.ts";

export interface FileEdits {
  parent?: string;
  /** Path to new content; null removes the file. */
  files: Record<string, string | Uint8Array | null>;
  message: string;
  author: Signature;
  committer?: Signature;
}

const unix = (date: string): number => Math.floor(Date.parse(date) / 1000);

/** Writes a commit on top of `parent`; refs stay as they are. Executable when the content begins with `#!`. */
export async function commitFiles(repository: GitRepository, edits: FileEdits): Promise<string> {
  const temporary = "refs/cutwater/import";
  const chunks: (string | Uint8Array)[] = [];
  const data = (content: string | Uint8Array) => {
    const bytes = Buffer.from(content);
    chunks.push(`data ${bytes.length}\n`, bytes, "\n");
  };
  // A name or address is one line of the stream: what would end it early is left out.
  const plain = (text: string) => text.replace(/[<>\n\0]/g, "");
  const signature = (s: Signature) => `${plain(s.name)} <${plain(s.email)}> ${unix(s.date)} +0000\n`;
  chunks.push(`commit ${temporary}\nmark :1\nauthor ${signature(edits.author)}`);
  chunks.push(`committer ${signature(edits.committer ?? edits.author)}`);
  data(edits.message);
  if (edits.parent) chunks.push(`from ${edits.parent}\n`);
  else chunks.push("deleteall\n");
  for (const [path, content] of Object.entries(edits.files)) {
    const name = `"${path.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
    if (content === null) chunks.push(`D ${name}\n`);
    else {
      const executable = Buffer.from(content).subarray(0, 2).toString() === "#!";
      chunks.push(`M ${executable ? "100755" : "100644"} inline ${name}\n`);
      data(content);
    }
  }
  chunks.push("get-mark :1\n");
  const input = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  const sha = await repository.text(["fast-import", "--quiet", "--force"], { input });
  await repository.deleteRef(temporary);
  return sha.trim();
}

/** The tree of a real three-way merge, or undefined when it conflicts. */
export async function mergedTree(
  repository: GitRepository,
  ours: string,
  theirs: string,
): Promise<string | undefined> {
  const { code, stdout } = await repository.run(
    ["merge-tree", "--write-tree", "--no-messages", "--allow-unrelated-histories", ours, theirs],
    { allow: [1] },
  );
  return code === 0 ? stdout.toString().split("\n")[0] : undefined;
}

export interface Rebase {
  onto: string;
  /** Oldest first. */
  commits: string[];
  committer: Signature;
}

/** Replays commits one by one; the SHA of the last, or undefined at the first conflict. */
export async function rebase(repository: GitRepository, plan: Rebase): Promise<string | undefined> {
  let tip = plan.onto;
  for (const sha of plan.commits) {
    const commit = await repository.commit(sha);
    if (commit.parents.length > 1) continue;
    // git 2.39 cannot be told a merge base, so one is made: our tree as a child of the commit's own parent.
    const ours = await repository.commitTree({
      tree: (await repository.commit(tip)).tree,
      parents: commit.parents,
      message: "base for a rebase",
      author: plan.committer,
      committer: plan.committer,
    });
    const tree = await mergedTree(repository, ours, sha);
    if (tree === undefined) return undefined;
    const { message, author } = commit;
    tip = await repository.commitTree({ tree, parents: [tip], message, author, committer: plan.committer });
  }
  return tip;
}

/** Additions on top of a tree, as POST /git/trees has them; sha null removes the entry. */
export async function writeTree(
  repository: GitRepository,
  base: string | undefined,
  entries: { path: string; mode: string; sha: string | null }[],
): Promise<string> {
  const env = { GIT_INDEX_FILE: `${repository.directory}/cutwater-index` };
  await repository.run(["read-tree", base ?? EMPTY_TREE], { env });
  const input = entries
    .map(({ path, mode, sha }) => `${sha ? mode : "0"} ${sha ?? "0".repeat(40)}\t${path}\0`)
    .join("");
  await repository.run(["update-index", "-z", "--index-info"], { env, input });
  return repository.text(["write-tree"], { env });
}

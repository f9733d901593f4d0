// One bare repository: refs, commits, trees, blobs and writing commits, with answers about immutable objects remembered.
import { remembered } from "../../../lib/kept/remembered.ts";
import { timestamp } from "../../../lib/timestamp.ts";
import { trimOf } from "../../../lib/trim-of.ts";
import { type GitOptions, git } from "./command.ts";

export interface Signature {
  name: string;
  email: string;
  /** ISO 8601 in UTC. */
  date: string;
}

export interface CommitData {
  sha: string;
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
}

export interface TreeEntry {
  mode: string;
  type: "blob" | "tree" | "commit";
  sha: string;
  path: string;
  size?: number;
}

export interface LogOptions {
  not?: string;
  path?: string;
  limit?: number;
  skip?: number;
}

export interface NewCommit {
  tree: string;
  parents: string[];
  message: string;
  author: Signature;
  committer: Signature;
}

const SHA = /^[0-9a-f]{40}$/;
const COMMITS_KEPT = 4000;

export class GitRepository {
  readonly directory: string;
  readonly #commits = remembered<CommitData>(COMMITS_KEPT);
  readonly #trees = remembered<TreeEntry[]>(200);
  readonly #bases = remembered<string | undefined>(2000);
  /** Commits between two SHAs. */
  readonly #ranges = remembered<string[]>(2000);
  #refs: Promise<Map<string, string>> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.directory = directory;
  }

  run(args: string[], options: GitOptions = {}) {
    return git(args, { ...options, cwd: this.directory });
  }

  async text(args: string[], options: GitOptions = {}): Promise<string> {
    return (await this.run(args, options)).stdout.toString().trimEnd();
  }

  /** Runs `work` alone: pushes, merges and commits of one repository go one after the other. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** Every ref with the object that it names. */
  refs(): Promise<Map<string, string>> {
    this.#refs ??= this.text(["for-each-ref", "--format=%(objectname) %(refname)"]).then(
      (listing) =>
        new Map(
          listing
            .split("\n")
            .filter(Boolean)
            .map((line) => [line.slice(41), line.slice(0, 40)]),
        ),
    );
    return this.#refs;
  }

  /** To be called after anything else than this object changed a ref. */
  forgetRefs(): void {
    this.#refs = undefined;
  }

  async branch(name: string): Promise<string | undefined> {
    return (await this.refs()).get(`refs/heads/${name}`);
  }

  async branches(): Promise<[name: string, sha: string][]> {
    const heads = [...(await this.refs())].filter(([ref]) => ref.startsWith("refs/heads/"));
    return heads.map(([ref, sha]) => [ref.slice("refs/heads/".length), sha]);
  }

  /** The commit that a branch, tag, `heads/x`, full ref or (short) SHA names. */
  async resolve(revision: string): Promise<string | undefined> {
    const refs = await this.refs();
    for (const prefix of ["refs/heads/", "refs/tags/", "refs/", ""]) {
      const sha = refs.get(prefix + revision);
      if (sha && prefix === "refs/heads/") return sha;
      if (sha) return this.#peel(sha);
    }
    return /^[0-9a-f]{4,40}$/.test(revision) ? this.#peel(revision) : undefined;
  }

  async #peel(name: string): Promise<string | undefined> {
    if (this.#commits.has(name)) return name;
    const { code, stdout } = await this.run(["rev-parse", "--verify", "-q", `${name}^{commit}`], {
      allow: [1, 128],
    });
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  /** Throws when there is no such commit. */
  commit(sha: string): Promise<CommitData> {
    return this.#commits.get(sha, async () =>
      parseCommit(sha, (await this.run(["cat-file", "commit", sha])).stdout.toString()),
    );
  }

  /** SHAs reachable from `from` and not from `not`, newest first. */
  async log(from: string, options: LogOptions = {}): Promise<string[]> {
    const { not = "", ...more } = options;
    if (Object.keys(more).length > 0 || !SHA.test(from) || !SHA.test(not)) return this.#log(from, options);
    return [...(await this.#ranges.get(`${from} ${not}`, () => this.#log(from, options)))];
  }

  async #log(from: string, options: LogOptions): Promise<string[]> {
    const args = ["rev-list", "--topo-order", from];
    if (options.not) args.push(`^${options.not}`);
    if (options.limit) args.push(`--max-count=${options.limit}`);
    if (options.skip) args.push(`--skip=${options.skip}`);
    if (options.path) args.push("--", options.path);
    return (await this.text(args)).split("\n").filter(Boolean);
  }

  mergeBase(a: string, b: string): Promise<string | undefined> {
    return this.#bases.get(`${a} ${b}`, async () => {
      const { code, stdout } = await this.run(["merge-base", a, b], { allow: [1] });
      return code === 0 ? stdout.toString().trim() : undefined;
    });
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return (await this.mergeBase(ancestor, descendant)) === ancestor;
  }

  /** Entries of a tree or of a commit's tree; paths are whole when `recursive`. */
  tree(treeish: string, recursive = false): Promise<TreeEntry[]> {
    const read = async () => {
      const args = ["ls-tree", "-l", "-z", ...(recursive ? ["-r", "-t"] : []), treeish];
      return (await this.run(args)).stdout.toString().split("\0").filter(Boolean).map(parseEntry);
    };
    return SHA.test(treeish) ? this.#trees.get(`${treeish} ${recursive}`, read) : read();
  }

  /** What lies at a path of a commit; the root is a tree with path "". */
  async entry(commit: string, path: string): Promise<TreeEntry | undefined> {
    const clean = trimOf(path, "/");
    if (clean === "")
      return { mode: "040000", type: "tree", sha: (await this.commit(commit)).tree, path: "" };
    const slash = clean.lastIndexOf("/");
    const parent = slash < 0 ? undefined : await this.entry(commit, clean.slice(0, slash));
    if (slash >= 0 && parent?.type !== "tree") return undefined;
    const siblings = await this.tree(parent?.sha ?? (await this.commit(commit)).tree);
    const found = siblings.find((entry) => entry.path === clean.slice(slash + 1));
    return found && { ...found, path: clean };
  }

  async blob(sha: string): Promise<Buffer> {
    return (await this.run(["cat-file", "blob", sha])).stdout;
  }

  async type(sha: string): Promise<string | undefined> {
    const { code, stdout } = await this.run(["cat-file", "-t", sha], { allow: [1, 128] });
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  async commitTree(commit: NewCommit): Promise<string> {
    const parents = commit.parents.flatMap((parent) => ["-p", parent]);
    return this.text(["commit-tree", commit.tree, ...parents], {
      input: commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`,
      env: signatureEnvironment(commit.author, commit.committer),
    });
  }

  async updateRef(ref: string, sha: string): Promise<void> {
    await this.run(["update-ref", ref, sha]);
    if (this.#refs) (await this.#refs).set(ref, sha);
  }

  async deleteRef(ref: string): Promise<void> {
    await this.run(["update-ref", "-d", ref]);
    if (this.#refs) (await this.#refs).delete(ref);
  }
}

const signatureEnvironment = (author: Signature, committer: Signature): Record<string, string> => ({
  GIT_AUTHOR_NAME: author.name,
  GIT_AUTHOR_EMAIL: author.email,
  GIT_AUTHOR_DATE: author.date,
  GIT_COMMITTER_NAME: committer.name,
  GIT_COMMITTER_EMAIL: committer.email,
  GIT_COMMITTER_DATE: committer.date,
});

function parseEntry(line: string): TreeEntry {
  const [meta = "", path = ""] = line.split("\t");
  const [mode = "", type = "", sha = "", size = "-"] = meta.split(/ +/);
  return {
    mode,
    type: type as TreeEntry["type"],
    sha,
    path,
    ...(size === "-" ? {} : { size: Number(size) }),
  };
}

function parseCommit(sha: string, raw: string): CommitData {
  const end = raw.indexOf("\n\n");
  const lines = raw.slice(0, end).split("\n");
  const all = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((l) => l.slice(name.length + 1));
  return {
    sha,
    tree: all("tree")[0] ?? "",
    parents: all("parent"),
    author: parseSignature(all("author")[0] ?? ""),
    committer: parseSignature(all("committer")[0] ?? ""),
    message: raw.slice(end + 2).replace(/\n$/, ""),
  };
}

function parseSignature(line: string): Signature {
  const match = /^(.*?) ?<(.*?)> (\d+)/.exec(line);
  const date = timestamp(new Date(Number(match?.[3] ?? 0) * 1000));
  return { name: match?.[1] ?? "", email: match?.[2] ?? "", date };
}

// A bare mirror of a repository that holds commits and trees; contents of files come when git needs them.
import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { RepoRef } from "../model/github.ts";
import { configEnv, type Setting } from "./config-env.ts";
import { GitError } from "./error.ts";

export interface GitCLIOptions {
  /** Holds a mirror per repository, at `org/repo.git`. One process at a time may use it. */
  cacheDir: string;
  url(repo: RepoRef): string;
  /** For HTTP basic authentication; it travels in the environment, never in arguments or files. */
  token?(repo: RepoRef): Promise<string>;
  /** What git inherits, e.g. PATH, HOME, GIT_CONFIG_GLOBAL, proxies. */
  env: Readonly<Record<string, string | undefined>>;
  /** Longest time for one git command; default 5 minutes. */
  timeoutMs?: number;
}

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Mirror {
  /** Rejects when git could not be run at all. */
  run(args: string[]): Promise<Output>;
  /** What git printed, trimmed; rejects when git fails. `input` is its standard input. */
  check(args: string[], input?: string | Buffer): Promise<string>;
  /** Contents by SHA, each byte of them a character. */
  blobs(shas: readonly string[]): Promise<Map<string, string>>;
  /** The same of commits. */
  commits(shas: readonly string[]): Promise<Map<string, string>>;
  /** Those that are here already; asks nobody else. */
  present(shas: readonly string[]): Promise<Set<string>>;
}

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** org and repo become a path below cacheDir. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Where a repository's mirror is. Throws when a name or SHA could mean something else to git or to the disk. */
export function mirrorDirectory({ cacheDir }: GitCLIOptions, repo: RepoRef, shas: readonly string[]): string {
  for (const name of [repo.org, repo.repo]) {
    if (!NAME.test(name)) throw new GitError(`not the name of a repository: ${JSON.stringify(name)}`);
  }
  for (const sha of shas) if (!SHA.test(sha)) throw new GitError(`not a commit SHA: ${JSON.stringify(sha)}`);
  return path.join(cacheDir, repo.org, `${repo.repo}.git`);
}

/** Makes the mirror if there is none. */
export async function openMirror(options: GitCLIOptions, repo: RepoRef, dir: string): Promise<Mirror> {
  const own = await settings(options, repo);
  const env = { ...options.env, ...configEnv([...own, ...promisor(options.url(repo))]) };
  const alone = { ...options.env, ...configEnv(own) };
  const { timeoutMs } = options;
  const check = async (args: string[], input?: string | Buffer) => {
    const { code, stdout, stderr } = await git(args, env, { timeoutMs, input });
    if (code !== 0) throw new GitError(`git ${args.join(" ")} failed (${code}): ${stderr.trim()}`);
    return stdout.trim();
  };
  const inMirror = ["--git-dir", dir];
  const bare = await git([...inMirror, "rev-parse", "--is-bare-repository"], alone, { timeoutMs });
  if (bare.code !== 0) {
    // Made under another name first: a mirror is there whole or not at all.
    const fresh = `${dir}.new`;
    await rm(fresh, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
    await mkdir(path.dirname(dir), { recursive: true });
    await check(["init", "--quiet", "--bare", "--end-of-options", fresh]);
    await rename(fresh, dir);
  }
  const objects = async (shas: readonly string[], type: string) => {
    const { code, stdout, stderr } = await git([...inMirror, "cat-file", "--batch"], env, {
      timeoutMs,
      input: lines(shas),
      encoding: "latin1",
    });
    if (code !== 0) throw new GitError(`git cat-file --batch failed (${code}): ${stderr.trim()}`);
    return batch(stdout, type);
  };
  return {
    run: (args) => git([...inMirror, ...args], env, { timeoutMs }),
    check: (args, input) => check([...inMirror, ...args], input),
    blobs: (shas) => objects(shas, "blob"),
    commits: (shas) => objects(shas, "commit"),
    async present(shas) {
      const asked = [...inMirror, "cat-file", "--batch-check=%(objectname)"];
      const { stdout } = await git(asked, alone, { timeoutMs, input: lines(shas) });
      return new Set(stdout.split("\n"));
    },
  };
}

const lines = (shas: readonly string[]): string => shas.map((sha) => `${sha}\n`).join("");

/** Answers of `cat-file --batch`: a line with SHA, type and length, then the content and a line break. */
function batch(output: string, wanted: string): Map<string, string> {
  const contents = new Map<string, string>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf("\n", at);
    const [sha = "", type, length] = output.slice(at, end).split(" ");
    if (type !== wanted) throw new GitError(`${sha} is no ${wanted} here`);
    at = end + 1 + Number(length) + 1;
    contents.set(sha, output.slice(end + 1, at - 1));
  }
  return contents;
}

/** GitHub serves any commit of a repository by its SHA, forks' too. `wanted`: SHA to the ref that keeps it here. */
export async function fetchMissing(mirror: Mirror, wanted: ReadonlyMap<string, string>): Promise<void> {
  const present = await mirror.present([...wanted.keys()]);
  const missing = [...wanted].flatMap(([sha, ref]) => (present.has(sha) ? [] : [`+${sha}:${ref}`]));
  if (missing.length === 0) return;
  await mirror.check([...FETCH, "--end-of-options", REMOTE, ...missing]);
}

/** Contents that are not here come with one fetch, and not one by one as git would get them. */
export async function fetchBlobs(mirror: Mirror, shas: readonly string[]): Promise<void> {
  const present = await mirror.present(shas);
  const missing = shas.filter((sha) => !present.has(sha));
  if (missing.length > 0) await mirror.check([...FETCH, "--stdin", REMOTE], lines(missing));
}

const REMOTE = "origin";
const FETCH = [
  "fetch",
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--filter=blob:none",
];

/** Settings by environment: anyone on the machine may read arguments, nobody else the environment. */
async function settings({ token, url }: GitCLIOptions, repo: RepoRef): Promise<Setting[]> {
  const plain: Setting[] = [
    ["user.name", "prow"],
    ["user.email", "prow@localhost"],
    ["commit.gpgsign", "false"],
    ["core.hooksPath", "/dev/null"],
  ];
  const secret = token && /^https?:/.test(url(repo)) ? await token(repo) : "";
  if (!secret) return plain;
  const basic = Buffer.from(`x-access-token:${secret}`).toString("base64");
  // For this host only, also when the machine's own settings send git to another.
  return [...plain, [`http.${new URL(url(repo)).origin}/.extraHeader`, `Authorization: Basic ${basic}`]];
}

/** What makes git ask the remote for contents that a merge turns out to need. */
const promisor = (url: string): Setting[] => [
  [`remote.${REMOTE}.url`, url],
  [`remote.${REMOTE}.promisor`, "true"],
  [`remote.${REMOTE}.partialclonefilter`, "blob:none"],
];

const TIMEOUT_MS = 5 * 60_000;

interface Run {
  timeoutMs: number | undefined;
  input?: string | Buffer | undefined;
  encoding?: BufferEncoding;
}

function git(args: string[], env: NodeJS.ProcessEnv, run: Run): Promise<Output> {
  const { timeoutMs = TIMEOUT_MS, input, encoding = "utf8" } = run;
  return new Promise((resolve, reject) => {
    const options = { env, timeout: timeoutMs, maxBuffer: 64 << 20, encoding };
    const child = execFile("git", args, options, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(new GitError(`git could not be run: ${error?.message}`, { cause: error }));
    });
    // git may end before it has read all of it; how it ended says more.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "");
  });
}

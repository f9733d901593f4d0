// The git port on the git command: a bare mirror per repository, and merges computed without a work tree.
import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { keyedLock } from "../lib/keyed-lock.ts";
import type { RepoRef } from "../model/github.ts";
import { GitError } from "./error.ts";
import type { Git } from "./port.ts";

export interface GitCLIOptions {
  /** Holds a mirror per repository, at `org/repo.git`. */
  cacheDir: string;
  url(repo: RepoRef): string;
  /** For HTTP basic authentication; it travels in the environment, never in arguments or files. */
  token?(repo: RepoRef): Promise<string>;
  /** What git inherits, e.g. PATH, HOME, GIT_CONFIG_GLOBAL, proxies. */
  env: Readonly<Record<string, string | undefined>>;
  /** Longest time for one git command; default 5 minutes. */
  timeoutMs?: number;
}

type Head = Parameters<Git["mergeable"]>[2][number];

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** org and repo become a path below cacheDir. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export function gitCLI(options: GitCLIOptions): Git {
  // Two fetches into one mirror would collide.
  const alone = keyedLock();
  return {
    async mergeable(repo, baseSHA, heads, limit) {
      for (const name of [repo.org, repo.repo]) {
        if (!NAME.test(name)) throw new GitError(`not the name of a repository: ${JSON.stringify(name)}`);
      }
      for (const sha of [baseSHA, ...heads.map((head) => head.sha)]) {
        if (!SHA.test(sha)) throw new GitError(`not a commit SHA: ${JSON.stringify(sha)}`);
      }
      const dir = path.join(options.cacheDir, repo.org, `${repo.repo}.git`);
      return alone(dir, async () => {
        const mirror = await openMirror(options, repo, dir);
        await fetchMissing(mirror, baseSHA, heads);
        return mergeEach(mirror, baseSHA, heads, limit);
      });
    },
  };
}

interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

interface Mirror {
  url: string;
  /** Rejects when git could not be run at all. */
  run(args: string[]): Promise<Output>;
  /** Rejects when git fails. */
  check(args: string[]): Promise<string>;
}

async function openMirror(options: GitCLIOptions, repo: RepoRef, dir: string): Promise<Mirror> {
  const env = { ...options.env, ...(await configEnv(options, repo)) };
  const run = (args: string[]) => git(args, env, options.timeoutMs);
  const check = async (args: string[]) => {
    const { code, stdout, stderr } = await run(args);
    if (code !== 0) throw new GitError(`git ${args.join(" ")} failed (${code}): ${stderr.trim()}`);
    return stdout.trim();
  };
  const inMirror = ["--git-dir", dir];
  if ((await run([...inMirror, "rev-parse", "--is-bare-repository"])).code !== 0) {
    // Made under another name first: a mirror is there whole or not at all.
    const fresh = `${dir}.new`;
    await rm(fresh, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
    await mkdir(path.dirname(dir), { recursive: true });
    await check(["init", "--quiet", "--bare", "--end-of-options", fresh]);
    await rename(fresh, dir);
  }
  return {
    url: options.url(repo),
    run: (args) => run([...inMirror, ...args]),
    check: (args) => check([...inMirror, ...args]),
  };
}

/** Settings by environment: anyone on the machine may read arguments, nobody else the environment. */
async function configEnv({ token, url }: GitCLIOptions, repo: RepoRef): Promise<Record<string, string>> {
  const settings: [string, string][] = [
    ["user.name", "prow"],
    ["user.email", "prow@localhost"],
    ["commit.gpgsign", "false"],
    ["core.hooksPath", "/dev/null"],
  ];
  const secret = token && /^https?:/.test(url(repo)) ? await token(repo) : "";
  if (secret) {
    const basic = Buffer.from(`x-access-token:${secret}`).toString("base64");
    // For this host only, also when the machine's own settings send git to another.
    settings.push([`http.${new URL(url(repo)).origin}/.extraHeader`, `Authorization: Basic ${basic}`]);
  }
  return {
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** GitHub serves any commit of a repository by its SHA, forks' too. The refs are what the next fetch builds on. */
async function fetchMissing(mirror: Mirror, baseSHA: string, heads: Head[]): Promise<void> {
  const wanted = new Map([[baseSHA, "refs/cutwater/base"]]);
  for (const { sha, number } of heads) wanted.set(sha, `refs/cutwater/pull/${Math.trunc(number)}`);
  const missing: string[] = [];
  for (const [sha, ref] of wanted) {
    const { code } = await mirror.run(["cat-file", "-e", "--end-of-options", `${sha}^{commit}`]);
    if (code !== 0) missing.push(`+${sha}:${ref}`);
  }
  if (missing.length === 0) return;
  const fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  await mirror.check([...fetch, "--end-of-options", mirror.url, ...missing]);
}

async function mergeEach(mirror: Mirror, baseSHA: string, heads: Head[], limit: number): Promise<number[]> {
  const merged: number[] = [];
  let tip = baseSHA;
  for (const head of heads) {
    const next = await mergeOne(mirror, tip, head);
    if (!next) continue;
    tip = next;
    merged.push(head.number);
    if (limit > 0 && merged.length >= limit) break;
  }
  return merged;
}

async function mergeOne(mirror: Mirror, tip: string, head: Head): Promise<string | undefined> {
  if (head.method === "rebase") return rebase(mirror, tip, head.sha);
  const tree = await mergeTree(mirror, tip, head.sha);
  return tree && commit(mirror, tree, head.method === "squash" ? [tip] : [tip, head.sha]);
}

/**
 * Each commit that the head is ahead, picked onto the tip; one that conflicts leaves out the head. A pick is a merge
 * whose base is the commit's parent, so the tip's tree is given that parent.
 */
async function rebase(mirror: Mirror, tip: string, head: string): Promise<string | undefined> {
  const range = ["rev-list", "--reverse", "--topo-order", "--no-merges", "--parents", "--end-of-options"];
  const list = await mirror.check([...range, `${tip}..${head}`]);
  let onto = tip;
  for (const line of list.split("\n").filter(Boolean)) {
    const [sha, parent] = line.split(" ") as [string, string?];
    if (!parent) return undefined;
    const standIn = await commit(mirror, `${onto}^{tree}`, [parent]);
    const tree = await mergeTree(mirror, standIn, sha);
    if (!tree) return undefined;
    onto = await commit(mirror, tree, [onto]);
  }
  return onto;
}

/** The merged tree; undefined on a conflict (exit code 1) or when the histories share nothing. */
async function mergeTree(mirror: Mirror, ours: string, theirs: string): Promise<string | undefined> {
  const how = ["merge-tree", "--write-tree", "--no-messages", "--end-of-options"];
  const { code, stdout, stderr } = await mirror.run([...how, ours, theirs]);
  if (code === 0) return stdout.trim();
  if (code === 1 || /unrelated histories/.test(stderr)) return undefined;
  if (code === 129)
    throw new GitError("git is too old to merge without a work tree: install git 2.38 or newer");
  throw new GitError(`git merge-tree of ${theirs} into ${ours} failed (${code}): ${stderr.trim()}`);
}

const commit = (mirror: Mirror, tree: string, parents: string[]): Promise<string> =>
  mirror.check(["commit-tree", "-m", "merge", ...parents.flatMap((parent) => ["-p", parent]), tree]);

const TIMEOUT_MS = 5 * 60_000;

function git(args: string[], env: NodeJS.ProcessEnv, timeout = TIMEOUT_MS): Promise<Output> {
  return new Promise((resolve, reject) => {
    execFile("git", args, { env, timeout, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(new GitError(`git could not be run: ${error?.message}`, { cause: error }));
    });
  });
}

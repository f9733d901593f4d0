// Runs the git command line: the emulator's repositories are real ones.
import { spawn } from "node:child_process";

export interface GitOutput {
  code: number;
  stdout: Buffer;
  stderr: string;
}

export interface GitOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Uint8Array;
  /** Exit codes besides 0 that are an answer, not a failure. */
  allow?: number[];
}

/** Nothing of the person's own git configuration may change what a repository here answers. */
const gitEnvironment: Record<string, string> = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "GitHub",
  GIT_AUTHOR_EMAIL: "noreply@github.com",
  GIT_COMMITTER_NAME: "GitHub",
  GIT_COMMITTER_EMAIL: "noreply@github.com",
  LC_ALL: "C",
  TZ: "UTC",
};

/** `env` sets these beside what the process has (PATH above all); a GIT_DIR from a git hook must not leak in. */
export function gitCommand(args: string[], extra: Record<string, string> = {}): string[] {
  const set = Object.entries({ ...gitEnvironment, ...extra }).map(([name, value]) => `${name}=${value}`);
  const unset = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"].filter(
    (n) => !(n in extra),
  );
  return [...unset.flatMap((name) => ["-u", name]), ...set, "git", ...args];
}

/** Rejects with git's own words when it ends with another code than 0 or the allowed ones. */
export function git(args: string[], options: GitOptions = {}): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn("env", gitCommand(args, options.env), { cwd: options.cwd });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error) => reject(new Error(`git ${args[0]}: ${error.message}; is git installed?`)));
    child.on("close", (code) => {
      const result = { code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
      if (result.code === 0 || options.allow?.includes(result.code)) resolve(result);
      else reject(new Error(`git ${args.join(" ")} ended with ${result.code}: ${result.stderr.trim()}`));
    });
    // A git that ends early closes its input; its exit code says all there is to say.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

// Runs the git command line: the emulator's repositories are real ones.
import { type Ended, runElsewhere } from "./starter.ts";

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
export async function git(args: string[], { cwd, env, input, allow }: GitOptions = {}): Promise<Ended> {
  const ended = await runElsewhere({ file: "env", args: gitCommand(args, env), cwd, input });
  if ("fault" in ended) throw new Error(`git ${args[0]}: ${ended.fault}; is git installed?`);
  if (ended.code === 0 || allow?.includes(ended.code)) return ended;
  throw new Error(`git ${args.join(" ")} ended with ${ended.code}: ${ended.stderr.trim()}`);
}

// A job's four pod utilities, one after the other, as in a pod; ours, or upstream's binaries.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { clonerefs } from "../../src/podutils/clonerefs.ts";
import { entrypoint } from "../../src/podutils/entrypoint.ts";
import { initupload } from "../../src/podutils/initupload.ts";
import { sidecar } from "../../src/podutils/sidecar.ts";
import type { Env, UtilityIO } from "../../src/podutils/utility.ts";

export interface Repo {
  path: string;
  base: string;
  heads: string[];
}

/** A repository with a base and two pull requests that merge cleanly. */
export function makeRepo(): Repo {
  const path = mkdtempSync(join(tmpdir(), "repo-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: path, encoding: "utf8" }).trim();
  git("init", "-q", "-b", "main");
  git("config", "user.name", "dev");
  git("config", "user.email", "dev@example.com");
  const commit = (file: string, content: string) => {
    writeFileSync(join(path, file), content);
    git("add", ".");
    git("commit", "-q", "-m", file);
    return git("rev-parse", "HEAD");
  };
  const base = commit("base.txt", "base\n");
  const heads = [1, 2].map((number) => {
    git("checkout", "-q", "-b", `pr-${number}`, "main");
    const sha = commit(`pr-${number}.txt`, `${number}\n`);
    git("update-ref", `refs/pull/${number}/head`, sha);
    return sha;
  });
  git("checkout", "-q", "main");
  git("config", "uploadpack.allowAnySHA1InWant", "true");
  return { path, base, heads };
}

export interface Job {
  /** Bucket and its environment, e.g. the emulator's. */
  env: Env;
  bucket: string;
  repo: Repo;
  command: string[];
  timeoutMs?: number;
  build?: string;
  refs?: object;
  sidecar?: object;
  gcs?: object;
}

/** Each utility's exit code, and where it all happened. */
export async function runJob(job: Job, run: (name: Utility, env: Env) => Promise<number>) {
  const root = mkdtempSync(join(tmpdir(), "pod-"));
  const at = (path: string) => join(root, path);
  for (const path of ["logs", "code", "home", "tmp"]) mkdirSync(at(path));
  const refs = {
    org: "octo",
    repo: "lib",
    repo_link: "https://github.com/octo/lib",
    base_ref: "main",
    base_sha: job.repo.base,
    pulls: job.repo.heads.map((sha, index) => ({ number: index + 1, author: "dev", sha, title: "T" })),
    clone_uri: `file://${job.repo.path}`,
    ...job.refs,
  };
  const gcs = { bucket: job.bucket, path_strategy: "explicit", dry_run: false, ...job.gcs };
  const wrapped = {
    args: job.command,
    container_name: "test",
    process_log: at("logs/process-log.txt"),
    marker_file: at("logs/marker-file.txt"),
    metadata_file: at("logs/artifacts/metadata.json"),
  };
  const spec = { type: "presubmit", job: "unit", buildid: job.build ?? "42", prowjobid: "id", refs };
  const env: Env = {
    PATH: process.env["PATH"],
    HOME: at("home"),
    TMPDIR: at("tmp"),
    ...job.env,
    JOB_SPEC: JSON.stringify(spec),
    CLONEREFS_OPTIONS: JSON.stringify({
      src_root: at("code"),
      log: at("logs/clone.json"),
      git_user_name: "ci-robot",
      git_user_email: "ci-robot@k8s.io",
      refs: [refs],
    }),
    INITUPLOAD_OPTIONS: JSON.stringify({ ...gcs, log: at("logs/clone.json") }),
    ENTRYPOINT_OPTIONS: JSON.stringify({
      timeout: (job.timeoutMs ?? 60_000) * 1e6,
      grace_period: 1e9,
      artifact_dir: at("logs/artifacts"),
      ...wrapped,
    }),
    SIDECAR_OPTIONS: JSON.stringify({
      gcs_options: { ...gcs, items: [at("logs/artifacts")] },
      entries: [wrapped],
      ...job.sidecar,
    }),
  };
  const codes: Partial<Record<Utility, number>> = {};
  codes.clonerefs = await run("clonerefs", env);
  codes.initupload = await run("initupload", env);
  if (codes.initupload === 0) {
    [codes.entrypoint, codes.sidecar] = await Promise.all([run("entrypoint", env), run("sidecar", env)]);
  }
  return { codes, root, at, code: at("code/src/github.com/octo/lib") };
}

export type Utility = "clonerefs" | "initupload" | "entrypoint" | "sidecar";

export function utilityIO(more: Partial<UtilityIO> = {}): UtilityIO {
  return {
    args: [],
    clock: systemClock,
    log: silent,
    stdout: () => {},
    onSignal: () => () => {},
    self: [process.execPath, "main.ts"],
    ...more,
  };
}

/** Ours, in this process. */
export const ours = (name: Utility, env: Env, io = utilityIO()): Promise<number> =>
  ({ clonerefs, initupload, entrypoint, sidecar })[name](env, io);

/** Upstream's binary. */
export const upstream =
  (directory: string) =>
  (name: Utility, env: Env): Promise<number> =>
    new Promise((resolve) => {
      const child = spawn(join(directory, name), [], { env: env as NodeJS.ProcessEnv, stdio: "ignore" });
      child.once("close", (code) => resolve(code ?? -1));
    });

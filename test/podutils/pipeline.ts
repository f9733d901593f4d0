// A job's four pod utilities, one after the other, as in a pod; ours, or upstream's binaries.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { clonerefs } from "../../src/podutils/clonerefs.ts";
import { entrypoint } from "../../src/podutils/entrypoint.ts";
import { initupload } from "../../src/podutils/initupload.ts";
import { sidecar } from "../../src/podutils/sidecar.ts";
import type { Env, StopSignal, UtilityIO } from "../../src/podutils/utility.ts";

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
  /** Further refs, cloned beside. */
  extraRefs?: object[];
  sidecar?: object;
  gcs?: object;
  clonerefs?: object;
  entrypoint?: object;
  spec?: object;
  /** In place of one container that runs `command`; each may wait for the one before. */
  containers?: { name: string; command: string[]; waits?: boolean; entrypoint?: object }[];
  /** Makes files for the job before anything runs. */
  prepare?: (at: (path: string) => string) => void;
  /** What is sent, to whom, once the test has made the file `home/ready`. */
  interrupt?: { signal: StopSignal; to: Utility[]; settleMs?: number };
}

/** Told to a utility while it runs. */
export class Stop {
  /** Whether it listens already. */
  isHeard: () => boolean = () => true;
  #listeners: ((signal: StopSignal) => void)[] = [];
  listen = (listener: (signal: StopSignal) => void): (() => void) => {
    this.#listeners.push(listener);
    return () => {};
  };
  send(signal: StopSignal): void {
    for (const listener of this.#listeners) listener(signal);
  }
}

export type Runner = (name: Utility, env: Env, stop: Stop) => Promise<number>;

/** Each utility's exit code, and where it all happened. */
export async function runJob(asked: Job | ((at: (path: string) => string) => Job), run: Runner) {
  const root = mkdtempSync(join(tmpdir(), "pod-"));
  const at = (path: string) => join(root, path);
  for (const path of ["logs", "code", "home", "tmp"]) mkdirSync(at(path));
  const job = typeof asked === "function" ? asked(at) : asked;
  job.prepare?.(at);
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
  const extra_refs = job.extraRefs ?? [];
  const gcs = { bucket: job.bucket, path_strategy: "explicit", dry_run: false, ...job.gcs };
  const spec = { type: "presubmit", job: "unit", buildid: job.build ?? "42", prowjobid: "id", refs };
  const env: Env = {
    PATH: process.env["PATH"],
    HOME: at("home"),
    TMPDIR: at("tmp"),
    ...job.env,
    JOB_SPEC: JSON.stringify({ ...spec, ...(extra_refs.length > 0 && { extra_refs }), ...job.spec }),
    CLONEREFS_OPTIONS: JSON.stringify({
      src_root: at("code"),
      log: at("logs/clone.json"),
      git_user_name: "ci-robot",
      git_user_email: "ci-robot@k8s.io",
      refs: [refs, ...extra_refs],
      ...job.clonerefs,
    }),
    INITUPLOAD_OPTIONS: JSON.stringify({ ...gcs, log: at("logs/clone.json") }),
  };
  const entries = containersOf(job, at);
  env["SIDECAR_OPTIONS"] = JSON.stringify({
    gcs_options: { ...gcs, items: [at("logs/artifacts")] },
    entries: entries.map(({ wrapped }) => wrapped),
    ...job.sidecar,
  });
  const codes: Partial<Record<Utility, number>> & { others?: number[] } = {};
  const stops = {
    clonerefs: new Stop(),
    initupload: new Stop(),
    entrypoint: new Stop(),
    sidecar: new Stop(),
  };
  codes.clonerefs = await run("clonerefs", env, stops.clonerefs);
  codes.initupload = await run("initupload", env, stops.initupload);
  if (codes.initupload === 0) {
    const tests = entries.map(({ options }) =>
      run("entrypoint", { ...env, ENTRYPOINT_OPTIONS: JSON.stringify(options) }, stops.entrypoint),
    );
    if (job.interrupt) void interrupted(job.interrupt, at("home/ready"), stops);
    const [sidecar, first, ...others] = await Promise.all([run("sidecar", env, stops.sidecar), ...tests]);
    Object.assign(codes, { entrypoint: first, sidecar, ...(others.length > 0 && { others }) });
  }
  return { codes, root, at, code: at("code/src/github.com/octo/lib") };
}

function containersOf(job: Job, at: (path: string) => string) {
  const containers = job.containers ?? [{ name: "test", command: job.command }];
  return containers.map(
    ({ name, command, waits, entrypoint }: NonNullable<Job["containers"]>[number], index) => {
      const prefix = containers.length > 1 ? `${name}-` : "";
      const before = containers[index - 1];
      const wrapped = {
        args: command,
        container_name: name,
        process_log: at(prefix ? `logs/${prefix}log.txt` : "logs/process-log.txt"),
        marker_file: at(prefix ? `logs/${prefix}marker.txt` : "logs/marker-file.txt"),
        metadata_file: at(`logs/artifacts/${prefix}metadata.json`),
      };
      const options = {
        timeout: (job.timeoutMs ?? 60_000) * 1e6,
        grace_period: 1e9,
        artifact_dir: at("logs/artifacts"),
        ...wrapped,
        ...(waits && before && { previous_marker: at(`logs/${before.name}-marker.txt`) }),
        ...job.entrypoint,
        ...entrypoint,
      };
      return { wrapped, options };
    },
  );
}

async function interrupted(
  { signal, to, settleMs = 0 }: NonNullable<Job["interrupt"]>,
  ready: string,
  stops: Record<Utility, Stop>,
): Promise<void> {
  while (!existsSync(ready)) await systemClock.sleep(20);
  for (const name of to) {
    while (!stops[name].isHeard()) await systemClock.sleep(20);
    stops[name].send(signal);
    await systemClock.sleep(settleMs);
  }
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

/** Ours, told of signals; its code is what a process can end with. */
export const oursIn: Runner = async (name, env, stop) =>
  (await ours(name, env, utilityIO({ onSignal: stop.listen }))) & 0xff;

/** A sidecar listens to signals before it watches for markers. */
function watches({ pid }: ChildProcess): boolean {
  const open = `/proc/${pid}/fd`;
  try {
    return readdirSync(open).some((fd) => readlinkSync(join(open, fd)).includes("inotify"));
  } catch {
    // Closed between the two looks.
    return false;
  }
}

/** Upstream's binary. */
export const upstream =
  (directory: string): Runner =>
  (name, env, stop) =>
    new Promise((resolve) => {
      const child = spawn(join(directory, name), [], { env: env as NodeJS.ProcessEnv, stdio: "ignore" });
      stop.listen((signal) => child.kill(signal));
      if (name === "sidecar") stop.isHeard = () => watches(child);
      child.once("close", (code) => resolve(code ?? -1));
    });

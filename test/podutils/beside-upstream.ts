// The same job with our pod utilities and with upstream's binaries, each into a bucket of its own: what both leave behind.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openStorage } from "../../src/storage/open.ts";
import { freePort } from "../contracts/free-port.ts";
import { type Job, makeRepo, oursIn, type Repo, type Runner, runJob, upstream } from "./pipeline.ts";

const binaries = join(homedir(), ".cache/cutwater-bin");
const absent = ["clonerefs", "initupload", "entrypoint", "sidecar", "fake-gcs-server"].find(
  (name) => !existsSync(join(binaries, name)),
);
/** Why not, or undefined. */
export const upstreamIsMissing = absent && `${absent} is missing: run ../shared/bin/unpack.sh`;

type Objects = Record<
  string,
  { content: unknown; contentType?: string; contentEncoding?: string; metadata?: object }
>;

export interface Left {
  codes: object;
  /** By URL. */
  objects: Objects;
  /** What was cloned, by directory. */
  clones: Record<string, object>;
  /** Files below the pod's directory `out`. */
  out: Record<string, string>;
  root: string;
  code: string;
}

export type Play = Partial<Omit<Job, "env" | "bucket">> & {
  env?: Job["env"];
  /** Options that name places in the pod. */
  placed?: (at: (path: string) => string) => Partial<Job>;
};

export interface Beside {
  repo: Repo;
  both(job: Play): Promise<{ ours: Left; upstream: Left }>;
  /** Both leave the same; returns what that is. */
  same(job: Play): Promise<Left>;
}

/** For a file of tests: starts the storage, and stops it. */
export function besideUpstream(): Beside {
  let server: ChildProcess;
  let endpoint = "";
  let folder = "";
  let count = 0;
  beforeAll(async () => {
    beside.repo = makeRepo();
    folder = mkdtempSync(join(tmpdir(), "parity-"));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const flags = ["-scheme", "http", "-port", String(port), "-filesystem-root", folder];
    server = spawn(join(binaries, "fake-gcs-server"), [...flags, "-public-host", `127.0.0.1:${port}`], {
      stdio: "ignore",
    });
    const answers = () => fetch(`${endpoint}/storage/v1/b`).then(Boolean, () => false);
    while (!(await answers())) await systemClock.sleep(50);
  });
  afterAll(() => {
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const one = async (bucket: string, run: Runner, { placed, ...job }: Play): Promise<Left> => {
    const body = JSON.stringify({ name: bucket });
    await fetch(`${endpoint}/storage/v1/b?project=x`, { method: "POST", body });
    const env = { STORAGE_EMULATOR_HOST: endpoint, ...job.env };
    const whole = { command: ["true"], repo: beside.repo, ...job, env, bucket };
    const { codes, root, at, code } = await runJob(
      placed ? (at) => ({ ...whole, ...placed(at) }) : whole,
      run,
    );
    const objects = normalised(await objectsBelow(endpoint, bucket), root, bucket);
    return { codes, root, code, objects, clones: clonesBelow(at("code")), out: filesBelow(at("out"), root) };
  };
  const beside: Beside = {
    repo: { path: "", base: "", heads: [] },
    async both(job) {
      count++;
      const theirs = await one(`upstream-${count}`, upstream(binaries), job);
      return { upstream: theirs, ours: await one(`ours-${count}`, oursIn, job) };
    },
    async same(job) {
      const { ours, upstream } = await beside.both(job);
      const left = ({ codes, objects, clones, out }: Left) => ({ codes, objects, clones, out });
      expect(left(ours)).toEqual(left(upstream));
      return ours;
    },
  };
  return beside;
}

async function objectsBelow(endpoint: string, bucket: string): Promise<Objects> {
  const store = openStorage({ gcsEndpoint: endpoint });
  const objects: Objects = {};
  const visit = async (prefix: string): Promise<void> => {
    const { objects: found, prefixes } = await store.list(prefix);
    for (const { url, contentType, contentEncoding, metadata } of found) {
      const stored = await new Response(await store.read(url)).bytes();
      // Go and zlib pack the same text in different bytes.
      const content = Buffer.from(contentEncoding === "gzip" ? gunzipSync(stored) : stored).toString(
        "latin1",
      );
      objects[url] = { content, contentType, contentEncoding, metadata };
    }
    for (const next of prefixes) await visit(next);
  };
  await visit(`gs://${bucket}/`);
  return objects;
}

/** What differs by nature: times, durations, places, and the words of each program's own log. */
const neutral =
  (root: string, bucket: string) =>
  (value: string): string =>
    value
      .replaceAll(root, "/pod")
      .replaceAll(`gs://${bucket}/`, "gs://bucket/")
      .replace(/"(timestamp|duration)":\d+/g, '"$1":0')
      .replace(/"time":"[^"]*"/g, '"time":""')
      .replace(/"(?:file|func)":"[^"]*",/g, "")
      // Set when upstream's images are built.
      .replaceAll('"component":"unset"', '"component":"entrypoint"');

function normalised(objects: Objects, root: string, bucket: string): Objects {
  const text = neutral(root, bucket);
  const entries = Object.entries(objects).map(([url, object]) => {
    const content = text(String(object.content));
    const metadata = JSON.parse(text(JSON.stringify(object.metadata ?? null)));
    // The words are each program's own, and so is whether they are long enough to be compressed.
    if (url.endsWith("/sidecar-logs.json")) return [text(url), { content: "" }];
    return [text(url), { ...object, content: contentOf(url, content), metadata }];
  });
  return Object.fromEntries(entries);
}

function contentOf(url: string, content: string): unknown {
  if (url.endsWith("sidecar-logs.json")) return "";
  // Each program tells of its commands in its own words: the same is how it begins, and how it ends.
  if (/clone-log.txt$/.test(url) || /^(?:# FAILED\n)?(?:Environment setup|# Cloning)/.test(content))
    return content
      .match(/^(?:# FAILED|# Cloning .*|# Checking.*|#\t.*|Environment setup|# Final SHA: .*)$/gm)
      ?.sort();
  if (/clone-records.json$/.test(url)) return recordsOf(content);
  if (!/finished.json$/.test(url) || !content.includes("sidecar-errors")) return content;
  const json = JSON.parse(content);
  // Go's errors come out as {}.
  json.metadata["sidecar-errors"] = Object.keys(json.metadata["sidecar-errors"]).sort();
  return JSON.stringify(json);
}

interface CloneRecord {
  refs: object;
  failed?: boolean;
  final_sha?: string;
}

/** Without what is empty, in the order of the names. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([, one]) => one !== "" && one !== false && !(Array.isArray(one) && one.length === 0))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, one]) => [name, plain(one)]);
}

/** In any order, since clones go on side by side. */
const recordsOf = (content: string): string[] =>
  (JSON.parse(content) as CloneRecord[])
    .map(({ refs, failed = false, final_sha = "" }) =>
      JSON.stringify({ refs: plain(refs), failed, final_sha }),
    )
    .sort();

function clonesBelow(directory: string): Record<string, object> {
  const found: Record<string, object> = {};
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.name !== ".git" || entry.parentPath.includes("/.git")) continue;
    const cwd = entry.parentPath;
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "safe.directory=*", ...args], {
        cwd,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    found[relative(directory, cwd)] = {
      commits: git("for-each-ref", "--format=%(refname) %(objectname)"),
      log: git("log", "--format=%H %an %ae %at %ct %s"),
      head: git("status", "--porcelain=v1", "--branch"),
      files: filesBelow(cwd, cwd),
      missing: git("rev-list", "--objects", "--missing=print", "HEAD").match(/^\?.*$/gm)?.length ?? 0,
      shallow: git("rev-parse", "--is-shallow-repository"),
    };
  }
  return found;
}

function filesBelow(directory: string, root: string): Record<string, string> {
  if (!existsSync(directory)) return {};
  const text = neutral(root, "none");
  const files = readdirSync(directory, { withFileTypes: true, recursive: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    // Git's own files, and what our storage keeps of content types.
    .filter(
      ({ entry, path }) =>
        entry.isFile() && !/\/(?:\.git|\.cutwater)(?:\/|$)/.test(path.slice(directory.length)),
    );
  return Object.fromEntries(
    files.map(({ path }) => {
      const content = text(readFileSync(path, "latin1"));
      return [relative(directory, path), JSON.stringify(contentOf(path, content) ?? "")];
    }),
  );
}

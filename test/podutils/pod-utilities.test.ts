// Whole jobs through our pod utilities, seen from the storage they leave behind.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import type { StopSignal } from "../../src/podutils/utility.ts";
import { httpServer } from "../lib/http-server.ts";
import { type Job, makeRepo, ours, oursIn, type Repo, runJob, utilityIO } from "./pipeline.ts";

let repo: Repo;
beforeAll(() => {
  repo = makeRepo();
});

const DIRECTORY = "bucket/pr-logs/pull/octo_lib/1/unit/42";

async function play(job: Partial<Job>) {
  const storage = mkdtempSync(join(tmpdir(), "objects-"));
  const env = { CUTWATER_STORAGE_ROOT: storage, ...job.env };
  const result = await runJob({ bucket: "gs://bucket", repo, command: ["true"], ...job, env }, oursIn);
  const text = (key: string) => readFileSync(join(storage, key), "utf8");
  const json = (name: string) => JSON.parse(text(`${DIRECTORY}/${name}`));
  const has = (name: string) => existsSync(join(storage, DIRECTORY, name));
  return { ...result, storage, text, json, has };
}

test("a presubmit on the merged tree, found by its pointers", async () => {
  const { codes, text, json, code } = await play({
    command: ["sh", "-c", "echo hello; exit 2"],
  });
  expect(codes).toEqual({ clonerefs: 0, initupload: 0, entrypoint: 2, sidecar: 0 });
  expect(execFileSync("ls", { cwd: code, encoding: "utf8" })).toBe("base.txt\npr-1.txt\npr-2.txt\n");
  expect(text(`${DIRECTORY}/build-log.txt`)).toContain("hello\n");
  const sha = execFileSync("git", ["rev-parse", "HEAD"], { cwd: code, encoding: "utf8" }).trim();
  expect(json("started.json")).toMatchObject({ pull: "1", "repo-commit": sha });
  expect(json("finished.json")).toMatchObject({ passed: false, result: "FAILURE", revision: repo.heads[0] });
  expect(text("bucket/pr-logs/directory/unit/42.txt")).toBe("gs://bucket/pr-logs/pull/octo_lib/1/unit/42");
  expect(text("bucket/pr-logs/directory/unit/latest-build.txt")).toBe("42");
  expect(text("bucket/pr-logs/pull/octo_lib/1/unit/latest-build.txt")).toBe("42");
});

test("a pull request that conflicts stops before the test, with a log that says so", async () => {
  const conflicting = makeRepo();
  execFileSync("git", ["checkout", "-q", "pr-2"], { cwd: conflicting.path });
  writeFileSync(join(conflicting.path, "pr-1.txt"), "mine\n");
  execFileSync("git", ["add", "."], { cwd: conflicting.path });
  execFileSync("git", ["commit", "-qm", "clash"], { cwd: conflicting.path });
  const sha = execFileSync("git", ["rev-parse", "HEAD"], { cwd: conflicting.path, encoding: "utf8" }).trim();
  const { codes, json, text, has } = await play({
    repo: { ...conflicting, heads: [conflicting.heads[0]!, sha] },
  });
  expect(codes).toEqual({ clonerefs: 0, initupload: 1 });
  expect(json("finished.json")).toMatchObject({ passed: false, result: "FAILURE" });
  expect(text(`${DIRECTORY}/build-log.txt`)).toMatch(/^Environment setup[\s\S]*# FAILED[\s\S]*CONFLICT/);
  expect(json("clone-records.json")[1].failed).toBe(true);
  expect(has("artifacts")).toBe(false);
});

test("refs that are unsafe never reach git", async () => {
  const { codes, text } = await play({ refs: { base_ref: "--upload-pack=x" } });
  expect(codes.initupload).toBe(1);
  expect(text(`${DIRECTORY}/build-log.txt`)).toContain("is not a git ref");
});

test("a path out of the source root is not even made", async () => {
  const folder = mkdtempSync(join(tmpdir(), "escape-"));
  const refs = [{ org: "o", repo: "r", base_ref: "main", path_alias: "../../src/escaped" }];
  const options = { src_root: join(folder, "root"), log: join(folder, "clone.json"), refs };
  const env = { PATH: process.env["PATH"], HOME: folder, CLONEREFS_OPTIONS: JSON.stringify(options) };
  expect(await ours("clonerefs", env, utilityIO())).toBe(0);
  expect(readFileSync(options.log, "utf8")).toContain("leaves the source root");
  expect(readdirSync(folder)).toEqual(["clone.json"]);
});

test("artifacts do not follow links out of their directory, and secrets do not leave", async () => {
  const secrets = mkdtempSync(join(tmpdir(), "secret-"));
  writeFileSync(join(secrets, "token"), "s3cr3t-value\n");
  const script = `cd "$HOME/../logs/artifacts"; echo in >real; ln -s real inside; ln -s ${secrets}/token outside; cat ${secrets}/token; base64 ${secrets}/token | tee b64`;
  const { text, has } = await play({
    command: ["sh", "-c", script],
    sidecar: { censoring_options: { secret_directories: [secrets] } },
  });
  expect(has("artifacts/outside")).toBe(false);
  expect(text(`${DIRECTORY}/artifacts/inside`)).toBe("in\n");
  expect(text(`${DIRECTORY}/build-log.txt`)).toMatch(/^X+\nX+\n$/);
  expect(text(`${DIRECTORY}/artifacts/b64`)).toMatch(/^X+\n$/);
});

test("when secrets cannot be read, nothing that might hold them is uploaded", async () => {
  const { text, has, json } = await play({
    command: ["sh", "-c", 'echo s3cr3t; echo x >"$HOME/../logs/artifacts/a"'],
    sidecar: { censoring_options: { secret_directories: ["/no/such/secret"] } },
  });
  expect(text(`${DIRECTORY}/build-log.txt`)).toContain("could not be searched for secrets");
  expect(has("artifacts/a")).toBe(false);
  const finished = json("finished.json");
  expect(finished.result).toBe("SUCCESS");
  expect(JSON.stringify(finished.metadata["sidecar-errors"])).toContain("/no/such/secret");
});

test("one file that cannot be searched stays here, and the job says so", async () => {
  const secrets = mkdtempSync(join(tmpdir(), "secret-"));
  writeFileSync(join(secrets, "token"), "s3cr3t-value");
  const { text, has, json } = await play({
    command: [
      "sh",
      "-c",
      'cd "$HOME/../logs/artifacts"; echo fine >a; printf "\\037\\213\\010 not really" >b.gz',
    ],
    sidecar: { censoring_options: { secret_directories: [secrets] } },
  });
  expect(text(`${DIRECTORY}/artifacts/a`)).toBe("fine\n");
  expect(has("artifacts/b")).toBe(false);
  const errors = json("finished.json").metadata["sidecar-errors"];
  expect(Object.keys(errors)).toEqual([
    expect.stringMatching(/^not uploaded, since it could not be searched for secrets: .*\/b\.gz$/),
  ]);
});

test("metadata is merged, and what is not JSON is told", async () => {
  const good = await play({
    command: ["sh", "-c", `echo '{"a":1}' >"$HOME/../logs/artifacts/metadata.json"`],
  });
  expect(good.json("finished.json").metadata).toEqual({ a: 1 });
  const bad = await play({ command: ["sh", "-c", `echo nope >"$HOME/../logs/artifacts/metadata.json"`] });
  expect(bad.json("finished.json").metadata["sidecar-errors"]).toBeDefined();
});

test("a token is given to its host only, and stays out of arguments, URLs and records", async () => {
  const seen: string[] = [];
  const server = await httpServer((request, response) => {
    seen.push(request.headers.authorization ?? "none");
    response
      .writeHead(request.headers.authorization ? 404 : 401, { "www-authenticate": 'Basic realm="git"' })
      .end();
  });
  const folder = mkdtempSync(join(tmpdir(), "token-"));
  writeFileSync(join(folder, "token"), "ghs_canary\n");
  const options = {
    src_root: folder,
    log: join(folder, "clone.json"),
    oauth_token_file: join(folder, "token"),
    refs: [{ org: "o", repo: "r", base_ref: "main", clone_uri: `${server.url}/o/r.git` }],
  };
  const env = { PATH: process.env["PATH"], HOME: folder, CLONEREFS_OPTIONS: JSON.stringify(options) };
  const hurried = { ...systemClock, sleep: async () => {} };
  expect(await ours("clonerefs", env, utilityIO({ clock: hurried }))).toBe(0);
  await server.close();
  const login = Buffer.from("x-access-token:ghs_canary").toString("base64");
  expect(seen).toContain(`Basic ${login}`);
  const record = readFileSync(options.log, "utf8");
  expect(JSON.parse(record)[1].failed).toBe(true);
  expect(record).not.toContain("ghs_canary");
});

describe("entrypoint", () => {
  const wrap = async (
    args: string[],
    more: object = {},
    signals: (send: (signal: StopSignal) => void) => void = () => {},
  ) => {
    const folder = mkdtempSync(join(tmpdir(), "entrypoint-"));
    const marker_file = join(folder, "marker");
    const options = {
      args,
      timeout: 0,
      grace_period: 2e8,
      process_log: join(folder, "log"),
      marker_file,
      metadata_file: "",
      ...more,
    };
    let listener: (signal: StopSignal) => void = () => {};
    const io = utilityIO({
      onSignal: (added) => {
        listener = added;
        return () => {};
      },
    });
    const code = ours(
      "entrypoint",
      { PATH: process.env["PATH"], ENTRYPOINT_OPTIONS: JSON.stringify(options) },
      io,
    );
    signals((signal) => listener(signal));
    return {
      code: await code,
      marker: readFileSync(marker_file, "utf8"),
      log: readFileSync(options.process_log, "utf8"),
    };
  };

  test.each<[string, string[], object, { code: number; marker: string }]>([
    ["the command's own code", ["sh", "-c", "exit 3"], {}, { code: 3, marker: "3" }],
    ["-1 for a signal, as Go has it", ["sh", "-c", "kill -9 $$"], {}, { code: -1, marker: "-1" }],
    ["127 for the timeout", ["sleep", "60"], { timeout: 1e8 }, { code: 127, marker: "127" }],
    ["127 for no such command", ["nope"], {}, { code: 127, marker: "127" }],
    ["0 when asked to", ["false"], { always_zero: true }, { code: 0, marker: "1" }],
  ])("marks %s", async (_what, args, more, want) => {
    expect(await wrap(args, more)).toMatchObject(want);
  });

  test("is aborted by a signal, killing what does not listen", async () => {
    const script = "trap '' INT TERM; echo up; while true; do sleep 0.05; done";
    const ended = await wrap(
      ["sh", "-c", script],
      {},
      (send) => void systemClock.sleep(200).then(() => send("SIGTERM")),
    );
    expect(ended).toMatchObject({ code: 130, marker: "130" });
    expect(ended.log).toContain("Entrypoint received interrupt: terminated");
    expect(ended.log).toContain("Process did not exit before 200ms grace period");
  });

  test("waits for the container before, and is skipped when that failed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "previous-"));
    const previous_marker = join(folder, "marker");
    const waiting = wrap(["echo", "ran"], { previous_marker });
    writeFileSync(previous_marker, "0");
    expect((await waiting).log).toBe("ran\n");
    writeFileSync(previous_marker, "1");
    expect(await wrap(["echo", "ran"], { previous_marker })).toMatchObject({ code: 1130, marker: "1130" });
  });

  test("copies itself as a script that starts these sources", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "tools dir-")), "deep", "entrypoint");
    const args = ["--copy-mode-only", `--copy-destination=${file}`];
    const self = ["/bin/echo", "it's"];
    expect(await ours("entrypoint", {}, utilityIO({ args, self }))).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(execFileSync(file, ["x"], { encoding: "utf8" })).toBe("it's entrypoint x\n");
  });
});

test("sidecar uploads at once as ABORTED when interrupted, and again when the end comes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sidecar-"));
  const entry = { process_log: join(folder, "log"), marker_file: join(folder, "marker"), metadata_file: "" };
  writeFileSync(entry.process_log, "so far\n");
  const spec = { type: "periodic", job: "nightly", buildid: "7" };
  const options = {
    gcs_options: { bucket: "b", path_strategy: "explicit", dry_run: false },
    entries: [entry],
  };
  const env = {
    CUTWATER_STORAGE_ROOT: folder,
    JOB_SPEC: JSON.stringify(spec),
    SIDECAR_OPTIONS: JSON.stringify(options),
  };
  let interrupt: (signal: StopSignal) => void = () => {};
  const io = utilityIO({
    onSignal: (listener) => {
      interrupt = listener;
      return () => {};
    },
  });
  const running = ours("sidecar", env, io);
  interrupt("SIGTERM");
  const finished = () => JSON.parse(readFileSync(join(folder, "b/logs/nightly/7/finished.json"), "utf8"));
  await expect.poll(finished).toMatchObject({ result: "ABORTED", passed: false });
  writeFileSync(entry.marker_file, "0");
  expect(await running).toBe(0);
  expect(finished()).toMatchObject({ result: "SUCCESS", passed: true });
});

test("options that cannot be used are named", async () => {
  const errors: string[] = [];
  const log = { ...utilityIO().log, error: (_fields: object, message: string) => void errors.push(message) };
  expect(await ours("clonerefs", {}, utilityIO({ log }))).toBe(1);
  expect(await ours("sidecar", { SIDECAR_OPTIONS: "{" }, utilityIO({ log }))).toBe(1);
  expect(errors[0]).toContain("CLONEREFS_OPTIONS is not set");
  expect(errors[1]).toContain("SIDECAR_OPTIONS is not JSON");
});

// What a test puts into its volume in place of the files that sidecar reads: none of it leads to what only sidecar sees.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ours } from "./pipeline.ts";

const CANARY = "SIDECAR-ONLY";
let root = "";
const at = (path: string) => join(root, path);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hostile-"));
  for (const name of ["logs", "secrets", "out", "known"]) await mkdir(at(name));
  for (const name of ["key", "metadata.json", "process-log.txt"]) {
    await writeFile(at(`secrets/${name}`), JSON.stringify({ key: CANARY }));
  }
  await writeFile(at("known/secret"), "some-other-secret");
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Everything that sidecar has uploaded, by name. */
async function uploaded(more: object = {}): Promise<Record<string, string>> {
  const entry = {
    args: ["x"],
    process_log: at("logs/process-log.txt"),
    marker_file: at("logs/marker-file.txt"),
    metadata_file: at("logs/artifacts/metadata.json"),
  };
  const gcs_options = {
    items: [at("logs/artifacts")],
    local_output_dir: at("out"),
    path_strategy: "explicit",
  };
  const options = { gcs_options, entries: [entry], ...more };
  const spec = { type: "periodic", job: "evil", buildid: "1", prowjobid: "x" };
  const env = { JOB_SPEC: JSON.stringify(spec), SIDECAR_OPTIONS: JSON.stringify(options) };
  expect(await ours("sidecar", env)).toBe(0);
  const files = await readdir(at("out"), { recursive: true, withFileTypes: true });
  const texts = files
    // The storage keeps content types of its own beside.
    .filter((file) => file.isFile() && !file.parentPath.endsWith(".cutwater"))
    .map(async (file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(at("out/").length), await readFile(path, "utf8")] as const;
    });
  return Object.fromEntries(await Promise.all(texts));
}

const censoring = () => ({ censoring_options: { secret_directories: [at("known")] } });

describe.each([
  ["as it is", () => ({})],
  ["with censoring", censoring],
])("%s", (_, more) => {
  test("links in the places of logs, metadata and artifacts are refused, and said so", async () => {
    await symlink(at("secrets"), at("logs/artifacts"));
    await symlink(at("secrets/key"), at("logs/process-log.txt"));
    await writeFile(at("logs/marker-file.txt"), "0");
    const found = await uploaded(more());
    expect(Object.keys(found).sort()).toEqual(["build-log.txt", "finished.json", "sidecar-logs.json"]);
    expect(JSON.stringify(found)).not.toContain(CANARY);
    expect(found["build-log.txt"]).toContain("is a link, which is not followed");
    expect(found["sidecar-logs.json"]).toContain("it is a link, which is not followed");
    expect(JSON.parse(found["finished.json"]!).metadata["sidecar-errors"]).toBeDefined();
  });

  test("a directory above an item that is a link, and links below it, lead nowhere", async () => {
    await symlink(at("secrets"), at("logs/linked"));
    await mkdir(at("logs/artifacts"));
    await symlink(at("secrets"), at("logs/artifacts/directory"));
    await symlink(at("secrets/key"), at("logs/artifacts/file"));
    await writeFile(at("logs/artifacts/own"), "mine");
    await symlink("own", at("logs/artifacts/alias"));
    await writeFile(at("logs/process-log.txt"), "log");
    await writeFile(at("logs/marker-file.txt"), "0");
    const items = [at("logs/linked/key"), at("logs/artifacts/")];
    const gcs_options = { items, local_output_dir: at("out"), path_strategy: "explicit" };
    const found = await uploaded({ ...more(), gcs_options });
    expect(JSON.stringify(found)).not.toContain(CANARY);
    expect(found).toMatchObject({
      "build-log.txt": "log",
      "artifacts/own": "mine",
      "artifacts/alias": "mine",
    });
  });

  test("a pipe does not make it wait", async () => {
    await mkdir(at("logs/artifacts"));
    for (const name of ["process-log.txt", "marker-file.txt", "artifacts/metadata.json"]) {
      execFileSync("mkfifo", [at(`logs/${name}`)]);
    }
    const found = await uploaded(more());
    expect(JSON.parse(found["finished.json"]!)).toMatchObject({ result: "FAILURE" });
    expect(found["build-log.txt"]).toContain("is not a plain file");
  });
});

test("a link in place of the marker tells nothing, and is no success", async () => {
  await writeFile(at("secrets/zero"), "0");
  await symlink(at("secrets/zero"), at("logs/marker-file.txt"));
  const found = await uploaded();
  expect(JSON.parse(found["finished.json"]!)).toMatchObject({ result: "FAILURE" });
});

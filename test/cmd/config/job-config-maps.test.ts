// The sizes of the ConfigMaps with the jobs, as a kubelet mounts them.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jobConfigMapSizes } from "../../../src/cmd/config/job-config-maps.ts";
import { silent } from "../../../src/lib/logger.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cutwater-jobs-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function mount(path: string, files: Record<string, string>): void {
  const version = "..2026_01_02_03_04_05.1";
  mkdirSync(join(path, version), { recursive: true });
  symlinkSync(version, join(path, "..data"));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(path, version, name), content);
    symlinkSync(join("..data", name), join(path, name));
  }
}

async function told(): Promise<string[]> {
  const registry = new Registry();
  jobConfigMapSizes(directory, registry, silent);
  return (await registry.metrics()).split("\n").filter((line) => line.startsWith("job_configmap_size"));
}

test("of one ConfigMap every file counts once, however many names it has", async () => {
  mount(directory, { a: "val1", b: "val2", c: "val3" });
  expect(await told()).toEqual([`job_configmap_size{name="${directory}"} 12`]);
});

test("of a directory of several each is told; what is none is left out", async () => {
  mount(join(directory, "part-2"), { a: "12345" });
  mount(join(directory, "part-1"), { a: "1" });
  mkdirSync(join(directory, "plain"));
  writeFileSync(join(directory, "plain", "jobs.yaml"), "{}");
  writeFileSync(join(directory, "file"), "{}");
  expect(await told()).toEqual([
    `job_configmap_size{name="${join(directory, "part-1")}"} 1`,
    `job_configmap_size{name="${join(directory, "part-2")}"} 5`,
  ]);
});

test("a path that is not there takes no other metric away", async () => {
  const registry = new Registry();
  jobConfigMapSizes(join(directory, "none"), registry, silent);
  expect(await registry.metrics()).toContain("# TYPE job_configmap_size gauge");
});

// The storage contract on Google's client against fake-gcs-server (../shared/bin; skipped when it is absent).
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { openStorage } from "../../src/storage/open.ts";
import { freePort } from "./free-port.ts";
import { storageContract } from "./storage.ts";

const binary = join(homedir(), ".cache/cutwater-bin/fake-gcs-server");

if (!existsSync(binary)) {
  describe("storage: GCS", () => test.skip(`${binary} is missing: run ../shared/bin/unpack.sh`, () => {}));
} else {
  let server: ChildProcess;
  let directory = "";
  let endpoint = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "gcs-"));
    await mkdir(join(directory, "bucket"));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const flags = ["-scheme", "http", "-port", String(port), "-filesystem-root", directory];
    server = spawn(binary, [...flags, "-public-host", `127.0.0.1:${port}`], { stdio: "ignore" });
    const asked = () =>
      fetch(`${endpoint}/storage/v1/b`).then(
        () => true,
        () => false,
      );
    while (!(await asked())) await new Promise((r) => setImmediate(r));
  });
  afterAll(async () => {
    server.kill();
    await rm(directory, { recursive: true, force: true });
  });
  storageContract("GCS", async () => ({
    store: openStorage({ gcsEndpoint: endpoint }),
    root: "gs://bucket/suite/",
  }));
}

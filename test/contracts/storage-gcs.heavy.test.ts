// The storage contract on Google's client against fake-gcs-server (../shared/bin; skipped when it is absent).
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openStorage } from "../../src/storage/open.ts";
import { faultyProxy } from "../podutils/faulty-proxy.ts";
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
  // The emulator takes the type of the last part for that of the whole.
  const emulated = { typeOfLarge: "application/octet-stream" };
  storageContract(
    "GCS",
    async () => ({ store: openStorage({ gcsEndpoint: endpoint }), root: "gs://bucket/suite/" }),
    emulated,
  );

  test("a read that fails for a moment is tried again, and nothing is refused for good", async () => {
    const proxy = await faultyProxy(2, () => Number(new URL(endpoint).port));
    const sleep = async () => {
      proxy.rate = 0;
    };
    try {
      const store = openStorage({ gcsEndpoint: proxy.url, clock: { ...systemClock, sleep } });
      await store.write("gs://bucket/again", "still there");
      for (let faults = proxy.faults; proxy.faults < faults + 8; ) {
        proxy.rate = 1;
        expect(await new Response(await store.read("gs://bucket/again")).text()).toBe("still there");
      }
      await expect(store.read("gs://bucket/never")).rejects.toMatchObject({ status: 404 });
    } finally {
      proxy.stop();
    }
  });

  test("whoever reads what is long fills no log with Node's warnings", async () => {
    const store = openStorage({ gcsEndpoint: endpoint });
    await store.write("gs://bucket/long", Buffer.alloc(4 * 1024 * 1024));
    const warnings: string[] = [];
    const hear = ({ message }: Error) => void warnings.push(message);
    process.on("warning", hear);
    const read = await new Response(await store.read("gs://bucket/long")).arrayBuffer();
    // Node tells of them later.
    await systemClock.sleep(10);
    process.off("warning", hear);
    expect(read.byteLength).toBe(4 * 1024 * 1024);
    expect(warnings).toEqual([]);
  });

  test("STORAGE_EMULATOR_HOST names the server, as for other clients", async () => {
    vi.stubEnv("STORAGE_EMULATOR_HOST", endpoint);
    const store = openStorage({ gcsEndpoint: process.env["STORAGE_EMULATOR_HOST"] });
    await store.write("gs://bucket/by-name", "found");
    expect(await store.stat("gs://bucket/by-name")).toMatchObject({ size: 5 });
    expect(await new Response(await store.read("gs://bucket/by-name")).text()).toBe("found");
    vi.unstubAllEnvs();
  });

  test("what is sent in parts is begun with its type and its condition", async () => {
    const proxy = await faultyProxy(1, () => Number(new URL(endpoint).port));
    try {
      const store = openStorage({ gcsEndpoint: proxy.url });
      const large = Buffer.alloc(9 * 1024 * 1024);
      await store.write("gs://bucket/begun", large, { contentType: "application/x-core", ifAbsent: true });
      const [begun] = proxy.done;
      expect(begun?.headers["x-upload-content-type"]).toBe("application/x-core");
      expect(begun?.path).toMatch(/uploadType=resumable.*ifGenerationMatch=0/);
    } finally {
      proxy.stop();
    }
  });
}

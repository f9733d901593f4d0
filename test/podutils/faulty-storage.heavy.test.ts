// Uploads to storage that fails three times in ten, and by a sidecar that is killed: nothing is lost, and nothing is finished without its log.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openStorage, type StorageOptions } from "../../src/storage/open.ts";
import { freePort } from "../contracts/free-port.ts";
import { type Moto, motoIsMissing, startMoto } from "../contracts/moto.ts";
import { type FaultyProxy, faultyProxy } from "./faulty-proxy.ts";
import { ours, utilityIO } from "./pipeline.ts";

const RATE = 0.3;
const binary = join(homedir(), ".cache/cutwater-bin/fake-gcs-server");
const main = new URL("../../src/main.ts", import.meta.url).pathname;
/** Pauses between tries are for real storage. */
const hurried = {
  ...systemClock,
  sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal),
};

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "faulty-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A job that is over, with its log and artifacts, one of them large. */
function finishedJob(build: string, bucket: string, gcs: object = {}) {
  const at = (path: string) => join(root, build, path);
  mkdirSync(at("logs/artifacts/deep"), { recursive: true });
  const files: Record<string, Buffer> = { "build-log.txt": Buffer.from(`log of ${build}\n`) };
  for (let i = 0; i < 10; i++) files[`artifacts/deep/${i}.txt`] = Buffer.from(`${build} ${i}`.repeat(200));
  files["artifacts/large.bin"] = Buffer.alloc(9 * 1024 * 1024, `${build}-0123456789`);
  for (const [name, content] of Object.entries(files))
    writeFileSync(name === "build-log.txt" ? at("logs/log") : at(`logs/${name}`), content);
  writeFileSync(at("logs/marker"), "0");
  const entry = {
    args: ["x"],
    process_log: at("logs/log"),
    marker_file: at("logs/marker"),
    metadata_file: "",
  };
  const options = {
    gcs_options: { bucket, path_strategy: "explicit", items: [at("logs/artifacts")], ...gcs },
    entries: [entry],
  };
  const spec = { type: "periodic", job: "stormy", buildid: build, prowjobid: "x" };
  const env = { JOB_SPEC: JSON.stringify(spec), SIDECAR_OPTIONS: JSON.stringify(options) };
  return { files, env, directory: `${bucket}/logs/stormy/${build}` };
}

/** What is there, asked of the storage itself. */
async function expectAll(options: StorageOptions, directory: string, files: Record<string, Buffer>) {
  const store = openStorage(options);
  for (const [name, content] of Object.entries(files)) {
    const found = await buffer(await store.read(`${directory}/${name}`));
    expect(found.equals(content), `${name}: ${found.length} bytes of ${content.length}`).toBe(true);
  }
  const finished = JSON.parse((await buffer(await store.read(`${directory}/finished.json`))).toString());
  expect(finished).toMatchObject({ result: "SUCCESS", passed: true });
}

if (!existsSync(binary)) {
  describe("GCS", () => test.skip(`${binary} is missing: run ../shared/bin/unpack.sh`, () => {}));
} else {
  describe("GCS", () => {
    let server: ChildProcess;
    let proxy: FaultyProxy;
    let port = 0;
    let folder = "";
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "faulty-gcs-"));
      mkdirSync(join(folder, "bucket"));
      port = await freePort();
      proxy = await faultyProxy(7, () => port);
      const flags = ["-scheme", "http", "-port", String(port), "-filesystem-root", folder];
      server = spawn(binary, [...flags, "-public-host", `127.0.0.1:${proxy.port}`], { stdio: "ignore" });
      const answers = () => fetch(`http://127.0.0.1:${port}/storage/v1/b`).then(Boolean, () => false);
      while (!(await answers())) await systemClock.sleep(50);
    });
    beforeEach(() => {
      Object.assign(proxy, { rate: RATE, done: [], faults: 0 });
    });
    afterAll(() => {
      server.kill();
      proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const itself = () => ({ gcsEndpoint: `http://127.0.0.1:${port}` });
    const wrote = (name: string) =>
      proxy.done.filter(
        ({ method, path, status }) =>
          method !== "GET" && status < 300 && decodeURIComponent(path).includes(name),
      );

    test("everything arrives, and finished.json last and once", async () => {
      for (const build of ["1", "2", "3"]) {
        const { env, files, directory } = finishedJob(build, "gs://bucket");
        const storm = { ...env, STORAGE_EMULATOR_HOST: proxy.url };
        expect(await ours("sidecar", storm, utilityIO({ clock: hurried }))).toBe(0);
        await expectAll(itself(), directory, files);
        const own = proxy.done.filter(({ path }) => decodeURIComponent(path).includes(`stormy/${build}/`));
        const writes = own.filter(({ method, status }) => method !== "GET" && status < 300);
        expect(decodeURIComponent(writes.at(-1)!.path)).toContain("finished.json");
        expect(wrote(`stormy/${build}/finished.json`)).toHaveLength(1);
        expect(wrote(`stormy/${build}/finished.json`)[0]!.path).toContain("ifGenerationMatch=0");
      }
      expect(proxy.faults).toBeGreaterThan(10);
    }, 180_000);

    test("a sidecar that is killed and run again leaves one outcome, and never one without a log", async () => {
      for (const [build, requests] of Object.entries({ k1: [1, 6], k2: [3, 9, 12], k3: [14, 2] })) {
        const { env, files, directory } = finishedJob(build, "gs://bucket");
        const storm = { PATH: process.env["PATH"], HOME: root, ...env, STORAGE_EMULATOR_HOST: proxy.url };
        const asked = () => proxy.done.filter(({ path }) => decodeURIComponent(path).includes(build)).length;
        const run = async (killedAfter: number): Promise<number | null> => {
          const wanted = asked() + killedAfter;
          const child = spawn(process.execPath, [main, "sidecar"], { env: storm, stdio: "ignore" });
          const over = new Promise<number | null>((resolve) => child.once("close", resolve));
          while (child.exitCode === null && asked() < wanted) await systemClock.sleep(2);
          child.kill("SIGKILL");
          return await over;
        };
        for (const killedAfter of requests) {
          await run(killedAfter);
          const store = openStorage(itself());
          if (await store.stat(`${directory}/finished.json`))
            expect(await store.stat(`${directory}/build-log.txt`)).toBeDefined();
        }
        expect(await run(Number.POSITIVE_INFINITY)).toBe(0);
        await expectAll(itself(), directory, files);
        expect(wrote(`${build}/finished.json`)).toHaveLength(1);
      }
    }, 300_000);

    test("without its log nothing is finished, and the sidecar says so with its exit code", async () => {
      proxy.rate = 1;
      const { env, directory } = finishedJob("down", "gs://bucket");
      const storm = { ...env, STORAGE_EMULATOR_HOST: proxy.url };
      expect(await ours("sidecar", storm, utilityIO({ clock: hurried }))).toBe(1);
      expect(await openStorage(itself()).stat(`${directory}/finished.json`)).toBeUndefined();
    }, 120_000);
  });
}

if (motoIsMissing) describe("S3", () => test.skip(motoIsMissing!, () => {}));
else {
  describe("S3", () => {
    let moto: Moto;
    let proxy: FaultyProxy;
    beforeAll(async () => {
      moto = await startMoto();
      await fetch(`${moto.url}/bucket`, { method: "PUT" });
      proxy = await faultyProxy(11, () => Number(new URL(moto.url).port));
      proxy.rate = RATE;
    });
    afterAll(() => {
      proxy.stop();
      moto.stop();
    });

    test("everything arrives, and finished.json once", async () => {
      const keys = (endpoint: string) => {
        const file = join(root, `${new URL(endpoint).port}.json`);
        const place = { region: "us-east-1", endpoint, s3_force_path_style: true };
        writeFileSync(file, JSON.stringify({ ...place, access_key: "AKIA", secret_key: "secret" }));
        return file;
      };
      const gcs = { s3_credentials_file: keys(proxy.url) };
      const { env, files, directory } = finishedJob("1", "s3://bucket", gcs);
      expect(await ours("sidecar", env, utilityIO({ clock: hurried }))).toBe(0);
      await expectAll({ s3CredentialsFile: keys(moto.url) }, directory, files);
      const outcomes = proxy.done.filter(
        ({ method, path, status }) => method === "PUT" && path.includes("finished.json") && status < 300,
      );
      expect(outcomes).toHaveLength(1);
      expect(outcomes[0]!.headers["if-none-match"]).toBe("*");
      expect(proxy.faults).toBeGreaterThan(3);
    }, 180_000);
  });
}

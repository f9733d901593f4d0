// finished.json is written once for every run: which one that is there gives way, and which stays.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { finished } from "../../src/podutils/job-results.ts";
import { uploadOutcome } from "../../src/podutils/outcome.ts";
import { StorageError } from "../../src/storage/error.ts";
import { openStorage } from "../../src/storage/open.ts";
import type { BlobStore } from "../../src/storage/port.ts";

let root = "";
let storage: BlobStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outcome-"));
  storage = openStorage({ directory: root });
});
afterEach(() => rm(root, { recursive: true }));

const DIRECTORY = "logs/nightly/7";
const URL = `gs://b/${DIRECTORY}`;
const clock = { ...systemClock, sleep: async () => {} };
const at = (seconds: number) => new Date(seconds * 1000);
const told = async (): Promise<string> =>
  JSON.parse(await new Response(await storage.read(`${URL}/finished.json`)).text()).result;
const tell = (
  result: "SUCCESS" | "FAILURE" | "ABORTED",
  seconds: number,
  through = storage,
  more: object = {},
) =>
  uploadOutcome(
    finished(result, at(seconds)),
    DIRECTORY,
    { bucket: "b", dry_run: false, ...more },
    { storage: through, clock, log: silent },
  );
const start = (seconds: number) =>
  storage.write(`${URL}/started.json`, JSON.stringify({ timestamp: seconds }));

describe("one that is there", () => {
  test("stays: a sidecar that runs again has no other outcome to tell", async () => {
    await start(10);
    await tell("SUCCESS", 20);
    await tell("FAILURE", 30);
    expect(await told()).toBe("SUCCESS");
  });

  test("gives way when it was uploaded in haste, at an interrupt", async () => {
    await start(10);
    await tell("ABORTED", 20);
    await tell("SUCCESS", 30);
    expect(await told()).toBe("SUCCESS");
  });

  test("gives way when it is an earlier pod's: of before this one began", async () => {
    await tell("FAILURE", 20);
    await start(25);
    await tell("SUCCESS", 30);
    expect(await told()).toBe("SUCCESS");
  });

  test("gives way when it is no outcome at all", async () => {
    await storage.write(`${URL}/finished.json`, "{");
    await tell("FAILURE", 30);
    expect(await told()).toBe("FAILURE");
  });

  test("is read when it is compressed", async () => {
    const long = { compress_file_types: ["json"] };
    const store = { ...storage };
    const metadata = { notes: "n".repeat(2000) };
    const context = { storage: store, clock, log: silent };
    const outcome = (result: "SUCCESS" | "FAILURE", seconds: number) =>
      uploadOutcome(
        finished(result, at(seconds), { metadata }),
        DIRECTORY,
        { bucket: "b", dry_run: false, ...long },
        context,
      );
    await outcome("SUCCESS", 20);
    await outcome("FAILURE", 30);
    expect((await storage.stat(`${URL}/finished.json`))?.contentEncoding).toBe("gzip");
    const stored = await new Response(await storage.read(`${URL}/finished.json`)).bytes();
    expect(JSON.parse(gunzipSync(stored).toString()).result).toBe("SUCCESS");
  });
});

test("its own write whose answer was lost is no other outcome", async () => {
  let writes = 0;
  const losing: BlobStore = {
    ...storage,
    write: async (...args) => {
      writes++;
      await storage.write(...args);
      throw new StorageError(0, "connection reset");
    },
  };
  await tell("SUCCESS", 20, losing);
  expect([await told(), writes]).toEqual(["SUCCESS", 2]);
});

test("a storage that refuses is asked four times, one that is ill eight times", async () => {
  for (const [status, times] of [
    [403, 4],
    [503, 8],
  ] as const) {
    let writes = 0;
    const refusing: BlobStore = {
      ...storage,
      write: async () => {
        writes++;
        throw new StorageError(status, "no");
      },
    };
    await expect(tell("SUCCESS", 20, refusing)).rejects.toThrow("no");
    expect(writes).toBe(times);
  }
});

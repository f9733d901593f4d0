// The storage contract on a directory, as buckets below a root and as file: URLs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { openStorage } from "../../src/storage/open.ts";
import { storageContract } from "./storage.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "storage-"));
});
afterAll(() => rm(directory, { recursive: true }));

storageContract("gs:// in a directory", async () => ({
  store: openStorage({ directory }),
  root: "gs://bucket/suite/",
}));
storageContract("file://", async () => ({
  store: openStorage({}),
  root: `file://${directory}/plain/`,
}));

// A directory as storage must not be a way into the rest of the file system, nor show its own bookkeeping.
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directoryStorage } from "../../src/storage/directory.ts";
import { openStorage } from "../../src/storage/open.ts";

let top = "";
let root = "";
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), "directory-"));
  root = join(top, "root");
  await mkdir(join(root, "bucket"), { recursive: true });
  await writeFile(join(top, "secret"), "secret");
});
afterEach(() => rm(top, { recursive: true }));

test.each([
  "gs://bucket/../../secret",
  "gs://../secret",
  "gs://bucket/a/./b",
  "gs://bucket/a//b",
  "gs://bucket/a\0b",
])("refuses %j", async (url) => {
  const store = directoryStorage({ root });
  await expect(store.read(url)).rejects.toMatchObject({ status: 400 });
  await expect(store.write(url, "x")).rejects.toMatchObject({ status: 400 });
});

test("follows no symbolic link out of the storage", async () => {
  const store = directoryStorage({ root });
  await symlink(join(top, "secret"), join(root, "bucket", "link"));
  await symlink(top, join(root, "bucket", "out"));
  await expect(store.read("gs://bucket/link")).rejects.toMatchObject({ status: 403 });
  await expect(store.write("gs://bucket/out/new", "x")).rejects.toMatchObject({ status: 403 });
  expect((await store.list("gs://bucket/")).objects).toEqual([]);
  expect(await readdir(top)).not.toContain("new");
});

test("with a root, file: URLs must lie below it", async () => {
  const store = openStorage({ directory: root });
  await expect(store.read(`file://${top}/secret`)).rejects.toMatchObject({ status: 403 });
  await store.write(`file://${root}/bucket/x`, "x");
  expect((await store.stat("gs://bucket/x"))?.size).toBe(1);
});

test("a failed stream leaves neither an object nor a trace", async () => {
  const store = directoryStorage({ root });
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("connection lost"));
    },
  });
  await expect(store.write("gs://bucket/x", broken)).rejects.toThrow("connection lost");
  expect(await store.stat("gs://bucket/x")).toBeUndefined();
  expect((await store.list("gs://bucket/")).prefixes).toEqual([]);
});

test("says what no adapter serves", async () => {
  await expect(openStorage({}).stat("ftp://bucket/x")).rejects.toThrow("no storage of this kind");
});

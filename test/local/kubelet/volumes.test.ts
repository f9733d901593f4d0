// Mounts of a part of a volume.
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containerMounts } from "../../../src/local/kubelet/volumes.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "volumes-"));
  await mkdir(join(directory, "volume", "real"), { recursive: true });
  await mkdir(join(directory, "outside"));
  await writeFile(join(directory, "volume", "file"), "x");
  await symlink("../outside", join(directory, "volume", "out"));
  await symlink("real", join(directory, "volume", "in"));
});
afterAll(() => rm(directory, { recursive: true }));

const mounted = async (subPath: string) => {
  const container = { name: "test", volumeMounts: [{ name: "v", mountPath: "/v", subPath }] };
  const volume = join(directory, "volume");
  const [mount] = await containerMounts(container, new Map([["v", volume]]));
  return mount?.hostPath.slice(volume.length);
};

test.each([
  ["real", "/real"],
  ["real/new/deep", "/real/new/deep"],
  ["file", "/file"],
  ["in/x", "/real/x"],
])("of %j is where that is in the volume", async (subPath, at) => {
  expect(await mounted(subPath)).toBe(at);
});

test.each(["out", "out/made", "real/../out", "../outside"])("of %j never leaves it", async (subPath) => {
  await expect(mounted(subPath)).rejects.toThrow("leaves its volume");
  expect(await readdir(join(directory, "outside"))).toEqual([]);
});

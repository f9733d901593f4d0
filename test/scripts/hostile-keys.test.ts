// The first thousand of what scripts/fuzz-keys.ts tries: hostile names lead nowhere in storage.
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { wrongAccess, wrongAddress, wrongLayout } from "../../scripts/hostile-keys.ts";
import { seeded } from "../../scripts/seeded.ts";
import { directoryStorage } from "../../src/storage/directory.ts";

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test("of jobs, repositories, builds and files", () => {
  const chance = seeded(1);
  expect(times(1000, () => wrongLayout(chance)).flat()).toEqual([]);
});

test("of Deck's addresses", () => {
  const chance = seeded(2);
  expect(times(1000, () => wrongAddress(chance)).flat()).toEqual([]);
});

test("of a directory with links out of it", async () => {
  const top = await mkdtemp(join(tmpdir(), "hostile-keys-"));
  try {
    const root = join(top, "root");
    await mkdir(join(root, "bucket"), { recursive: true });
    await mkdir(join(top, "outside"));
    await writeFile(join(top, "outside", "secret"), "canary");
    await symlink(join(top, "outside", "secret"), join(root, "bucket", "link"));
    await symlink(join(top, "outside"), join(root, "bucket", "out"));
    const chance = seeded(3);
    const store = directoryStorage({ root });
    for (let run = 0; run < 200; run++) expect(await wrongAccess(chance, store, "canary")).toEqual([]);
    expect((await readdir(top)).sort()).toEqual(["outside", "root"]);
    expect(await readdir(join(top, "outside"))).toEqual(["secret"]);
  } finally {
    await rm(top, { recursive: true });
  }
});

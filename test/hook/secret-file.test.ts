// A rotated secret counts at once.
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { secretFile } from "../../src/hook/secret-file.ts";

it("reads the secrets again when the file changes, also by a swapped link as Kubernetes does it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-secret-"));
  const at = (name: string) => join(directory, name);
  try {
    await writeFile(at("one"), "first\n");
    await symlink(at("one"), at("hmac"));
    const secrets = secretFile(at("hmac"));
    expect(await secrets()).toEqual({ token: "first" });
    await writeFile(at("two"), "other\n");
    await symlink(at("two"), at("new"));
    await rename(at("new"), at("hmac"));
    expect(await secrets()).toEqual({ token: "other" });
    await writeFile(at("two"), "acme:\n- value: mapped\n");
    expect(await secrets()).toEqual({ tokens: new Map([["acme", ["mapped"]]]) });
    await rm(at("two"));
    await expect(secrets()).rejects.toThrow("ENOENT");
  } finally {
    await rm(directory, { recursive: true });
  }
});

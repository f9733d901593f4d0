// A rotated secret counts at once.
import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rotatedSecrets } from "../../src/hook/rotated-secrets.ts";

it("reads the secrets again when the file changes, also by a swapped link as Kubernetes does it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-secret-"));
  const at = (name: string) => join(directory, name);
  try {
    await writeFile(at("one"), "first\n");
    await symlink(at("one"), at("hmac"));
    const errors: unknown[] = [];
    const secrets = rotatedSecrets(at("hmac"), { error: (fields) => errors.push(fields) });
    expect(await secrets()).toEqual({ token: "first" });
    await writeFile(at("two"), "other\n");
    await symlink(at("two"), at("new"));
    await rename(at("new"), at("hmac"));
    expect(await secrets()).toEqual({ token: "other" });
    await writeFile(at("two"), "acme:\n- value: mapped\n");
    expect(await secrets()).toEqual({ tokens: new Map([["acme", ["mapped"]]]) });
    const last = await secrets();
    await rm(at("two"));
    expect(await secrets()).toBe(last);
    expect(await secrets()).toBe(last);
    expect(errors).toEqual([{ path: at("hmac"), error: expect.objectContaining({ code: "ENOENT" }) }]);
    await writeFile(at("two"), "acme:\n- value: back\n");
    expect(await secrets()).toEqual({ tokens: new Map([["acme", ["back"]]]) });
  } finally {
    await rm(directory, { recursive: true });
  }
});

it.each([
  ["is missing", undefined, "ENOENT"],
  ["is empty", "\n", "it holds no secret"],
  ["is a map without secrets", "'*': []\n", "it holds no secret"],
])("a file that %s is refused", async (_what, text, message) => {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-secret-"));
  try {
    if (text !== undefined) await writeFile(join(directory, "hmac"), text);
    await expect(rotatedSecrets(join(directory, "hmac"), { error() {} })()).rejects.toThrow(message);
  } finally {
    await rm(directory, { recursive: true });
  }
});

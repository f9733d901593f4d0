// Credentials' files, each kind by its own constructor: the library's general one complains on the console.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gcsStorage } from "../../src/storage/gcs.ts";
import { googleCredentials } from "../../src/storage/google-credentials.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cutwater-credentials-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function file(content: unknown): string {
  const path = join(directory, "key.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test.each([
  [
    { type: "service_account", client_email: "ci@example.com", private_key: "PEM" },
    { email: "ci@example.com" },
  ],
  [{ type: "authorized_user", client_id: "id", client_secret: "s", refresh_token: "r" }, { _clientId: "id" }],
])("%j", async (content, expected) => {
  expect(await googleCredentials(file(content))).toMatchObject(expected);
});

test.each([
  ["{", "Google credentials"],
  ["[]", "expected a map"],
  [{ type: "mystery" }, 'credentials of type "mystery"'],
])("%j is refused in plain words", async (content, message) => {
  await expect(googleCredentials(file(content))).rejects.toThrow(message);
});

test("nothing of ours makes the library complain", async () => {
  const complaints = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const credentialsFile = file({ type: "service_account", client_email: "a@b", private_key: "not a key" });
    await gcsStorage({ credentialsFile, endpoint: "http://127.0.0.1:1" })
      .stat("gs://bucket/key")
      .catch(() => {});
    expect(complaints).not.toHaveBeenCalled();
  } finally {
    complaints.mockRestore();
  }
});

test("a service account signs addresses; a person's credentials do not", async () => {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  });
  const account = file({ type: "service_account", client_email: "a@b", private_key: key });
  const address = new URL(
    (await gcsStorage({ credentialsFile: account }).sign("gs://bucket/a/b #.txt", 60))!,
  );
  expect(decodeURIComponent(address.pathname)).toBe("/bucket/a/b #.txt");
  expect(address.searchParams.get("X-Goog-Expires")).toBe("60");
  const person = file({ type: "authorized_user", client_id: "a", client_secret: "b", refresh_token: "c" });
  expect(await gcsStorage({ credentialsFile: person }).sign("gs://bucket/a", 60)).toBeUndefined();
});

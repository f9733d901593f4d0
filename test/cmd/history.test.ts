// Where tide's history may be: a local path as in Prow, a file beside --storage, a bucket that --storage stands for.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Host } from "../../src/cmd/command.ts";
import { historyFrom } from "../../src/cmd/tide.ts";
import { UsageError } from "../../src/lib/flags.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cutwater-history-"));
  mkdirSync(join(directory, "buckets"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const from = (uri: string) =>
  historyFrom(
    {
      "history-uri": uri,
      storage: join(directory, "buckets"),
      "gcs-credentials-file": "",
      "s3-credentials-file": "",
    },
    { host: { env: {}, cwd: directory } as unknown as Host },
  );

test.each([
  ["a path", () => join(directory, "x.json"), "x.json"],
  ["a path from here", () => "x.json", "x.json"],
  ["a file outside --storage", () => `file://${directory}/y.json`, "y.json"],
  ["a bucket of --storage", () => "gs://tide/z.json", "buckets/tide/z.json"],
])("%s", async (_what, uri, file) => {
  const history = await from(uri());
  await history!.store.write(history!.url, "{}");
  expect(readFileSync(join(directory, file), "utf8")).toBe("{}");
});

test("none is kept unless asked for", async () => {
  expect(await from("")).toBeUndefined();
});

test.each([["gs://"], ["file://host/x.json"], ["gs://bucket/../../etc/passwd"]])(
  "%s is refused in a sentence that names the flag",
  async (uri) => {
    const refusal = from(uri);
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(`--history-uri=${uri} cannot be used: `);
  },
);

// A Redis' password comes from a file, whatever is in it; what can not be meant is refused in plain words.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { queueURL } from "../../../src/cmd/wiring/queue-url.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "queue-url-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function written(text: string): string {
  const file = join(directory, "password");
  writeFileSync(file, text);
  return file;
}
const ask = (queue: string, file = "") => queueURL({ queue, "queue-password-file": file, data: "here" });

test("without a password the flag is the URL, and without the flag it is a file of the data directory", async () => {
  expect(await ask("redis://redis:6379/2")).toBe("redis://redis:6379/2");
  expect(await ask("")).toBe("sqlite:here/hook-queue.db");
});

test.each(["plain", "p@ss:/w?rd#%41", "ünïcode", "two words"])(
  "the password %s arrives as it is",
  async (word) => {
    const url = new URL(await ask("rediss://hook@redis:6379/2", written(`${word}\n`)));
    expect(decodeURIComponent(url.password)).toBe(word);
    expect({ user: url.username, host: url.host, path: url.pathname }).toEqual({
      user: "hook",
      host: "redis:6379",
      path: "/2",
    });
  },
);

test.each([
  ["", "word", "--queue-password-file is for a Redis"],
  ["sqlite:file.db", "word", "--queue-password-file is for a Redis"],
  ["redis://:other@redis", "word", "leave one of them out"],
  ["redis://redis", "\n", "is empty"],
])("--queue=%s with a file of %j is refused", async (queue, text, message) => {
  await expect(ask(queue, written(text))).rejects.toThrow(message);
});

test("a password file that is missing is named", async () => {
  await expect(ask("redis://redis", "/nope")).rejects.toThrow("--queue-password-file=/nope cannot be read");
});

// A hundred thousand addresses that try to leave the storage directory: none reads or writes anything outside.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openStorage } from "../../src/storage/open.ts";
import { Dice } from "../podutils/secret-placements.ts";

const CANARY = "OUTSIDE";
/** Nobody writes an object of that name. */
const UNSEEN = "seen-outside-only";
const SEEDS = [1, 2];
const TRIES = 50_000;
const PARTS = [
  ...[
    "..",
    ".",
    "",
    "...",
    "%2e%2e",
    "..%2f",
    "%2f",
    "\\",
    "..\\",
    "bucket",
    "link",
    "linked",
    "secret",
    "key",
  ],
  ...[
    "~",
    "\0",
    "..\0",
    "\u2025",
    "\uff0e\uff0e",
    " ..",
    ".. ",
    "a",
    "outside",
    "etc",
    "passwd",
    "$HOME",
    ":",
    "?",
    "#",
  ],
];
const SCHEMES = [
  "gs://",
  "s3://",
  "file://",
  "file:///",
  "gs:/",
  "gs:///",
  "GS://",
  "gs://bucket",
  "file://bucket/",
];

test.each(SEEDS)(
  "no address leads out (seed %i)",
  async (seed) => {
    const dice = new Dice(seed);
    const folder = mkdtempSync(join(tmpdir(), "escape-"));
    const [root, outside] = [join(folder, "root"), join(folder, "outside")];
    try {
      mkdirSync(join(root, "bucket/a"), { recursive: true });
      mkdirSync(outside);
      for (const name of ["secret", "key", "a", UNSEEN]) writeFileSync(join(outside, name), CANARY);
      writeFileSync(join(root, "bucket/a/key"), "inside");
      symlinkSync(outside, join(root, "bucket/link"));
      symlinkSync(join(outside, "secret"), join(root, "bucket/linked"));
      symlinkSync(outside, join(root, "outside"));
      const store = openStorage({ directory: root });
      const address = () => {
        const path = Array.from({ length: 1 + dice.below(7) }, () => dice.one(PARTS)).join("/");
        return dice.one(SCHEMES) + dice.one(["", "/", `${root}/`, `${root}/../`, `${outside}/`]) + path;
      };
      let refused = 0;
      for (let i = 0; i < TRIES; i++) {
        const url = address();
        try {
          if (i % 10 === 0) await store.write(url, "written");
          else if (i % 10 === 1) expect(JSON.stringify(await store.list(`${url}/`))).not.toContain(UNSEEN);
          else {
            const found = (await store.stat(url)) && (await buffer(await store.read(url))).toString();
            expect(found ?? "", url).not.toContain(CANARY);
          }
        } catch (error) {
          if (error instanceof Error && error.name === "AssertionError") throw error;
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(TRIES / 4);
      expect(readdirSync(folder).sort()).toEqual(["outside", "root"]);
      expect(readdirSync(outside).sort()).toEqual(["a", "key", "secret", UNSEEN]);
      for (const name of readdirSync(outside)) expect(readFileSync(join(outside, name), "utf8")).toBe(CANARY);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  300_000,
);

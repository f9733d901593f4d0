// The record contract on SQLite files, and what only a file has: its age, and that nothing in it is changed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { silent } from "../../src/lib/logger.ts";
import { sqliteRecord } from "../../src/record/sqlite.ts";
import { manualClock } from "../lib/manual-clock.ts";
import { recordContract } from "./record.ts";

async function place() {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-record-"));
  const file = join(directory, "record.db");
  return { file, url: `sqlite:${file}`, dispose: () => rm(directory, { recursive: true }) };
}

recordContract("SQLite", place);

const pull = { org: "acme", repo: "tool", number: 7 };

it("forgets what is older than it is to keep", async () => {
  const { file, dispose } = await place();
  const clock = manualClock();
  const keepMs = 1_000_000;
  const open = () => sqliteRecord({ file, clock, log: silent, keepMs, onLost: () => {} });
  const write = async (what: string) => {
    const record = open();
    const at = clock.now().toISOString();
    record.append({ at, kind: "event", what, org: "acme", repo: "tool", pulls: [7] });
    await record.close();
  };
  await write("old");
  await clock.advance(900_000);
  await write("newer");
  await clock.advance(200_000);
  await write("newest");
  const record = open();
  expect((await record.pull(pull, 10)).map(({ what }) => what)).toEqual(["newer", "newest"]);
  await record.close();
  const db = new DatabaseSync(file);
  expect(db.prepare("SELECT count(*) AS n FROM subjects").get()).toEqual({ n: 2 });
  expect(() => db.exec("UPDATE entries SET entry = '{}'")).toThrow("entries of the record are not changed");
  db.close();
  await dispose();
});

// cutwater dead-letters on a queue in a file, as an operator uses it while hook is stopped.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../src/cmd/dead-letters.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { encodeDelivery } from "../../src/model/delivery.ts";
import { PermanentError } from "../../src/queue/error.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { run } from "./tool-run.ts";

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cutwater-dead-"));
  file = join(directory, "queue.db");
  const queue = sqliteQueue({ file, clock: systemClock });
  const body = JSON.stringify({ action: "renamed", organization: { login: "acme" } });
  const ofOrg = { guid: "b", event: "organization", headers: {}, body, receivedAt: "" };
  for (const [id, payload] of Object.entries({ a: "", b: encodeDelivery(ofOrg) }))
    await queue.add({ id, group: "g", payload });
  const stop = new AbortController();
  const working = queue.work(
    async () => {
      throw new PermanentError("no\nluck");
    },
    { signal: stop.signal, concurrency: 1, maxAttempts: 1 },
  );
  while ((await queue.depth()) > 0) await systemClock.sleep(2);
  stop.abort();
  await working;
  await queue.close();
});
afterEach(() => rm(directory, { recursive: true }));

const told = (...argv: string[]) => run(deadLetters, [...argv, `--queue=sqlite:${file}`]);

test("lists them, a line each", async () => {
  const { out, code } = await told("list");
  expect(code).toBe(0);
  expect(out.trim().split("\n")).toHaveLength(2);
  expect(out).toContain("after 1: no luck");
  expect(out).toContain("organization.renamed  acme  after");
  expect(JSON.parse((await told("list", "--json")).out)).toMatchObject([{ id: "b" }, { id: "a" }]);
});

test("puts one back, or all, and tells which is not there", async () => {
  expect(await told("replay", "a")).toMatchObject({ code: 0, out: "a is back in the queue webhooks.\n" });
  expect(await told("replay", "a", "c")).toMatchObject({ code: 1 });
  expect(await told("replay", "--all")).toMatchObject({ code: 0, out: "b is back in the queue webhooks.\n" });
  expect((await told("list")).out).toContain("no dead letters");
});

test("says what is wrong when hook has the file open", async () => {
  const queue = sqliteQueue({ file, clock: systemClock });
  const { code, err } = await told("list");
  await queue.close();
  expect(code).toBe(1);
  expect(err).toContain("another process has it open");
});

test("finds the queue of cutwater up in its data directory, and makes none where there is none", async () => {
  expect((await run(deadLetters, ["list", `--data=${directory}`])).out).toContain("after 1: no luck");
  for (const place of [`--data=${join(directory, "none")}`, `--queue=sqlite:${join(directory, "none.db")}`]) {
    const { code, err } = await run(deadLetters, ["list", place]);
    expect(code).toBe(1);
    expect(err).toContain("there is no queue at");
  }
  expect(await readdir(directory)).not.toContain("none.db");
});

test.each([[[]], [["bury"]], [["replay"]]])("%j is told what it lacks", async (argv) => {
  expect((await told(...argv)).code).toBe(1);
});

// cutwater why as people use it, on a record that a running Cutwater writes.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { whyCommand } from "../../src/cmd/why.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { openRecord } from "../../src/record/open.ts";
import type { Record } from "../../src/record/port.ts";
import { run } from "./tool-run.ts";

let data: string;
let record: Record;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "cutwater-why-"));
  const url = `sqlite:${join(data, "record.db")}`;
  const metrics = new Registry();
  record = await openRecord({ url, clock: systemClock, log: silent, metrics, keepMs: 1e9 });
  const pr = { component: "hook", guid: "g1", actor: "alice", org: "acme", repo: "tool", pulls: [7] };
  const at = new Date().toISOString();
  record.append({ at, kind: "event", act: "issue_comment", what: "commented: /lgtm", ...pr });
  record.append({ at, kind: "effect", plugin: "lgtm", what: "add labels lgtm to acme/tool#7", ms: 3, ...pr });
  record.append({ at, kind: "effect", what: "create ProwJob", prowjob: "pj", error: "forbidden", ...pr });
  record.append({ at, kind: "pass", what: "nothing to do for hold", ...pr });
  while ((await record.prowjob("pj", 1)).length === 0) await systemClock.sleep(5);
});
afterEach(async () => {
  await record.close();
  await rm(data, { recursive: true });
});

const why = (...argv: string[]) => run(whyCommand, ["--data", data, ...argv]);

it("tells the story of a pull request while the record is being written", async () => {
  const { code, out } = await why("acme/tool#7");
  expect(code).toBe(0);
  expect(out.replace(/\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d/g, "T")).toBe(
    [
      "acme/tool#7\n",
      "T T  alice commented: /lgtm",
      "  issue_comment g1",
      "  ├ T ✓ lgtm  add labels lgtm",
      "  └ T ✗ hook  create ProwJob",
      "                 forbidden\n",
    ].join("\n"),
  );
});

it("takes the address of a pull request, and the name of a ProwJob", async () => {
  const { out } = await why("acme/tool#7");
  expect((await why("https://github.com/acme/tool/pull/7")).out).toBe(out);
  expect((await why("pj")).out).toContain("ProwJob pj");
});

it("tells with -v who had nothing to do, and gives the entries as JSON lines", async () => {
  expect((await why("-v", "acme/tool#7")).out).toContain("nothing to do for hold");
  const lines = (await why("--json", "acme/tool#7")).out.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).what)).toEqual([
    "commented: /lgtm",
    "add labels lgtm to acme/tool#7",
    "create ProwJob",
    "nothing to do for hold",
  ]);
});

it("says what is wrong, and what to do", async () => {
  expect(await why()).toMatchObject({ code: 1, err: expect.stringContaining("cutwater why org/repo#7") });
  expect((await why("acme/tool")).err).toContain("neither a pull request");
  expect((await why("acme/tool#8")).err).toContain("the record has nothing about acme/tool#8");
  expect((await why("--data", join(data, "none"), "acme/tool#7")).err).toMatch(
    /there is no record at .*--data/,
  );
});

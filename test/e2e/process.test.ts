// Local mode as a process: a taken port, a kill in the middle, a graceful stop.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLocalMode, until } from "./local-mode.ts";

const PORT = 22080;

test("a taken port gets one clear sentence", async () => {
  const local = await startLocalMode(PORT);
  try {
    const cutwater = join(import.meta.dirname, "..", "..", "bin", "cutwater");
    const second = spawnSync(cutwater, ["up", "--local", "--port", String(PORT)], { encoding: "utf8" });
    expect(second.status).toBe(2);
    expect(second.stderr.trim()).toMatch(/^cutwater up: port \d+ is taken; choose another with --port$/);
  } finally {
    await local.end();
  }
});

test("after kill -9 it goes on where it stopped", async () => {
  const before = await startLocalMode(PORT);
  const pull = await before.people.grace.openPull({
    title: "Killed while it is tested",
    branch: "killed",
    fromFork: false,
    path: "README.md",
    edit: (text) => `${text}\nAgain.\n`,
  });
  await until(
    async () => (await before.jobs()).some(({ status }) => status.state === "pending"),
    "a running job",
  );
  await before.stop("SIGKILL");
  const after = await startLocalMode(PORT, before.data);
  try {
    const { grace, margaret, ada } = after.people;
    await margaret.comment(pull.number, "/lgtm");
    await ada.comment(pull.number, "/approve");
    await until(async () => (await grace.pull(pull.number)).merged, "the merge", 90);
    const contexts = (await after.jobs())
      .filter(({ spec }) => spec.type === "presubmit")
      .map(({ spec }) => spec.job);
    expect(contexts.sort()).toEqual(["lint", "unit"]);
  } finally {
    await after.end();
  }
});

test("Ctrl-C stops cleanly and leaves no process behind", async () => {
  const local = await startLocalMode(PORT);
  await local.people.grace.openPull({
    title: "Interrupted",
    branch: "interrupted",
    fromFork: false,
    path: "README.md",
    edit: (text) => `${text}\nInterrupted.\n`,
  });
  await until(
    async () => (await local.jobs()).some(({ status }) => status.state === "pending"),
    "a running job",
  );
  expect(await local.stop("SIGINT")).toBe(0);
  const left = spawnSync("pgrep", ["-f", local.data], { encoding: "utf8" }).stdout.trim();
  expect(left).toBe("");
  const log = await readFile(join(local.data, "cutwater.log"), "utf8");
  const messages = log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).message);
  expect(messages).toContainEqual(expect.stringMatching(/^create ProwJob /));
  await local.end();
});

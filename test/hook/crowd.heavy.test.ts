// Two hundred strangers post 25 MB each at once, slowly and unsigned: hook stays small, and GitHub is answered meanwhile.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { holdPayload } from "../../scripts/intake/payload.ts";
import { MAX_BODY_BYTES } from "../../src/hook/body.ts";
import { deliver, type HookProcess, killed, startHook, writeHookFiles } from "./hook-process.ts";
import type { Sent, Strangers } from "./slow-senders.ts";

const STRANGERS = 200;
/** They are cut off after 10 s. */
const SENDING_MS = 9_000;
const MOST_MB = 512;
/** GitHub waits for 10 s. */
const PROMPT_MS = 3_000;

let folder: string;
let hook: HookProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cutwater-crowd-"));
  writeHookFiles(folder);
  hook = await startHook(folder, { role: "all", queue: `sqlite:${join(folder, "queue.db")}` });
});
afterAll(async () => {
  await killed(hook.child);
  rmSync(folder, { recursive: true, force: true });
});

interface Answered {
  status: number;
  ms: number;
}

async function answered(guid: string, body: string): Promise<Answered> {
  const started = performance.now();
  const status = await deliver(hook.url, guid, body);
  return { status, ms: performance.now() - started };
}

/** The most that was ever resident, in MB. */
const mostResident = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

test("two hundred bodies of 25 MB that nobody signed keep neither memory nor anybody's room", async () => {
  const strangers: Strangers = {
    ...{ port: Number(new URL(hook.url).port), count: STRANGERS, bytes: MAX_BODY_BYTES, ms: SENDING_MS },
  };
  const before = mostResident(hook.child.pid!);
  const thread = new Worker(new URL("./slow-senders.ts", import.meta.url), { workerData: strangers });
  let sent: Sent | undefined;
  thread.once("message", (message: Sent) => (sent = message));
  await pause(1_000);
  const ordinary: Answered[] = [];
  const large: Answered[] = [];
  for (let n = 1; sent === undefined; n++) {
    ordinary.push(await answered(`ordinary-${n}`, holdPayload(n)));
    if (n % 4 === 0) large.push(await answered(`large-${n}`, holdPayload(n, 1_000_000)));
    await pause(200);
  }
  const most = mostResident(hook.child.pid!);
  const slowest = (all: Answered[]) => Math.max(...all.map(({ ms }) => ms));
  console.log(
    `${(sent.bytes / 1e9).toFixed(1)} GB from strangers; ${most.toFixed(0)} MB resident at most, ${before.toFixed(0)} before; ` +
      `${ordinary.length} ordinary deliveries in at most ${slowest(ordinary).toFixed(0)} ms, ${large.length} of 1 MB in ${slowest(large).toFixed(0)} ms`,
  );
  expect(hook.child.exitCode).toBeNull();
  expect(new Set([...ordinary, ...large].map(({ status }) => status))).toEqual(new Set([200]));
  expect(slowest([...ordinary, ...large])).toBeLessThan(PROMPT_MS);
  expect(most).toBeLessThan(MOST_MB);
  // Otherwise nobody was in anybody's way.
  expect(sent.bytes).toBeGreaterThan(STRANGERS * 1_000_000);
});

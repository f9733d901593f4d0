// Prints how soon deliveries are acknowledged at 500 a second, after fsync, on Redis and on SQLite; and how many a second
// come to effect on GitHub: `/hold` on 500 pull requests, by a gateway and workers on Redis, and by one process on SQLite.
//   npm run bench:intake [-- SECONDS [PER-SECOND [WORKERS]]] [--prow PATH]
//     --prow PATH: a hook built from Prow's source; takes the same bursts in turn with ours, so that both have the machine as
//     it is. Without it ours are compared with what Prow did once on a quiet machine of two cores.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { hasBinary } from "../test/contracts/has-binary.ts";
import { redisServer } from "../test/contracts/redis-server.ts";
import { type HookSettings, SECRET, startHook, writeHookFiles } from "../test/hook/hook-process.ts";
import { figure } from "./figure.ts";
import { startProwHook } from "./intake/prow-hook.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { prow: { type: "string" } } });
const [seconds = 20, rate = 500, workers = 2] = positionals.map(Number);
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "cutwater-bench-intake-"));
const children: ChildProcess[] = [];
const PULLS = 500;
const PROW_EFFECTS = 1_000;
/** What is compiled on first use counts little after some. */
const ROUNDS = 20;

try {
  writeHookFiles(folder);
  if (hasBinary("redis-server")) {
    await onRedis((url) => acknowledged("Redis", url));
    await onRedis((url) => effects("Redis", url));
  } else console.log("Redis is left out: redis-server is not installed (apt-get install redis-server)");
  await acknowledged("SQLite", `sqlite:${join(folder, "queue.db")}`);
  await effects("SQLite", `sqlite:${join(folder, "effects.db")}`);
} finally {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

/** A Redis of its own for each part, so that none works on what another left. */
async function onRedis(part: (url: string) => Promise<void>): Promise<void> {
  const redis = await redisServer(undefined, "--appendonly", "yes", "--appendfsync", "always");
  try {
    await part(redis.url);
  } finally {
    await stop();
    await redis.dispose();
  }
}

/** Resolves when it is ready, with the address for webhooks. */
async function hook(role: HookSettings["role"], queue: string, github?: string): Promise<string> {
  const { child, url } = await startHook(folder, { role, queue, github });
  children.push(child);
  return url;
}

async function stop(): Promise<void> {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

interface Sending {
  perSecond: number;
  count: number;
  /** Begins each delivery's GUID. */
  prefix: string;
  firstPull?: number;
}

interface Load {
  p50: number;
  p99: number;
  max: number;
  refused: number;
  seconds: number;
  firstAck: number;
}

async function load(url: string, { perSecond, count, prefix, firstPull = 1 }: Sending): Promise<Load> {
  const figures = [perSecond, count, firstPull].map(String);
  const argv = [join(root, "scripts/intake/load.ts"), url, SECRET, ...figures, prefix];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  let last = "{}";
  for await (const line of createInterface({ input: child.stdout })) last = line;
  return JSON.parse(last) as Load;
}

async function acknowledged(name: string, queue: string): Promise<void> {
  const url = await hook("gateway", queue);
  // What is compiled on first use does not count.
  await load(url, { perSecond: rate, count: rate * 2, prefix: "warm" });
  const {
    p50,
    p99,
    max,
    refused,
    seconds: took,
  } = await load(url, {
    perSecond: rate,
    count: rate * seconds,
    prefix: "timed",
  });
  console.log(
    `${name}: ${rate * seconds} deliveries of 21 KB in ${took.toFixed(1)} s, p50 ${p50.toFixed(1)} ms, slowest ${max.toFixed(0)} ms, ${refused} refused`,
  );
  const bench = `intake-${name.toLowerCase()}`;
  figure(`${name}: acknowledged after fsync at ${rate} a second, p99`, `${bench}-p99`, p99, "ms", {
    most: 50,
  });
  figure(`${name}: not acknowledged`, `${bench}-refused`, refused, "deliveries", { most: 0 });
  await stop();
}

/** The least of a GitHub, and when it has set each label. */
async function fakeGitHub(): Promise<{ url: string; labelled: number[] }> {
  const script = join(root, "scripts/intake/fake-github.ts");
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const labelled: number[] = [];
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [word = "", value = ""] = line.split(" ");
    if (word === "port") listening.resolve(value);
    else labelled.push(Number(value));
  });
  return { url: `http://127.0.0.1:${await listening.promise}`, labelled };
}

/** Effects a second, from the first acknowledgement of a burst to the last label on GitHub. */
async function burst(url: string, labelled: number[], round: number): Promise<number> {
  labelled.length = 0;
  // Of pull requests that nobody has seen: what we have labelled ourselves we need not label again.
  const sending = { perSecond: 5_000, count: PULLS, prefix: `burst${round}`, firstPull: 1 + round * PULLS };
  const { firstAck } = await load(url, sending);
  await settled(labelled, PULLS);
  return PULLS / ((Math.max(...labelled) - firstAck) / 1000);
}

async function effects(on: "Redis" | "SQLite", queue: string): Promise<void> {
  const github = await fakeGitHub();
  // A file has one process.
  const url = await hook(on === "SQLite" ? "all" : "gateway", queue, github.url);
  if (on === "Redis") for (let n = 0; n < workers; n++) await hook("worker", queue, github.url);
  const prow = values.prow === undefined ? undefined : await prowHook(values.prow);
  let best = 0;
  let prowsBest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await burst(url, github.labelled, round);
    best = Math.max(best, ours);
    const prows = prow && (await burst(prow.url, prow.labelled, round));
    prowsBest = Math.max(prowsBest, prows ?? 0);
    const beside = prows === undefined ? "" : `, real Prow ${prows.toFixed(0)}`;
    console.log(`burst ${round + 1}: ${ours.toFixed(0)} effects a second${beside}`);
  }
  const by = on === "SQLite" ? "one process" : `${workers} workers`;
  const goal = prow ? prowsBest : PROW_EFFECTS;
  figure(
    `${on}: /hold on ${PULLS} pull requests by ${by}`,
    `intake-effects-${on.toLowerCase()}`,
    best,
    "effects a second",
    { least: goal },
  );
  const when = prow ? "beside it" : "on a quiet machine";
  console.log(
    `Real Prow, which stores nothing: ${goal.toFixed(0)} a second ${when}; ${(best / goal).toFixed(2)} times that.`,
  );
}

async function prowHook(file: string): Promise<{ url: string; labelled: number[] }> {
  const github = await fakeGitHub();
  const { child, url } = await startProwHook(file, folder, github.url);
  children.push(child);
  return { url, labelled: github.labelled };
}

/** Resolves when so many have come, and nothing more for a second. */
async function settled(labelled: readonly number[], least: number): Promise<void> {
  const deadline = performance.now() + 300_000;
  for (let before = -1; labelled.length < least || labelled.length !== before; ) {
    if (performance.now() > deadline) throw new Error(`${labelled.length} of ${least} effects came in 300 s`);
    before = labelled.length;
    await pause(1_000);
  }
}

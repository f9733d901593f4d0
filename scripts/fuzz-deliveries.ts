// Sends broken, hostile and absurd deliveries through the gateway and the plugins: none may crash them, hold them up, or
// be acknowledged without being either worked off or put aside.
//   npm run fuzz:deliveries -- --seed 1 --runs 1000000
import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { Registry } from "prom-client";
import { loadConfig } from "../src/config/load.ts";
import { GitHubError } from "../src/github/error.ts";
import { memoised } from "../src/github/memoise.ts";
import type { GitHubRead } from "../src/github/port.ts";
import { type DispatchDeps, dispatcher } from "../src/hook/dispatch.ts";
import { gateway } from "../src/hook/gateway.ts";
import { hookMetrics } from "../src/hook/metrics.ts";
import { KubeError } from "../src/kube/error.ts";
import type { KubeRead } from "../src/kube/port.ts";
import { int, parseFlags } from "../src/lib/flags.ts";
import { silent } from "../src/lib/logger.ts";
import { pluginSections, plugins } from "../src/plugins/index.ts";
import { isPermanent } from "../src/queue/error.ts";
import type { QueueItem } from "../src/queue/port.ts";
import { type HostileDelivery, hostileDelivery } from "./hostile-deliveries.ts";
import { hostileGitHub } from "./hostile-github.ts";
import { hostileText } from "./hostile-words.ts";
import { seeded } from "./seeded.ts";

const { values: flags } = parseFlags(
  {
    seed: int(1, "Where chance begins."),
    runs: int(10_000, "Deliveries to try."),
    "most-ms": int(100, "CPU time that one may hold the event loop up for, in milliseconds."),
    "most-mb": int(512, "Resident memory that is never exceeded, in megabytes."),
  },
  process.argv.slice(2),
);

const SECRET = "s";
/** For what one delivery meets: GitHub's answers are as hostile as itself. */
let chance = seeded(0);
const clock = { now: () => new Date("2026-01-02T00:00:00Z"), sleep: () => new Promise<void>(() => {}) };
const metrics = hookMetrics(new Registry());
const text = (path: string, lines: string) => ({ path, text: lines });
const loaded = loadConfig(
  {
    config: text("config.yaml", "plank: {}\n"),
    supplements: [],
    jobs: [
      text(
        "jobs.yaml",
        "presubmits:\n  acme/tool:\n  - name: unit\n    always_run: true\n    spec: {containers: [{image: a}]}\n",
      ),
    ],
    plugins: text(
      "plugins.yaml",
      `plugins:\n  acme/tool:\n    plugins: [${plugins.map(({ name }) => name).join(", ")}]\n`,
    ),
    pluginSupplements: [],
  },
  pluginSections,
  { now: new Date(0) },
);
if (!loaded.config || !loaded.plugins)
  throw new Error(`the configuration: ${JSON.stringify(loaded.problems)}`);
const { config, plugins: enabled } = loaded;

/** A GitHub that has nothing, whatever is asked for; what people could have written is in the other one. */
const nothing = new Proxy({} as GitHubRead, {
  get: (_, name) =>
    name === "then"
      ? undefined
      : name === "botLogin"
        ? async () => "robot"
        : async () => Promise.reject(new GitHubError(422, "there is nothing")),
});
const kube = new Proxy({} as KubeRead, {
  get: () => async () => Promise.reject(new KubeError(422, "", "there is nothing")),
});
const deps: DispatchDeps = {
  ...{ all: plugins, config: () => config, plugins: () => enabled, kube, clock, metrics },
  reader: () => memoised(chance.oneIn(3) ? nothing : hostileGitHub(chance)),
  ...{ apply: async () => {}, random: () => 0, localFile: async () => "", log: silent },
  web: async () => {
    if (chance.oneIn(2)) throw new Error("there is no web");
    return new Response(chance.pick(["", "{}", "null", "[{}]", '{"url":7}', hostileText(chance)]));
  },
};
const dispatch = dispatcher(deps);

let stored: QueueItem | undefined;
const queue = {
  async add(item: QueueItem) {
    stored = item;
    return { added: true };
  },
};
const take = gateway({ queue, secrets: async () => ({ token: SECRET }), clock, log: silent, metrics });

/** Status of the answer. */
function post({ event, guid, body, headers }: HostileDelivery): Promise<number> {
  const at = chance.below(body.length + 1);
  const pieces = chance.oneIn(2) ? [body] : [body.subarray(0, at), body.subarray(at)];
  const request = Readable.from(pieces, { objectMode: false }) as unknown as IncomingMessage;
  Object.assign(request, {
    ...{ method: "POST", complete: true, iterator: () => Readable.from(pieces, { objectMode: false }) },
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      "x-github-event": event,
      "x-github-delivery": guid,
      "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
      ...headers,
    },
  });
  return new Promise((resolve) => {
    const response = {
      setHeader() {},
      writeHead(status: number) {
        resolve(status);
        return response;
      },
      end() {},
    };
    take(request, response as unknown as ServerResponse);
  });
}

/** What is wrong with how it was taken, or undefined. */
async function handle(seed: number): Promise<string | undefined> {
  chance = seeded(seed);
  stored = undefined;
  const status = await post(hostileDelivery(chance));
  if (![200, 400, 403, 413].includes(status)) return `answered ${status}`;
  if ((status === 200) !== (stored !== undefined))
    return `answered ${status}, and was ${stored ? "" : "not "}stored`;
  if (Object.hasOwn(Object.prototype, "polluted")) return "Object.prototype has been written to";
  if (!stored) return undefined;
  try {
    await dispatch(stored, 30);
  } catch (error) {
    const expected = isPermanent(error) || error instanceof AggregateError;
    if (!expected)
      return `a failure that is not told as one: ${error instanceof Error ? error.stack : String(error)}`;
    // A plugin that trips over a payload is a bug, even if it fails alone.
    const bug = isBug(error);
    if (bug) return `a plugin fails: ${bug}`;
  }
  return undefined;
}

function isBug(error: unknown): string | undefined {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown[] };
  for (const one of [...(errors ?? []), cause, error])
    if (one instanceof TypeError || one instanceof RangeError) return one.stack;
  return undefined;
}

/** CPU time of this thread in milliseconds: other processes do not count. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** `ms` of CPU time in the longest round of the event loop. */
async function timed(seed: number): Promise<{ ms: number; fault?: string }> {
  let [ms, last, going] = [0, cpu(), true];
  const round = () => {
    const now = cpu();
    ms = Math.max(ms, now - last);
    last = now;
    if (going) setImmediate(round);
  };
  setImmediate(round);
  const fault = await handle(seed).catch((error: unknown) =>
    error instanceof Error ? (error.stack ?? "") : String(error),
  );
  going = false;
  await new Promise(setImmediate);
  return { ms, ...(fault && { fault }) };
}

let rejected = "";
process.on("unhandledRejection", (error) => {
  rejected = error instanceof Error ? (error.stack ?? "") : String(error);
});
let [faults, slowest, mostMB] = [0, { seed: 0, ms: 0 }, 0];
// What is compiled on first use does not count.
for (let seed = 0; seed < 200; seed++) await timed(seed);
for (let seed = flags.seed; seed < flags.seed + flags.runs; seed++) {
  let { ms, fault } = await timed(seed);
  // The collector may have been at work: only what is slow each time is slow.
  for (let again = 0; ms > flags["most-ms"] && again < 3; again++) ms = Math.min(ms, (await timed(seed)).ms);
  if (ms > slowest.ms) slowest = { seed, ms };
  if (ms > flags["most-ms"]) fault ??= `took ${ms.toFixed(0)} ms of CPU time`;
  if (seed % 256 === 0) {
    await new Promise(setImmediate);
    mostMB = Math.max(mostMB, process.memoryUsage.rss() / 2 ** 20);
  }
  if (rejected) fault ??= `nobody caught ${rejected}`;
  rejected = "";
  if (!fault) continue;
  faults++;
  process.stdout.write(`seed ${seed}: ${fault}\n`);
}
if (mostMB > flags["most-mb"]) {
  faults++;
  process.stdout.write(`${mostMB.toFixed(0)} MB were resident\n`);
}
process.stdout.write(
  `${flags.runs} deliveries: ${faults} faults; the slowest (seed ${slowest.seed}) took ${slowest.ms.toFixed(1)} ms of CPU time, ${mostMB.toFixed(0)} MB resident at most\n`,
);
process.exit(faults ? 1 : 0);

// Two hooks behind a balancer are restarted in turn while webhooks come: each is acknowledged and worked off, and each
// hook ends by itself in time. RESTARTS=20 for as many.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { balancer } from "../../scripts/chaos/balancer.ts";
import { holdPayload } from "../../scripts/intake/payload.ts";
import { freePort } from "../contracts/free-port.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { redisServer } from "../contracts/redis-server.ts";
import { deliver, killed, startHook, writeHookFiles } from "./hook-process.ts";

const RESTARTS = Number(process.env["RESTARTS"] ?? 5);
const PER_SECOND = 30;
/** What an orchestrator surely waits before it kills. */
const LONGEST_STOP_MS = 25_000;
/** A Service sends to a pod that is to end until it has heard of that. */
const LATE_MS = 1_000;
/** Whoever died keeps what it was working on for 15 s. */
const PATIENCE_MS = 20_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Its address, and the pull requests that have been labelled. */
async function gitHub(): Promise<{ url: string; labelled: Set<number> }> {
  const script = join(import.meta.dirname, "../../scripts/intake/fake-github.ts");
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  closing.push(() => killed(child));
  const labelled = new Set<number>();
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [word = "", value = ""] = line.split(" ");
    if (word === "port") listening.resolve(value);
    else labelled.add(Number(word));
  });
  return { url: `http://127.0.0.1:${await listening.promise}`, labelled };
}

/** Comments come at a steady rate until `stop`. */
function load(port: number) {
  const answers: { number: number; status: number }[] = [];
  let going = true;
  const sent: Promise<void>[] = [];
  const done = (async () => {
    for (let number = 1; going; number++) {
      sent.push(
        deliver(`http://127.0.0.1:${port}/hook`, `guid-${number}`, holdPayload(number)).then(
          (status) => void answers.push({ number, status }),
        ),
      );
      await pause(1_000 / PER_SECOND);
    }
    await Promise.all(sent);
  })();
  return {
    async stop() {
      going = false;
      await done;
      return answers;
    },
  };
}

test.skipIf(!hasBinary("redis-server"))(
  "rolling restarts under load lose nothing (skipped without Redis)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "cutwater-rolling-"));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    writeHookFiles(folder);
    const redis = await redisServer(undefined, "--appendonly", "yes", "--appendfsync", "always");
    closing.push(() => redis.dispose());
    const github = await gitHub();
    const ports = [await freePort(), await freePort()];
    const start = (port: number) =>
      startHook(folder, { role: "all", queue: redis.url, github: github.url, port });
    const hooks = await Promise.all(ports.map(start));
    closing.push(() => Promise.all(hooks.map(({ child }) => killed(child))));
    const service = await balancer(ports);
    closing.push(() => service.close());
    const sending = load(service.port);
    const stops: { code: number | null; ms: number }[] = [];
    for (let n = 0; n < RESTARTS; n++) {
      await pause(200);
      const { child } = hooks[n % 2]!;
      const asked = performance.now();
      child.kill("SIGTERM");
      await pause(LATE_MS);
      service.only([ports[(n + 1) % 2]!]);
      if (child.exitCode === null) await once(child, "exit");
      stops.push({ code: child.exitCode, ms: performance.now() - asked });
      hooks[n % 2] = await start(ports[n % 2]!);
      service.only(ports);
    }
    const answers = await sending.stop();
    const acknowledged = answers.filter(({ status }) => status === 200).map(({ number }) => number);
    const missing = () => acknowledged.filter((number) => !github.labelled.has(number));
    // Until it is all done, or nothing more happens.
    for (let [left, since] = [missing().length, performance.now()]; left > 0; ) {
      await pause(100);
      if (missing().length < left) [left, since] = [missing().length, performance.now()];
      if (performance.now() - since > PATIENCE_MS) break;
    }
    const slowest = Math.max(...stops.map(({ ms }) => ms));
    console.log(
      `${RESTARTS} restarts, the slowest stop took ${slowest.toFixed(0)} ms; ${answers.length} webhooks, ` +
        `${acknowledged.length} acknowledged, ${missing().length} of them lost`,
    );
    expect(missing()).toEqual([]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(stops.map(({ code }) => code)).toEqual(stops.map(() => 0));
    expect(slowest).toBeLessThan(LONGEST_STOP_MS);
  },
  600_000,
);

// Kills everything at random instants and at failpoints, over many deliveries, and checks that nothing that was
// acknowledged is lost and nothing is done twice. Real redis-server, real kube-apiserver, GitHub's emulator, faulty storage.
//   npm run chaos -- [--short | --deliveries N] [--seed N] [--keep] [--prow PATH]
//     --deliveries: about so many instead of 10,000, and as much less of all that goes wrong, but every failpoint
//     --prow PATH: a hook built from Prow's source
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { found, whyNoRealKube } from "../test/contracts/real-kube.ts";
import { FAILPOINTS } from "./chaos/cast.ts";
import { plan, type Size } from "./chaos/plan.ts";
import { type Outcome, runChaos } from "./chaos/run.ts";
import { SEEDS } from "./chaos/seeds.ts";

const SHORT: Size = {
  repos: 2,
  pulls: 8,
  acts: 120,
  kills: 8,
  failpoints: 8,
  redisKills: 1,
  redisFlushes: 1,
  cuts: 2,
  sweepSeconds: 3,
};
/** For 10,000 deliveries 200 kills. */
function long(deliveries: number): Size {
  const part = (of: number) => Math.ceil((of * deliveries) / 10_000);
  return {
    ...{ repos: 8, pulls: part(200), acts: part(3_000), kills: part(200), failpoints: FAILPOINTS.length },
    ...{ redisKills: part(10), redisFlushes: part(3), cuts: part(20), sweepSeconds: 10 },
  };
}

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    deliveries: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
    prow: { type: "string" },
  },
});
const missing =
  whyNoRealKube() ??
  (found("redis-server") ? undefined : "redis-server is missing: apt-get install redis-server") ??
  (found("fake-gcs-server") ? undefined : "fake-gcs-server is missing: run ../shared/bin/unpack.sh");
if (missing) {
  console.log(`chaos is skipped: ${missing}`);
  process.exit(0);
}
for (const known of SEEDS) {
  const same = known.seed === Number(values.seed) && known.size === (values.short ? "short" : "long");
  if (same) console.log(`This seed has found once: ${known.found}`);
}
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort(new Error("stopped")));
const seed = Number(values.seed);
const size = values.short ? SHORT : long(Number(values.deliveries));
const ours = await run("Cutwater");
const prows = values.prow ? await run("Prow's hook", values.prow) : undefined;
if (prows) console.log(summary("real Prow's hook in its place", prows));
console.log(summary(`seed ${seed}`, ours));
process.exit(ours.lost.length + ours.doubled.length > 0 ? 1 : 0);

async function run(name: string, prowHook?: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "cutwater-chaos-"));
  console.log(`${name}: seed ${seed}, logs in ${join(folder, "log")}`);
  try {
    const outcome = await runChaos(
      plan(seed, size),
      size,
      { folder, seed, repos: size.repos, sweepSeconds: size.sweepSeconds, prowHook },
      { say: console.log, signal: stop.signal },
    );
    for (const text of outcome.unreached) console.log(`failpoint ${text} was not reached`);
    for (const text of outcome.lost) console.log(`LOST     ${text}`);
    for (const text of outcome.doubled) console.log(`DOUBLED  ${text}`);
    return outcome;
  } finally {
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  }
}

function summary(name: string, outcome: Outcome): string {
  const {
    lost,
    doubled,
    acknowledged,
    deliveries,
    killed,
    diedOtherwise,
    failpoints,
    unreached,
    storageFaults,
    seconds,
  } = outcome;
  return `chaos, ${name}: ${lost.length} lost and ${doubled.length} doubled of ${acknowledged} acknowledged deliveries (${deliveries - acknowledged} more had no answer); ${killed} kills, ${failpoints - unreached.length} of ${failpoints} failpoints reached, ${diedOtherwise} died of themselves, ${storageFaults} requests to storage failed, in ${seconds.toFixed(0)} s`;
}

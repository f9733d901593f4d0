// One run: the plan is acted out, then everything is left alone until it is quiet, and the verdict is passed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../src/lib/clock.ts";
import { errorText } from "../../src/lib/error-text.ts";
import { silent } from "../../src/lib/logger.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { openQueue } from "../../src/queue/open.ts";
import type { Queue } from "../../src/queue/port.ts";
import { BOT } from "../stage/app.ts";
import { until } from "../stage/until.ts";
import { ageMark } from "./age-mark.ts";
import { COMPONENTS, labelOf } from "./cast.ts";
import { check, type Verdict } from "./check.ts";
import { isStored, placesOf } from "./check-storage.ts";
import { Deliveries } from "./deliveries.ts";
import { jobsOf, ledgerOf, pullFacts } from "./facts.ts";
import { readHookLog } from "./hook-log.ts";
import { type People, people } from "./people.ts";
import type { Size, Step, Trouble } from "./plan.ts";
import { completePods } from "./pods.ts";
import { POD_NAMESPACE, TOKEN_BOT } from "./setting.ts";
import { startWorld, type World, type WorldOptions } from "./world.ts";

export interface Outcome extends Verdict {
  /** By us; what died of itself. */
  killed: number;
  diedOtherwise: number;
  /** Failpoints that were set, and those of them at which nobody died. */
  failpoints: number;
  unreached: string[];
  /** Requests to object storage that failed. */
  storageFaults: number;
  deliveries: number;
  acknowledged: number;
  seconds: number;
}

export interface Stage {
  say(line: string): void;
  /** Ends the run early, and all that was started for it. */
  signal: AbortSignal;
}

const OUTAGE_SECONDS = 1_800;

export async function runChaos(
  steps: readonly Step[],
  size: Size,
  options: WorldOptions,
  { say, signal }: Stage,
): Promise<Outcome> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const world = await startWorld(options);
  const stop = new AbortController();
  try {
    say(`everything is up after ${seconds().toFixed(0)} s`);
    const pods = completePods(world.kube, POD_NAMESPACE, stop.signal);
    const crowd = people(world.github, size.repos);
    const bot = options.prowHook ? TOKEN_BOT : BOT;
    const troubles = new Troubles(world, bot, options.prowHook !== undefined);
    for (const [at, step] of steps.entries()) {
      signal.throwIfAborted();
      await take(step, crowd, troubles);
      if (at % 200 === 199) say(`${at + 1} of ${steps.length} steps after ${seconds().toFixed(0)} s`);
    }
    say(`all is said after ${seconds().toFixed(0)} s`);
    // Otherwise the last of what is tried again and again, later each time, would take minutes.
    world.storage.heal();
    const { dead, missing } = await quiet(world, options, signal);
    const jobs = await jobsOf(world.kube);
    const facts = {
      ...{ bot, dead, jobs, pods: pods.born },
      ledger: await ledgerOf(world),
      stored: await world.storage.stored(jobs.flatMap(placesOf)),
      pulls: await pullFacts(crowd, size.repos),
      hook: readHookLog(join(options.folder, "log")),
    };
    // With --keep, for whoever wants to know why.
    writeFileSync(join(options.folder, "log", "prowjobs.json"), JSON.stringify(jobs));
    const deliveries = new Deliveries().read(facts.ledger);
    const { lost, doubled } = check(facts);
    lost.push(...missing.map((guid) => `delivery ${guid} never came`));
    const storageFaults = world.storage.faults();
    return { lost, doubled, ...deliveries.counts, ...troubles.count(), storageFaults, seconds: seconds() };
  } finally {
    stop.abort();
    await world.close();
  }
}

async function take({ act, trouble, pauseMs }: Step, crowd: People, troubles: Troubles): Promise<void> {
  if (pauseMs > 0) await pause(pauseMs);
  if (act) await crowd.act(act);
  if (trouble) await troubles.cause(trouble);
}

class Troubles {
  readonly #world: World;
  readonly #bot: string;
  /** Real Prow's hook has no failpoints and no Redis. */
  readonly #prow: boolean;
  /** Where who is to die, as `COMPONENT NAME`. */
  readonly #failpoints: string[] = [];
  #killed = 0;

  constructor(world: World, bot: string, prow: boolean) {
    this.#world = world;
    this.#bot = bot;
    this.#prow = prow;
  }

  async cause(trouble: Trouble): Promise<void> {
    const { components, redis, api, admin } = this.#world;
    const one = "replica" in trouble ? components.get(labelOf(trouble.replica))! : undefined;
    const isProws = this.#prow && "replica" in trouble && trouble.replica.component === "hook";
    const hooks = COMPONENTS.filter(({ component }) => component === "hook").map(
      (hook) => components.get(labelOf(hook))!,
    );
    switch (trouble.do) {
      case "kill":
        this.#killed += 1;
        return one!.kill();
      case "failpoint":
        this.#killed += 1;
        return isProws ? one!.kill() : this.#dieAt(trouble);
      case "kill redis":
        this.#killed += 1;
        return redis.kill();
      case "flush redis":
        return redis.flush();
      case "cut":
        return api.cut();
      case "faults": {
        const { do: _, ...faults } = trouble;
        return void (await admin("faults", { ...faults, logins: [this.#bot] }));
      }
      case "hooks down":
        this.#killed += hooks.length;
        return void (await Promise.all(hooks.map((hook) => hook.down())));
      case "hooks up":
        await until(
          "what was sent to nobody has failed",
          async () => (await admin<{ idle: boolean }>("idle")).idle,
        );
        await admin("age", { seconds: OUTAGE_SECONDS });
        await redis.age(OUTAGE_SECONDS);
        await ageMark(this.#world.kube, OUTAGE_SECONDS * 1_000);
        for (const hook of hooks) hook.start();
    }
  }

  #dieAt({ replica, name, nth }: Extract<Trouble, { do: "failpoint" }>): void {
    const { component } = replica;
    // Of planks one leads, and only that one comes there.
    const who = component === "plank" ? COMPONENTS.filter((one) => one.component === component) : [replica];
    for (const one of who) this.#world.components.get(labelOf(one))!.dieAt(name, nth);
    this.#failpoints.push(`${component} ${name}`);
  }

  count(): Pick<Outcome, "killed" | "diedOtherwise" | "failpoints" | "unreached"> {
    const { components } = this.#world;
    const reached = new Set(
      COMPONENTS.flatMap((one) =>
        [...components.get(labelOf(one))!.deaths.failpoints].map((name) => `${one.component} ${name}`),
      ),
    );
    return {
      killed: this.#killed,
      diedOtherwise: [...components.values()].reduce((total, { deaths }) => total + deaths.other, 0),
      failpoints: this.#failpoints.length,
      unreached: this.#failpoints.filter((point) => !reached.has(point)),
    };
  }
}

/** So many sweeps: one that dies has the turn for three more. Longer than any controller's period and than the first pauses of what is tried again, too. */
const STILL_SWEEPS = 4;
/** So long it may get no closer to its end: a slow machine takes longer for all of it, and what Redis forgot comes again at its end. */
const PATIENCE_MS = 480_000;

/** Until nothing waits, nothing runs and nobody has written for a while; a run that gets no closer is judged as it is. */
async function quiet(
  world: World,
  { prowHook, sweepSeconds }: WorldOptions,
  signal: AbortSignal,
): Promise<{ dead: string[]; missing: string[] }> {
  const tools = { url: world.redis.url, clock: systemClock, random: Math.random, log: silent };
  const queue = prowHook ? undefined : await openQueue(tools);
  const deliveries = new Deliveries();
  let since = performance.now();
  let read = 0;
  let [least, closer] = [Number.POSITIVE_INFINITY, since];
  /** What is left to do, and whether somebody has just done something. */
  const look = async () => {
    const { idle } = await world.admin<{ idle: boolean }>("idle");
    const depth = (await queue?.depth()) ?? 0;
    const running = (await jobsOf(world.kube)).filter((job) => !isTold(job)).length;
    const news = await ledgerOf(world, read);
    read = news.at(-1)?.n ?? read;
    const missing = await missingOf(deliveries.read(news), queue);
    return { left: depth + running + missing.length, isBusy: !idle || news.length > 0 };
  };
  const isStill = async () => {
    signal.throwIfAborted();
    // A machine with much to do answers late: it is looked again.
    const seen = await look().catch((error: unknown) => console.log(errorText(error)));
    const left = seen?.left ?? Number.POSITIVE_INFINITY;
    if (left > 0 || seen?.isBusy) since = performance.now();
    if (left < least) [least, closer] = [left, performance.now()];
    if (performance.now() - closer > PATIENCE_MS) throw new Error(`no closer to quiet: ${left} left to do`);
    return performance.now() - since > STILL_SWEEPS * sweepSeconds * 1_000;
  };
  try {
    await until("quiet", isStill, { patienceMs: Number.POSITIVE_INFINITY, everyMs: 2_000 });
  } catch (error) {
    signal.throwIfAborted();
    console.log(errorText(error));
  }
  const dead = queue ? await Array.fromAsync(queue.dead()) : [];
  const missing = await missingOf(deliveries, queue);
  await queue?.close();
  return { dead: dead.map(({ id, error }) => `${id}: ${error}`), missing };
}

/** It has ended, and storage has been told. */
const isTold = (job: ProwJob): boolean =>
  Boolean(job.status.completionTime) &&
  (!isStored(job) || job.status.prev_report_states?.["gcsreporter"] === job.status.state);

/** What nobody has acknowledged and the queue does not have either: it may have been stored without an answer. */
async function missingOf({ neverCame }: Deliveries, queue: Queue | undefined): Promise<string[]> {
  // Real Prow's hook has no queue, and nothing that looks for them.
  if (!queue) return [];
  const stored = await queue.remembered(neverCame);
  return neverCame.filter((guid) => !stored.has(guid));
}

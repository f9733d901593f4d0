// Many pull requests opened, labelled and reviewed at once, worked on by two hooks, crier and tide with one budget,
// against a GitHub that holds to all its limits and now and then refuses. Its hours pass in seconds, for all alike.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { Recorded } from "../../src/local/github/ledger.ts";
import { BOT } from "../stage/app.ts";
import { asking } from "../stage/people.ts";
import { fastClock } from "./fast-clock.ts";
import { type Jobs, passJobs } from "./jobs.ts";
import { storming } from "./people.ts";
import { pullsOf } from "./setting.ts";
import { type StormWorld, startStorm } from "./world.ts";

export interface StormWanted {
  count: number;
  /** How often people ask on each pull request for what the bot answers with a comment. */
  talk: number;
  /** How much faster than real time it goes. */
  faster: number;
  /** In the place of GitHub's 500, for the components alone. */
  contentPerHour?: number;
  /** About how often GitHub refuses for a minute. */
  refusals?: number;
  /** Where the logs and the metrics of the processes stay; default: nowhere. */
  keep?: string;
}

export interface StormOutcome {
  hours: number;
  seconds: number;
  entries: Recorded[];
  jobs: Jobs;
  /** Of all components. */
  metrics: ReadonlyMap<string, string>;
  /** What the hooks gave up. */
  dead: string[];
}

/** So many refusals come on the way where no other number is wanted, by the requests that a pull request costs. */
const REFUSALS = 20;
const REQUESTS_EACH = 40;
const LOOK_MS = 1_000;
const LONGEST_MS = 3_600_000;

export async function storm({
  count,
  talk,
  faster,
  contentPerHour,
  refusals = REFUSALS,
  keep,
}: StormWanted): Promise<StormOutcome> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), "cutwater-storm-"));
  const pulls = pullsOf(count);
  const pace = { start: Date.now(), faster };
  const clock = fastClock(pace);
  const world = await startStorm({ folder, pulls, pace, contentPerHour });
  const stop = new AbortController();
  try {
    const jobs = passJobs(world.kube, clock, stop.signal);
    await world.admin("ledger", {});
    const refuse_percent = (100 * refusals) / (count * (REQUESTS_EACH + 5 * talk));
    await world.admin("faults", { secondary_limits: true, refuse_percent, logins: [BOT] });
    const [began, from] = [performance.now(), clock.now().getTime()];
    await storming(asking(world.github), pulls, talk);
    const ledger = new Ledger(world);
    await settled(world, ledger, count);
    const seconds = (performance.now() - began) / 1000;
    const hours = (clock.now().getTime() - from) / 3_600_000;
    const metrics = await world.metrics();
    if (keep) for (const [name, text] of metrics) writeFileSync(join(keep, `${name}.metrics`), text);
    await world.stop();
    const entries = await ledger.read();
    return { hours, seconds, entries, jobs, metrics, dead: world.queues.flatMap(deadLetters) };
  } finally {
    stop.abort();
    await world.close();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

class Ledger {
  readonly #world: StormWorld;
  readonly #entries: Recorded[] = [];

  constructor(world: StormWorld) {
    this.#world = world;
  }

  /** All that there is by now. */
  async read(): Promise<Recorded[]> {
    for (;;) {
      const after = this.#entries.at(-1)?.n ?? 0;
      const { entries } = await this.#world.admin<{ entries: Recorded[] }>(
        `ledger?after=${after}&limit=1000`,
      );
      this.#entries.push(...entries);
      if (entries.length < 1000) return this.#entries;
    }
  }
}

/** All is merged and no delivery waits. Throws when it takes too long. */
async function settled(world: StormWorld, ledger: Ledger, count: number): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    await pause(LOOK_MS);
    const merged = mergesOf(await ledger.read()).length;
    const waiting = [...(await world.metrics()).values()].reduce((sum, text) => sum + waitingIn(text), 0);
    if (merged >= count && waiting === 0) return;
    if (performance.now() > deadline)
      throw new Error(`after an hour ${merged} of ${count} are merged, and ${waiting} deliveries wait`);
  }
}

export const mergesOf = (entries: readonly Recorded[]): Recorded[] =>
  entries.filter((entry) => entry.kind === "write" && entry.path.endsWith("/merge") && entry.status === 200);

const waitingIn = (text: string): number =>
  Number(/^cutwater_queue_waiting\{queue="webhooks"\} (\d+)/m.exec(text)?.[1] ?? 0);

function deadLetters(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("SELECT error FROM items WHERE error IS NOT NULL").all();
    return rows.map(({ error }) => String(error));
  } finally {
    database.close();
  }
}

// What people do and what goes wrong meanwhile, in one order: the same seed and size give the same plan.
import { type Chance, seeded } from "../seeded.ts";
import type { Person } from "../stage/people.ts";
import { COMPONENTS, FAILPOINTS, type Replica } from "./cast.ts";

export interface Size {
  repos: number;
  pulls: number;
  /** What people do between opening the pull requests and bringing some of them to an end. */
  acts: number;
  /** `kill -9` of a component at a random instant. */
  kills: number;
  /** `kill -9` at so many failpoints, each another. */
  failpoints: number;
  redisKills: number;
  redisFlushes: number;
  /** Times at which all connections to the Kubernetes API break. */
  cuts: number;
  /** From one sweep of GitHub's log to the next; GitHub sends one delivery at a time, and what is slow is asked for again. */
  sweepSeconds: number;
}

export type Act =
  | { do: "open"; pull: number }
  | { do: "push"; pull: number }
  | { do: "comment"; pull: number; by: Person; body: string }
  | { do: "label"; pull: number; label: string }
  | { do: "together"; acts: Act[] };

export type Trouble =
  | { do: "kill"; replica: Replica }
  | { do: "failpoint"; replica: Replica; name: string; nth: number }
  | { do: "kill redis" }
  | { do: "cut" }
  /** Redis has forgotten everything. */
  | { do: "flush redis" }
  /** GitHub's API for the bot. */
  | { do: "faults"; error_percent: number; lost_percent: number; list_lag_ms: number; latency_ms: number }
  /** All hooks are down, for half an hour on GitHub's clock. */
  | { do: "hooks down" }
  | { do: "hooks up" };

export interface Step {
  act?: Act;
  trouble?: Trouble;
  /** Before it. */
  pauseMs: number;
}

/** Grace is the author, Margaret reviews, Ada owns the code. */
const SAYINGS: readonly [Person, string][] = [
  ["margaret", "/hold"],
  ["margaret", "/hold cancel"],
  ["margaret", "/lgtm"],
  ["margaret", "/lgtm cancel"],
  ["grace", "/lgtm"],
  ["ada", "/approve"],
  ["ada", "/approve cancel"],
  ["grace", "/test extra"],
  ["grace", "/retest"],
  ["ada", "/kind bug"],
  ["ada", "/remove-kind bug"],
  ["grace", "/close"],
  ["grace", "/reopen"],
  ["margaret", "Nice work, and no command."],
];

/** So many acts happen while GitHub is unwell, or while every hook is down. */
const FAULTY_PART = 0.4;
const ACTS_IN_OUTAGE = 5;

export function plan(seed: number, size: Size): Step[] {
  const chance = seeded(seed);
  const middle = acts(chance, size);
  const steps = middle.map((act): Step => ({ act, pauseMs: chance.below(30) }));
  const troubles = troublesFor(chance, size);
  for (const trouble of troubles) place(chance, steps, trouble, size);
  faultyPart(steps);
  outage(chance, steps);
  const opening = Array.from(
    { length: size.pulls },
    (_, pull): Step => ({ act: { do: "open", pull }, pauseMs: 0 }),
  );
  return [{ trouble: WELL, pauseMs: 0 }, ...opening, ...steps, ...finale(size.pulls)];
}

function acts(chance: Chance, { acts: count, pulls }: Size): Act[] {
  return Array.from({ length: count }, (): Act => {
    const pull = chance.below(pulls);
    if (chance.oneIn(10)) return { do: "push", pull };
    if (chance.oneIn(20)) return { do: "label", pull, label: "kind/feature" };
    const [by, body] = chance.pick(SAYINGS);
    return { do: "comment", pull, by, body };
  });
}

function troublesFor(chance: Chance, size: Size): Trouble[] {
  const times = <T>(count: number, make: (nth: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n));
  const points = shuffled(chance, FAILPOINTS).slice(0, size.failpoints);
  return [
    // Hook is where deliveries can be lost, so it dies as often as all others together.
    ...times(
      size.kills,
      (): Trouble => ({
        do: "kill",
        replica: chance.pick(
          chance.oneIn(2) ? COMPONENTS.filter(({ component }) => component === "hook") : COMPONENTS,
        ),
      }),
    ),
    ...points.map(({ component, name }): Trouble => {
      const replica = chance.pick(COMPONENTS.filter((one) => one.component === component));
      return { do: "failpoint", replica, name, nth: 1 + chance.below(2) };
    }),
    ...times(size.redisKills, (): Trouble => ({ do: "kill redis" })),
    ...times(size.redisFlushes, (): Trouble => ({ do: "flush redis" })),
    ...times(size.cuts, (): Trouble => ({ do: "cut" })),
  ];
}

/** Fisher and Yates'. */
function shuffled<T>(chance: Chance, list: readonly T[]): T[] {
  const mixed = [...list];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = chance.below(at + 1);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}

function place(chance: Chance, steps: Step[], trouble: Trouble, { pulls }: Size): void {
  const isHooks = "replica" in trouble && trouble.replica.component === "hook";
  const before: Step[] = isHooks ? [{ act: burst(chance, pulls), pauseMs: 0 }] : [];
  steps.splice(chance.below(steps.length + 1), 0, ...before, { trouble, pauseMs: chance.below(120) });
}

/** So many ask at the moment at which a hook dies, each for an answer of their own. */
const BURST = 6;

const burst = (chance: Chance, pulls: number): Act => ({
  do: "together",
  acts: Array.from({ length: BURST }, () => ({
    ...{ do: "comment" as const, pull: chance.below(pulls), by: "grace" as const, body: "/lgtm" },
  })),
});

/** As far away as GitHub is: who is killed has mostly something under way. */
const WELL = { do: "faults" as const, error_percent: 0, lost_percent: 0, list_lag_ms: 0, latency_ms: 40 };

/** 30 % of the bot's requests fail, half of them after they were done, and lists lag. */
function faultyPart(steps: Step[]): void {
  const from = Math.floor(steps.length * 0.3);
  const to = from + Math.floor(steps.length * FAULTY_PART);
  const bad = { ...WELL, error_percent: 15, lost_percent: 15, list_lag_ms: 1_000 };
  steps.splice(to, 0, { trouble: WELL, pauseMs: 0 });
  steps.splice(from, 0, { trouble: bad, pauseMs: 0 });
}

function outage(chance: Chance, steps: Step[]): void {
  const from = Math.floor(steps.length * 0.75) + chance.below(3);
  steps.splice(from + ACTS_IN_OUTAGE, 0, { trouble: { do: "hooks up" }, pauseMs: 0 });
  steps.splice(from, 0, { trouble: { do: "hooks down" }, pauseMs: 0 });
}

/** The first half of the pull requests is brought to where tide merges it. */
function finale(pulls: number): Step[] {
  const finished = Array.from({ length: Math.ceil(pulls / 2) }, (_, pull) => pull);
  return finished.flatMap((pull): Step[] =>
    [
      { do: "comment" as const, pull, by: "grace" as const, body: "/reopen" },
      { do: "push" as const, pull },
      { do: "comment" as const, pull, by: "margaret" as const, body: "/hold cancel" },
      { do: "comment" as const, pull, by: "margaret" as const, body: "/lgtm" },
      { do: "comment" as const, pull, by: "ada" as const, body: "/approve" },
      { do: "label" as const, pull, label: "ready" },
    ].map((act) => ({ act, pauseMs: 0 })),
  );
}

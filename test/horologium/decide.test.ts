// When periodics run: interval, minimum_interval, cron, retries; and that two replicas start one run.
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import type { Periodic } from "../../src/config/job.ts";
import { CronTicks } from "../../src/horologium/cron-ticks.ts";
import { decide } from "../../src/horologium/decide.ts";
import type { ProwJob, ProwJobState } from "../../src/model/prowjob.ts";

const NOW = new Date("2026-01-02T12:00:00Z");
const minutesAgo = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();

const periodic = (more: Partial<Periodic>): Periodic =>
  ({ name: "nightly", agent: "kubernetes", cluster: "default", namespace: "test-pods", ...more }) as Periodic;

interface Run {
  started: number;
  over?: number;
  state?: ProwJobState;
  rerun?: string;
}

function previous({ started, over, state = "success", rerun }: Run): ProwJob {
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: { name: "previous", labels: rerun === undefined ? {} : { "prow.k8s.io/re-run": rerun } },
    spec: { type: "periodic", job: "nightly" },
    status: {
      state: over === undefined ? "pending" : state,
      startTime: minutesAgo(started),
      ...(over !== undefined && { completionTime: minutesAgo(over) }),
    },
  };
}

function created(job: Periodic, run?: Run, tick?: Date, scheduler = false): ProwJob | undefined {
  const world = {
    periodics: [job],
    latest: new Map(run ? [["nightly", previous(run)]] : []),
    ticks: new Map(tick ? [["nightly", tick]] : []),
  };
  const config = { prowjob_namespace: "prow", scheduler: { enabled: scheduler } } as Config;
  const [effect] = decide(world, config, NOW);
  return effect?.do === "createProwJob" ? effect.job : undefined;
}

describe("interval", () => {
  const cases: [string, Partial<Periodic>, Run | undefined, boolean][] = [
    ["never ran", { interval: "1h" }, undefined, true],
    ["interval is over", { interval: "1h" }, { started: 61, over: 1 }, true],
    ["interval is not over", { interval: "1h" }, { started: 59, over: 50 }, false],
    ["exactly the interval", { interval: "1h" }, { started: 60, over: 50 }, false],
    ["the last run goes on", { interval: "1h" }, { started: 600 }, false],
    ["minimum_interval counts from the end", { minimum_interval: "1h" }, { started: 600, over: 59 }, false],
    ["minimum_interval is over", { minimum_interval: "1h" }, { started: 600, over: 61 }, true],
    ["minimum_interval, new and over", { minimum_interval: "1h" }, { started: 1, over: 0.5 }, false],
    ["minimum_interval, new and goes on", { minimum_interval: "1h" }, { started: 1 }, false],
    ["minimum_interval, never ran", { minimum_interval: "1h" }, undefined, true],
    ["minimum_interval, goes on", { minimum_interval: "1h" }, { started: 600 }, false],
  ];
  test.each(cases)("%s", (_name, job, run, expected) => {
    expect(created(periodic(job), run) !== undefined).toBe(expected);
  });

  test("the run is a periodic's ProwJob in the ProwJobs' namespace", () => {
    const job = created(periodic({ interval: "1h", labels: { team: "x" }, annotations: { note: "y" } }));
    expect(job).toMatchObject({
      metadata: {
        namespace: "prow",
        labels: {
          "created-by-prow": "true",
          "prow.k8s.io/type": "periodic",
          "prow.k8s.io/job": "nightly",
          team: "x",
        },
        annotations: { "prow.k8s.io/job": "nightly", note: "y" },
      },
      spec: { type: "periodic", job: "nightly", report: true },
      status: { state: "triggered", startTime: "2026-01-02T12:00:00Z" },
    });
    expect(created(periodic({ interval: "1h" }), undefined, undefined, true)?.status.state).toBe(
      "scheduling",
    );
  });
});

describe("names", () => {
  test("are the same for two replicas, and differ from run to run", () => {
    const job = periodic({ interval: "1h" });
    const name = (run?: Run) => created(job, run)!.metadata.name;
    expect(name()).toBe(name());
    expect(name()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(name({ started: 61, over: 1 })).toBe(name({ started: 70, over: 1 }));
    expect(name({ started: 61, over: 1 })).not.toBe(name());
    const cron = periodic({ cron: "0 * * * *" });
    const atTick = (hour: number) =>
      created(cron, { started: 600, over: 1 }, new Date(Date.UTC(2026, 0, 2, hour)))!.metadata.name;
    expect(atTick(11)).toBe(atTick(11));
    expect(atTick(11)).not.toBe(atTick(12));
  });
});

describe("cron", () => {
  const job = periodic({ cron: "0 * * * *" });
  const tick = new Date("2026-01-02T12:00:00Z");
  test("runs on its tick only, and only when the last run is over", () => {
    expect(created(job)).toBeUndefined();
    expect(created(job, undefined, tick)).toBeDefined();
    expect(created(job, { started: 60, over: 1 }, tick)).toBeDefined();
    expect(created(job, { started: 60 }, tick)).toBeUndefined();
    expect(created(job, { started: 6000, over: 5000 })).toBeUndefined();
  });

  const at = (time: string) => new Date(`2026-01-02T${time}Z`);
  const fail = (name: string, error: unknown) => {
    throw new Error(`${name}: ${error}`);
  };
  const due = (ticks: CronTicks, time: string, ...jobs: Periodic[]) =>
    [...ticks.due(jobs, at(time), fail).values()].map((date) => date.toISOString().slice(11, 19));

  test("first sight does not run; each tick is told once; several missed ones are one", () => {
    const ticks = new CronTicks();
    expect(due(ticks, "12:00:00", job)).toEqual([]);
    expect(due(ticks, "12:59:59", job)).toEqual([]);
    expect(due(ticks, "13:00:20", job)).toEqual(["13:00:00"]);
    expect(due(ticks, "13:01:20", job)).toEqual([]);
    expect(due(ticks, "16:30:00", job)).toEqual(["14:00:00"]);
    expect(due(ticks, "16:31:00", job)).toEqual([]);
    expect(due(ticks, "17:00:00", job)).toEqual(["17:00:00"]);
  });

  test("a changed expression is like a new job, a removed one is forgotten", () => {
    const ticks = new CronTicks();
    due(ticks, "12:00:00", job);
    const changed = periodic({ cron: "30 * * * *" });
    expect(due(ticks, "13:10:00", changed)).toEqual([]);
    expect(due(ticks, "13:30:00", changed)).toEqual(["13:30:00"]);
    expect(due(ticks, "14:00:00")).toEqual([]);
    expect(due(ticks, "14:40:00", changed)).toEqual([]);
  });

  test("who stands by loses no tick that was not used yet, and knows none that is long past", () => {
    const ticks = new CronTicks();
    const pass = (now: string, until: string) => ticks.pass([job], at(now), at(until));
    pass("12:00:00", "11:58:40");
    pass("13:00:10", "12:58:50");
    expect(due(ticks, "13:00:14", job)).toEqual(["13:00:00"]);
    expect(due(ticks, "13:01:14", job)).toEqual([]);
    pass("17:30:00", "17:28:40");
    expect(due(ticks, "17:30:04", job)).toEqual([]);
    expect(due(ticks, "18:00:04", job)).toEqual(["18:00:00"]);
    ticks.pass([], at("18:30:00"), at("18:28:40"));
    expect(due(ticks, "19:00:04", job)).toEqual([]);
    ticks.pass([periodic({ cron: "whenever" })], at("19:30:00"), at("19:28:40"));
  });

  test("jobs come, change and go each by itself", () => {
    const ticks = new CronTicks();
    const every = (name: string, expression: string) => periodic({ name, cron: expression });
    const interval = periodic({ name: "interval", interval: "1m" });
    const names = (time: string, ...jobs: Periodic[]) => [...ticks.due(jobs, at(time), fail).keys()];
    const one = every("one", "@every 1h");
    expect(names("12:00:00", interval, one)).toEqual(["one"]);
    expect(names("12:01:00", interval, one, every("two", "@every 1m"))).toEqual(["two"]);
    expect(names("12:01:30", interval, one, every("two", "@every 1m"))).toEqual([]);
    expect(names("12:02:00", interval, every("two", "@every 1h"))).toEqual(["two"]);
    expect(names("13:00:00", interval, every("two", "@every 1h"))).toEqual([]);
  });

  test("@every runs at once", () => {
    const ticks = new CronTicks();
    const every = periodic({ cron: "@every 10m" });
    expect(due(ticks, "12:00:00", every)).toEqual(["12:00:00"]);
    expect(due(ticks, "12:05:00", every)).toEqual([]);
    expect(due(ticks, "12:10:00", every)).toEqual(["12:10:00"]);
  });

  test("an expression that is no good harms no other job", () => {
    const ticks = new CronTicks();
    const bad: string[] = [];
    const jobs = [periodic({ name: "bad", cron: "whenever" }), periodic({ cron: "@every 1m" })];
    expect([...ticks.due(jobs, NOW, (name) => bad.push(name)).keys()]).toEqual(["nightly"]);
    expect(bad).toEqual(["bad"]);
  });
});

describe("retry", () => {
  const retry = { attempts: 2, interval: "10m" };
  const job = periodic({ interval: "24h", retry });
  const label = (run: Run, more: Partial<Periodic> = {}) =>
    created({ ...job, ...more }, run)?.metadata.labels?.["prow.k8s.io/re-run"];

  test("a failed run is repeated after the retry's interval, up to its attempts", () => {
    expect(label({ started: 11, over: 5, state: "failure" })).toBe("1");
    expect(label({ started: 11, over: 5, state: "failure", rerun: "1" })).toBe("2");
    expect(label({ started: 11, over: 5, state: "failure", rerun: "2" })).toBeUndefined();
    expect(label({ started: 9, over: 5, state: "failure" })).toBeUndefined();
    expect(label({ started: 11, state: "failure" })).toBeUndefined();
    expect(label({ started: 11, over: 5 })).toBeUndefined();
    expect(label({ started: 11, over: 5, rerun: "1" })).toBeUndefined();
    expect(label({ started: 11, rerun: "1" })).toBeUndefined();
  });

  test("with run_all every run is repeated, even while one goes on", () => {
    const all = { retry: { ...retry, run_all: true } };
    expect(label({ started: 11, over: 5 }, all)).toBe("1");
    expect(label({ started: 11 }, all)).toBe("1");
    expect(label({ started: 11, rerun: "1" }, all)).toBe("2");
    expect(label({ started: 11, over: 5, rerun: "2" }, all)).toBeUndefined();
  });

  test("a failed run of a cron job is repeated between its ticks", () => {
    const cron = { interval: undefined, cron: "0 0 * * *" };
    expect(label({ started: 11, over: 5, state: "failure" }, cron)).toBe("1");
    expect(label({ started: 11, over: 5 }, cron)).toBeUndefined();
  });

  test("never more than ten times; an odd label stops it", () => {
    const many = { retry: { ...retry, attempts: 50 } };
    expect(label({ started: 11, over: 5, state: "failure", rerun: "9" }, many)).toBe("10");
    expect(label({ started: 11, over: 5, state: "failure", rerun: "10" }, many)).toBeUndefined();
    expect(label({ started: 11, over: 5, state: "failure", rerun: "x" }, many)).toBeUndefined();
  });

  test("the job's own interval starts a run that is no retry", () => {
    const run = created(job, { started: 25 * 60, over: 5, state: "failure" });
    expect(run?.metadata.labels).not.toHaveProperty("prow.k8s.io/re-run");
  });
});

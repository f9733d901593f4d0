// Horologium's ticks: waits for the list, starts what is due, and one job's failure keeps no other from starting.
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { runHorologium } from "../../src/horologium/run.ts";
import { objectStore } from "../../src/kube/object-store.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { manualClock } from "../lib/manual-clock.ts";

test("starts periodics as time goes by", async () => {
  const clock = manualClock("2026-01-02T12:00:10Z");
  const jobs = objectStore<ProwJob>(silent);
  const started: string[] = [];
  let version = 0;
  const apply = async (effects: Effect[]) => {
    for (const effect of effects) {
      if (effect.do !== "createProwJob") continue;
      if (effect.job.spec.job === "broken") throw new Error("no room");
      started.push(`${effect.job.spec.job} ${clock.now().toISOString().slice(11, 16)}`);
      const metadata = { ...effect.job.metadata, resourceVersion: String(++version) };
      const completionTime = effect.job.status.startTime;
      jobs.put({
        ...effect.job,
        metadata,
        status: { ...effect.job.status, state: "success", completionTime },
      });
    }
  };
  const base = { agent: "kubernetes", cluster: "default", namespace: "test-pods" };
  const config = {
    prowjob_namespace: "prow",
    horologium: { tick_interval: "1m0s" },
    periodics: [
      { ...base, name: "broken", interval: "1h" },
      { ...base, name: "often", interval: "10m" },
      { ...base, name: "hourly", cron: "0 * * * *" },
    ],
  } as unknown as Config;
  const stop = new AbortController();
  const done = runHorologium({ config: () => config, jobs, apply, clock, log: silent }, stop.signal);

  await clock.advance(5_000);
  expect(started).toEqual([]);
  jobs.replaceAll([]);
  await clock.advance(25 * 60_000);
  expect(started).toEqual(["often 12:00", "often 12:10", "often 12:20"]);
  await clock.advance(40 * 60_000);
  expect(started.filter((line) => line.startsWith("hourly"))).toEqual(["hourly 13:00"]);
  stop.abort();
  await done;
});

test("a cron job's tick is not lost while the API server is in trouble", async () => {
  const clock = manualClock("2026-01-02T12:59:30Z");
  const jobs = objectStore<ProwJob>(silent);
  jobs.replaceAll([]);
  const asked: string[] = [];
  const names = new Set<string>();
  let trouble = 3;
  const apply = async ([effect]: Effect[]) => {
    if (effect?.do !== "createProwJob") return;
    asked.push(clock.now().toISOString().slice(11, 16));
    if (trouble-- > 0) throw new Error("etcd");
    names.add(effect.job.metadata.name);
  };
  const nightly = { name: "hourly", cron: "0 * * * *", agent: "kubernetes", cluster: "default" };
  const config = {
    prowjob_namespace: "prow",
    horologium: { tick_interval: "1m0s" },
    periodics: [nightly],
  } as unknown as Config;
  const stop = new AbortController();
  const done = runHorologium({ config: () => config, jobs, apply, clock, log: silent }, stop.signal);
  await clock.advance(30 * 60_000);
  expect(asked).toEqual(["13:00", "13:01", "13:02", "13:03"]);
  expect(names.size).toBe(1);
  stop.abort();
  await done;
});

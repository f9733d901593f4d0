// The scheduler at work: jobs reach triggered with their cluster, whatever the program that is asked does.
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { KubeError } from "../../src/kube/error.ts";
import { silent } from "../../src/lib/logger.ts";
import type { ProwJobSpec } from "../../src/model/prowjob.ts";
import { runScheduler } from "../../src/plank/run-scheduler.ts";
import { httpServer } from "../lib/http-server.ts";
import { manualClock } from "../lib/manual-clock.ts";
import { Cluster } from "./cluster.ts";
import { config, prowJob } from "./world.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function scheduler(answer: (job: string) => { status?: number; body: string }) {
  const asked: string[] = [];
  const server = await httpServer(async (request, response) => {
    const { job } = JSON.parse(await new Response(request).text());
    asked.push(`${request.method} ${job}`);
    const { status = 200, body } = answer(job);
    response.writeHead(status).end(body);
  });
  cleanups.push(() => server.close());
  return { asked, url: `${server.url}/schedule` };
}

function start(scheduling: Config["scheduler"]) {
  const clock = manualClock();
  const cluster = new Cluster(clock);
  const stop = new AbortController();
  cleanups.push(() => stop.abort());
  const current = { ...config(), scheduler: scheduling };
  const configure = (other: Config["scheduler"]) => {
    current.scheduler = other;
  };
  const deps = {
    config: () => current,
    jobs: cluster.jobs,
    apply: cluster.apply,
    web: fetch,
    clock,
    random: () => 0,
    log: silent,
  };
  void runScheduler(deps, stop.signal);
  const add = (name: string, spec: Partial<ProwJobSpec> = {}) =>
    cluster.addJob(prowJob({ state: "scheduling" }, spec, name));
  const placed = async (name: string) => {
    await vi.waitFor(async () => {
      await clock.advance(100);
      expect(cluster.truth.jobs.get(name)!.status.state).toBe("triggered");
    });
    return cluster.truth.jobs.get(name)!.spec.cluster;
  };
  return { clock, cluster, add, placed, configure };
}

const ask = (url: string, cache = {}) => ({ enabled: true, external: { url, cache } });
const HOUR = { entry_timeout_interval: "1h0m0s", cleanup_interval: "1h0m0s" };

describe("the scheduler", () => {
  test("passes a job through, and touches none that is not in state scheduling", async () => {
    const { clock, cluster, add, placed } = start({ enabled: true });
    cluster.addJob(prowJob({ state: "pending" }, {}, "pending"));
    cluster.addJob(prowJob({ state: "scheduling", completionTime: "2026-01-02T03:04:05Z" }, {}, "over"));
    add("new", { cluster: "a" });
    expect(await placed("new")).toBe("a");
    await clock.advance(10_000);
    expect(cluster.asked).toEqual(["patchProwJob new"]);
  });

  test("moves a job away from a broken cluster", async () => {
    const { add, placed } = start({ enabled: true, failover: { mappings: { broken: "b" } } });
    add("new", { cluster: "broken" });
    expect(await placed("new")).toBe("b");
  });

  test("goes by the configuration of the moment", async () => {
    const { add, placed, configure } = start({ enabled: true });
    add("one", { cluster: "a" });
    expect(await placed("one")).toBe("a");
    configure({ enabled: true, failover: { mappings: { a: "b" } } });
    add("two", { cluster: "a" });
    expect(await placed("two")).toBe("b");
    configure({ enabled: true, failover: { mappings: { a: "b", c: "d" } } });
    add("three", { cluster: "c" });
    expect(await placed("three")).toBe("d");
  });

  test("tries again when the job could not be written", async () => {
    const { cluster, add, placed } = start({ enabled: true });
    cluster.failures.set("patchProwJob", [new KubeError(500, "InternalError", "etcd")]);
    add("new", { cluster: "a" });
    expect(await placed("new")).toBe("a");
    expect(cluster.asked).toEqual(["patchProwJob new", "patchProwJob new"]);
  });

  test("leaves jobs of other agents where they are", async () => {
    const { add, placed } = start({ enabled: true, failover: { mappings: { a: "b" } } });
    add("new", { cluster: "a", agent: undefined });
    expect(await placed("new")).toBe("a");
  });

  test("asks an external scheduler once in the time that an answer is valid", async () => {
    const { asked, url } = await scheduler(() => ({ body: '{"cluster":"x"}' }));
    const { clock, add, placed } = start(ask(url, HOUR));
    for (const name of ["one", "two", "three"]) {
      add(name, { job: "unit" });
      expect(await placed(name)).toBe("x");
    }
    expect(asked).toEqual(["POST unit"]);
    await clock.advance(3_600_000);
    add("four", { job: "unit" });
    await placed("four");
    expect(asked).toEqual(["POST unit", "POST unit"]);
  });

  test("asks about every job when no intervals are set", async () => {
    const { asked, url } = await scheduler(() => ({ body: '{"cluster":"x"}' }));
    const { add, placed } = start({ enabled: true, external: { url } });
    for (const name of ["one", "two"]) {
      add(name);
      expect(await placed(name)).toBe("x");
    }
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["fails", { status: 500, body: '{"cluster":"x"}' }],
    ["answers no JSON", { body: "x" }],
    ["answers without a cluster", { body: "{}" }],
    ["answers with something else", { body: '{"cluster":7}' }],
  ])(
    "keeps the job's cluster when the external scheduler %s, and asks again for the next",
    async (_name, answer) => {
      const { asked, url } = await scheduler(() => answer);
      const { add, placed } = start(ask(url, HOUR));
      for (const name of ["one", "two"]) {
        add(name, { cluster: "own" });
        expect(await placed(name)).toBe("own");
      }
      expect(asked).toHaveLength(2);
    },
  );

  test("keeps the job's cluster when nobody listens", async () => {
    const { add, placed } = start(ask("http://127.0.0.1:1/"));
    add("one", { cluster: "own" });
    expect(await placed("one")).toBe("own");
  });
});

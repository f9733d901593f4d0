// A build cluster that does not answer hurts only itself: others go on, its own jobs end in time and say why.
import { Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { KubeError } from "../../src/kube/error.ts";
import { objectStore } from "../../src/kube/object-store.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Pod } from "../../src/model/pod.ts";
import type { ProwJobSpec, ProwJobStatus } from "../../src/model/prowjob.ts";
import { runPlank } from "../../src/plank/run.ts";
import { manualClock } from "../lib/manual-clock.ts";
import { Cluster } from "./cluster.ts";
import { config, prowJob } from "./world.ts";

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

function start({ listed }: { listed: boolean }) {
  const clock = manualClock();
  const cluster = new Cluster(clock);
  const stop = new AbortController();
  stops.push(stop);
  const deaf = objectStore<Pod>(silent);
  if (listed) deaf.replaceAll([]);
  const world = { dead: true, asked: 0 };
  let builds = 0;
  void runPlank(
    {
      config: () => config(),
      jobs: cluster.jobs,
      pods: new Map([
        ["default", cluster.pods],
        ["deaf", deaf],
      ]),
      async apply(effects) {
        for (const effect of effects) {
          if (world.dead && (effect as { cluster?: string }).cluster === "deaf") {
            world.asked++;
            await clock.sleep(10_000);
            throw new KubeError(0, "", "connect ETIMEDOUT");
          }
          await cluster.apply([effect]);
        }
      },
      buildId: async () => String(++builds),
      version: "v1",
      clock,
      random: () => 0,
      log: silent,
      metrics: new Registry(),
    },
    stop.signal,
  );
  const add = (name: string, spec: Partial<ProwJobSpec>, status: ProwJobStatus = {}) =>
    cluster.addJob(
      prowJob({ startTime: clock.now().toISOString(), ...status }, { type: "postsubmit", ...spec }, name),
    );
  const status = (name: string) => cluster.truth.jobs.get(name)!.status;
  return { clock, cluster, world, add, status, deaf };
}

/** Prow's pod_unscheduled_timeout, and how late we may be. */
const WITHIN_MS = 5 * 60_000 + 10_000;

describe.each([
  ["that has never answered", false, "no list of its pods has come yet"],
  ["that has fallen silent", true, "connect ETIMEDOUT"],
])("a build cluster %s", (_name, listed, why) => {
  test("holds up no job of another, and its own end in error in time", async () => {
    const { clock, world, add, status } = start({ listed });
    for (let index = 0; index < 100; index++) add(`deaf-${index}`, { cluster: "deaf" });
    await clock.advance(15_000);
    add("well", { cluster: "default" });
    await clock.advance(1_000);
    expect(status("well").state).toBe("pending");
    await clock.advance(WITHIN_MS - 16_000);
    for (let index = 0; index < 100; index++) {
      expect(status(`deaf-${index}`)).toMatchObject({
        state: "error",
        description: `Build cluster "deaf" does not answer: ${why}`,
        completionTime: expect.any(String),
      });
    }
    expect(world.asked).toBeLessThan(120);
  });

  test("lets aborted jobs end", async () => {
    const { clock, add, status } = start({ listed });
    add("a", { cluster: "deaf" }, { state: "aborted" });
    await clock.advance(WITHIN_MS + 10_000);
    expect(status("a")).toMatchObject({ state: "aborted", completionTime: expect.any(String) });
  });

  test("takes its jobs as soon as it answers", async () => {
    const { clock, world, add, cluster, deaf, status } = start({ listed });
    add("a", { cluster: "deaf" });
    await clock.advance(60_000);
    world.dead = false;
    deaf.replaceAll([]);
    await clock.advance(20_000);
    expect([...cluster.truth.pods.keys()]).toEqual(["a"]);
    expect(status("a").state).toBe("triggered");
    deaf.put(cluster.truth.pods.get("a")!);
    await clock.advance(1_000);
    expect(status("a")).toMatchObject({ state: "pending", build_id: "1" });
  });
});

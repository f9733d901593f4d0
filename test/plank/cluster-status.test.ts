// The file that tells which build clusters can be used.
import { Registry } from "prom-client";
import { afterEach, expect, test } from "vitest";
import { KubeError } from "../../src/kube/error.ts";
import { objectStore } from "../../src/kube/object-store.ts";
import type { Kube } from "../../src/kube/port.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Pod } from "../../src/model/pod.ts";
import { runClusterStatus } from "../../src/plank/cluster-status.ts";
import { manualClock } from "../lib/manual-clock.ts";
import { config } from "./world.ts";

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

const store = (listed: boolean) => {
  const pods = objectStore<Pod>(silent);
  if (listed) pods.replaceAll([]);
  return pods;
};

type Answer = { allowed: (verb: string) => boolean } | { fails: number };

/** Answers nothing but questions about its own rights. */
const kube = (answer: Answer) =>
  ({
    write: {
      async create(_kind: unknown, review: { spec: { resourceAttributes: { verb: string } } }) {
        if ("fails" in answer) throw new KubeError(answer.fails, "", "no");
        return { ...review, status: { allowed: answer.allowed(review.spec.resourceAttributes.verb) } };
      },
    },
  }) as unknown as Kube;

test("every minute it says of each cluster whether jobs can run there; those that cannot are counted", async () => {
  const clock = manualClock();
  const metrics = new Registry();
  const written: Effect[] = [];
  const all = { allowed: () => true };
  const clusters = new Map<string, [Answer, boolean]>([
    ["default", [all, true]],
    ["unlisted", [all, false]],
    ["dead", [{ fails: 0 }, false]],
    ["sick", [{ fails: 500 }, true]],
    ["forbidden", [{ allowed: (verb) => verb !== "patch" }, true]],
    ["local", [{ fails: 404 }, true]],
  ]);
  const location = { build_cluster_status_file: "gs://status/clusters.json" };
  void runClusterStatus(
    {
      config: () => config(location),
      clusters: { build: (alias) => kube(clusters.get(alias)![0]) },
      pods: new Map([...clusters].map(([alias, [, listed]]) => [alias, store(listed)])),
      apply: async (effects) => void written.push(...effects),
      ...{ clock, log: silent, metrics },
    },
    stop.signal,
  );
  await clock.advance(59_000);
  expect(written).toEqual([]);
  await clock.advance(2_000);
  expect(written).toEqual([
    {
      do: "writeObject",
      url: "gs://status/clusters.json",
      content: expect.any(String),
      contentType: "application/json",
      cacheControl: "no-cache",
    },
  ]);
  expect(JSON.parse((written[0] as { content: string }).content)).toEqual({
    default: "Reachable",
    unlisted: "No-Manager",
    dead: "No-Manager",
    sick: "Error",
    forbidden: "MissingPermissions",
    local: "Reachable",
  });
  const told = await metrics.metrics();
  expect(told).toContain('kubernetes_failed_client_creations{cluster="forbidden"} 1');
  expect(told).not.toContain('cluster="default"');
  await clock.advance(60_000);
  expect(written).toHaveLength(2);
});

test("without a file to write nothing is written", async () => {
  const clock = manualClock();
  const written: Effect[] = [];
  void runClusterStatus(
    {
      config: () => config(),
      clusters: { build: () => kube({ allowed: () => true }) },
      pods: new Map([["default", store(true)]]),
      apply: async (effects) => void written.push(...effects),
      ...{ clock, log: silent, metrics: new Registry() },
    },
    stop.signal,
  );
  await clock.advance(300_000);
  expect(written).toEqual([]);
});

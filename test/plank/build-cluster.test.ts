// Where the scheduler sends a job without asking anybody.
import { expect, test } from "vitest";
import { placementOf } from "../../src/plank/build-cluster.ts";
import { prowJob } from "./world.ts";

const external = { url: "http://scheduler" };

test.each([
  ["no strategy", {}, { cluster: "a" }, { cluster: "a" }],
  ["no strategy, no cluster", {}, { cluster: undefined }, { cluster: "" }],
  [
    "failover of a broken cluster",
    { failover: { mappings: { broken: "b" } } },
    { cluster: "broken" },
    { cluster: "b" },
  ],
  [
    "failover of another cluster",
    { failover: { mappings: { broken: "b" } } },
    { cluster: "a" },
    { cluster: "a" },
  ],
  [
    "failover of the default",
    { failover: { mappings: { default: "b" } } },
    { cluster: undefined },
    { cluster: "b" },
  ],
  ["failover without mappings", { failover: {} }, { cluster: "a" }, { cluster: "a" }],
  [
    "a cluster that is called like a property",
    { failover: { mappings: {} } },
    { cluster: "toString" },
    { cluster: "toString" },
  ],
  ["an external scheduler", { external }, { cluster: "a" }, { ask: external }],
  [
    "failover beside an external one",
    { external, failover: { mappings: { a: "b" } } },
    { cluster: "a" },
    { cluster: "b" },
  ],
  [
    "a Jenkins job",
    { failover: { mappings: { a: "b" } } },
    { agent: "jenkins", cluster: "a" },
    { cluster: "a" },
  ],
  [
    "a Tekton job",
    { failover: { mappings: { a: "b" } } },
    { agent: "tekton-pipeline", cluster: "a" },
    { cluster: "b" },
  ],
])("%s", (_name, scheduling, spec, placement) => {
  expect(placementOf(prowJob({ state: "scheduling" }, spec), scheduling)).toEqual(placement);
});

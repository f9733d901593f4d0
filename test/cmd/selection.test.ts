// What a component is kept to by its flags: repositories, and ProwJobs with certain labels.
import { expect, test } from "vitest";
import type { Surroundings } from "../../src/cmd/surroundings.ts";
import { enabledRepos } from "../../src/cmd/wiring/enabled-repos.ts";
import { watchJobs } from "../../src/cmd/wiring/ports.ts";
import type { Clusters, ListOptions } from "../../src/kube/port.ts";
import { health } from "../../src/lib/health.ts";
import { silent } from "../../src/lib/logger.ts";

const NONE = {
  "github-enabled-org": [],
  "github-enabled-repo": [],
  "github-disabled-org": [],
  "github-disabled-repo": [],
};

test.each([
  [{}, ["a/x", "a/y", "b/x"]],
  [{ "github-enabled-org": ["a"] }, ["a/x", "a/y"]],
  [{ "github-enabled-repo": ["a/x"], "github-enabled-org": ["b"] }, ["a/x", "b/x"]],
  [{ "github-disabled-repo": ["a/x"] }, ["a/y", "b/x"]],
  [{ "github-enabled-org": ["a"], "github-disabled-repo": ["a/x"] }, ["a/y"]],
  [{ "github-disabled-org": ["a"], "github-enabled-repo": ["a/x"] }, []],
])("%j leaves %j", (flags, expected) => {
  const isEnabled = enabledRepos({ ...NONE, ...flags });
  const left = ["a/x", "a/y", "b/x"].filter((name) => {
    const [org = "", repo = ""] = name.split("/");
    return isEnabled({ org, repo });
  });
  expect(left).toEqual(expected);
});

test.each([
  ["team=a", { namespace: "jobs", labelSelector: "team=a" }],
  ["", { namespace: "jobs" }],
])("--label-selector=%s is asked of the cluster", async (labelSelector, expected) => {
  const stop = new AbortController();
  const asked = Promise.withResolvers<ListOptions>();
  const list = async (_kind: unknown, { namespace, labelSelector }: ListOptions) => {
    asked.resolve({ namespace, ...(labelSelector !== undefined && { labelSelector }) });
    return { items: [], resourceVersion: "1" };
  };
  const clusters = { home: { read: { list, watch: async function* () {} } } } as unknown as Clusters;
  const around = {
    host: { clock: { now: () => new Date(0), sleep: () => new Promise(() => {}) }, random: () => 0 },
    log: silent,
    config: { config: () => ({ prowjob_namespace: "jobs" }) },
    health: health(() => 0),
    signal: stop.signal,
  } as unknown as Surroundings;
  watchJobs(clusters, around, { labelSelector });
  expect(await asked.promise).toEqual(expected);
  stop.abort();
});

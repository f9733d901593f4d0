// One trace from a delivery to the merge: plugins, effects, requests, and across processes by way of the ProwJob.
import { expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import type { Clusters } from "../../src/kube/port.ts";
import { because, within } from "../../src/lib/cause.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { inSpan } from "../../src/lib/in-span.ts";
import { silent } from "../../src/lib/logger.ts";
import { parseTraceparent, traceIdOf } from "../../src/lib/trace.ts";
import { causeOfJob } from "../../src/model/job-cause.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { actionCause } from "../../src/tide/pull-cause.ts";
import type { FinishedSpan } from "../../src/traces/otlp.ts";
import { tracer } from "../../src/traces/tracer.ts";

const HEAD = "a".repeat(40);
const job = {
  metadata: { name: "pj", namespace: "default", annotations: { own: "kept" } },
  spec: {
    ...{ type: "presubmit", job: "unit" },
    refs: { org: "acme", repo: "tool", pulls: [{ number: 7, author: "alice", sha: HEAD }] },
  },
  status: {},
} as unknown as ProwJob;

function world(sampled = true) {
  const spans: FinishedSpan[] = [];
  const made: ProwJob[] = [];
  const create = (_: unknown, object: ProwJob) =>
    inSpan({ name: "Kubernetes POST", kind: "client" }, async () => void made.push(object));
  const kube = { read: {}, write: { create, patch: async () => {}, delete: async () => {} } };
  const clusters = { home: kube, build: () => kube } as unknown as Clusters;
  const apply = applier({ clusters, clock: systemClock, log: silent });
  const exporter = { add: (span: FinishedSpan) => void spans.push(span) };
  const own = tracer({
    ...{ exporter, sampler: () => sampled, serviceName: "" },
    now: () => 5,
    random: Math.random,
  });
  return { spans, made, apply, own };
}

it("goes from the delivery to the request, and on with the ProwJob to plank and tide's merge", async () => {
  const { spans, made, apply, own } = world();
  await within({ tracer: own }, async () => {
    await because({ component: "hook", guid: "g1" }, () =>
      inSpan({ name: "delivery pull_request", seed: "g1" }, () => apply([{ do: "createProwJob", job }])),
    );
    const [created] = made as [ProwJob];
    expect(created.metadata.annotations?.["own"]).toBe("kept");
    const patch = { status: { state: "pending" } };
    await because(causeOfJob(created, "plank"), () =>
      apply([{ do: "patchProwJob", name: "pj", namespace: "default", patch }]),
    );
    const pool = { org: "acme", repo: "tool", branch: "main", baseSHA: "b".repeat(40), prowJobs: [created] };
    const merge = actionCause(pool, "MERGE", [{ pr: { number: 7, headSHA: HEAD } } as never]);
    await because(merge, () => inSpan({ name: "mergeInOrder" }, async () => {}));
  });
  const parents = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  expect(
    spans.map(({ name, service, parentSpanId = "" }) => [service, name, parents.get(parentSpanId)]),
  ).toEqual([
    ["hook", "Kubernetes POST", "createProwJob"],
    ["hook", "createProwJob", "delivery pull_request"],
    ["hook", "delivery pull_request", undefined],
    ["plank", "patchProwJob", "createProwJob"],
    ["tide", "mergeInOrder", "createProwJob"],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf("g1")]));
});

it("leaves ProwJobs as they are where nothing is traced, and spans where nothing is sampled", async () => {
  const off = world();
  await off.apply([{ do: "createProwJob", job }]);
  expect([off.made[0], off.spans]).toEqual([job, []]);
  const { spans, made, apply, own } = world(false);
  await within({ tracer: own }, () =>
    inSpan({ name: "delivery", seed: "g1" }, () => apply([{ do: "createProwJob", job }])),
  );
  expect(spans).toEqual([]);
  const told = parseTraceparent(made[0]?.metadata.annotations?.["cutwater/traceparent"]);
  expect(told).toMatchObject({ traceId: traceIdOf("g1"), sampled: false });
});

it.each([
  ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true],
  ["cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more", false],
])("takes the traceparent %s", (text, sampled) => {
  expect(parseTraceparent(text)).toEqual({
    ...{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled },
  });
});

it.each([
  undefined,
  "",
  "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
  "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
  "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
])("takes %j for none", (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

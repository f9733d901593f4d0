// The newest run of each periodic.
import { expect, test } from "vitest";
import { latestPeriodics } from "../../src/jobs/latest-periodics.ts";
import type { ProwJob, ProwJobType } from "../../src/model/prowjob.ts";

const run = (name: string, job: string, startTime?: string, type: ProwJobType = "periodic"): ProwJob => ({
  ...{ apiVersion: "prow.k8s.io/v1", kind: "ProwJob", metadata: { name } },
  spec: { type, job },
  status: { ...(startTime && { startTime }) },
});

test("is the one that started last, whatever order they come in; other jobs do not count", () => {
  const jobs = [
    run("older", "soak", "2026-01-02T03:00:00Z"),
    run("newest", "soak", "2026-01-02T05:00:00Z"),
    run("old", "soak", "2026-01-02T04:00:00Z"),
    run("presubmit", "soak", "2026-01-02T06:00:00Z", "presubmit"),
    run("other", "build", "2026-01-02T02:00:00Z"),
    run("not-started", "empty"),
  ];
  for (const some of [jobs, jobs.toReversed()]) {
    const names = [...latestPeriodics(some)].map(([job, { metadata }]) => `${job} ${metadata.name}`);
    expect(names.sort()).toEqual(["build other", "soak newest"]);
  }
});

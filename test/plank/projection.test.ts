// What plank forgets of an object changes none of its decisions.
import { describe, expect, test } from "vitest";
import { podFor } from "../../src/jobs/pod.ts";
import type { Pod, PodStatus } from "../../src/model/pod.ts";
import { PROW_JOB_STATES } from "../../src/model/prowjob.ts";
import { decide } from "../../src/plank/decide.ts";
import { jobForPlank, podForPlank } from "../../src/plank/projection.ts";
import { config, NOW, prowJob, world } from "./world.ts";

const STATUSES: PodStatus[] = [
  { phase: "Pending" },
  { phase: "Running", startTime: "2020-01-02T03:04:05Z" },
  { phase: "Succeeded" },
  { phase: "Failed", reason: "Evicted" },
  { phase: "Unknown" },
];

describe("what plank keeps", () => {
  test.each(PROW_JOB_STATES.flatMap((state) => [false, true].map((over) => [state, over] as const)))(
    "decides alike about a job that is %s, over: %s",
    (state, over) => {
      const job = prowJob({ state, build_id: "7", ...(over && { completionTime: "2020-01-02T03:04:05Z" }) });
      for (const status of STATUSES) {
        const pod: Pod = { ...podFor(job, "7"), status };
        pod.metadata = {
          ...pod.metadata,
          ...{ namespace: "test-pods", uid: "u", resourceVersion: "3" },
          finalizers: ["prow.x-k8s.io/gcsk8sreporter"],
        };
        const whole = decide(world(job, { pod }), config(), NOW);
        const kept = decide(world(jobForPlank(job), { pod: podForPlank(pod) }), config(), NOW);
        expect(kept).toEqual(whole);
      }
    },
  );

  test("is little of a job that is over", () => {
    const job = prowJob({ state: "success", completionTime: "2020-01-02T03:04:05Z" });
    expect(JSON.stringify(jobForPlank(job)).length).toBeLessThan(500);
  });
});

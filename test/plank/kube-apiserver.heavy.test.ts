// Plank on a real kube-apiserver (../shared/bin; skipped when it or etcd is absent).
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROW_JOB } from "../../src/model/prowjob.ts";
import { connectTo, type RealKube, startRealKube, whyNoRealKube } from "../contracts/real-kube.ts";
import { defineProwJobs } from "./crd.ts";
import { newJob, type Plank, plankEndToEnd, startPlank, until } from "./end-to-end.ts";

const missing = whyNoRealKube();
if (missing) {
  describe("plank on kube-apiserver", () => test.skip(missing, () => {}));
} else {
  let server: RealKube;
  let plank: Plank;
  beforeAll(async () => {
    server = await startRealKube();
    const kube = connectTo(server);
    await defineProwJobs(kube);
    plank = await startPlank(kube);
  }, 90_000);
  afterAll(async () => {
    await plank?.stop();
    await server?.close();
  });
  plankEndToEnd("kube-apiserver", async () => plank);

  test("1,000 triggered jobs become 1,000 pods, each one", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `many-${index}`);
    for (let start = 0; start < names.length; start += 50) {
      const some = names.slice(start, start + 50);
      await Promise.all(some.map((name) => plank.kube.write.create(PROW_JOB, newJob(name, { job: "many" }))));
    }
    const pending = () => names.every((name) => plank.jobs.get("default", name)?.status.state === "pending");
    await until(pending, "all are pending", 60);
    expect(names.filter((name) => plank.pods.get("default", name))).toHaveLength(1000);
  });
}

// A decorated job as plank plans it, run by the kubelet with our pod utilities as separate programs.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { podFor } from "../../../src/jobs/pod.ts";
import { connect } from "../../../src/kube/client.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { startKubeServer } from "../../../src/local/kube/server.ts";
import { runKubelet } from "../../../src/local/kubelet/run.ts";
import { POD, type Pod } from "../../../src/model/pod.ts";
import type { ProwJob } from "../../../src/model/prowjob.ts";
import { makeRepo } from "../../podutils/pipeline.ts";

const SELF = [process.execPath, new URL("../../../src/main.ts", import.meta.url).pathname];

test("clones, runs, uploads", async () => {
  const repo = makeRepo();
  const storage = mkdtempSync(join(tmpdir(), "storage-"));
  const server = await startKubeServer({ port: 0, file: ":memory:", clock: systemClock, log: silent });
  const kube = connect({ server: server.url });
  const stop = new AbortController();
  const names = ["clonerefs", "initupload", "entrypoint", "sidecar"];
  const kubelet = runKubelet(
    {
      ...{ kube, nodeName: "laptop", directory: mkdtempSync(join(tmpdir(), "pods-")), schedule: true },
      images: Object.fromEntries(names.map((name) => [name, [...SELF, name]])),
      env: { PATH: process.env["PATH"] ?? "" },
      utilityEnv: { CUTWATER_STORAGE_ROOT: storage },
      ...{ clock: systemClock, log: silent },
    },
    stop.signal,
  );
  try {
    const pod = podFor(job(repo), "77");
    await kube.write.create(POD, { ...pod, metadata: { ...pod.metadata, namespace: "default" } });
    const done = await finished(() => kube.read.get(POD, "default", pod.metadata.name));
    const read = (name: string) =>
      readFileSync(join(storage, "bucket/pr-logs/pull/octo_lib/1/unit/77", name), "utf8");
    expect(read("build-log.txt")).toBe("base.txt\npr-1.txt\nin octo/lib\n");
    expect(done.status?.phase).toBe("Succeeded");
    expect(JSON.parse(read("finished.json"))).toMatchObject({ passed: true, result: "SUCCESS" });
    expect(read("artifacts/report.txt")).toBe("report\n");
  } finally {
    stop.abort();
    await kubelet;
    await server.close();
  }
});

async function finished(read: () => Promise<Pod | undefined>): Promise<Pod> {
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; ) {
    const pod = await read();
    if (pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed") return pod;
    await systemClock.sleep(50);
  }
  throw new Error(`the pod stays ${JSON.stringify((await read())?.status)}`);
}

function job({ path, base, heads }: ReturnType<typeof makeRepo>): ProwJob {
  const script = 'ls; echo in $REPO_OWNER/$REPO_NAME; echo report >"$ARTIFACTS/report.txt"';
  const image = (name: string) => `us-docker.pkg.dev/k8s-infra-prow/images/${name}:v1`;
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: { name: "decorated", namespace: "default" },
    spec: {
      type: "presubmit",
      job: "unit",
      agent: "kubernetes",
      refs: {
        ...{ org: "octo", repo: "lib", base_ref: "main", base_sha: base, clone_uri: `file://${path}` },
        pulls: [{ number: 1, author: "dev", sha: heads[0]! }],
      },
      pod_spec: { containers: [{ name: "", image: "example.com/test", command: ["sh", "-c", script] }] },
      decoration_config: {
        ...{ timeout: "1m0s", grace_period: "1s" },
        utility_images: {
          clonerefs: image("clonerefs"),
          initupload: image("initupload"),
          entrypoint: image("entrypoint"),
          sidecar: image("sidecar"),
        },
        gcs_configuration: { bucket: "bucket", path_strategy: "explicit" },
      },
    },
    status: { state: "triggered" },
  };
}

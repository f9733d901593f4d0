// podinfo.json over an API server: the pod is held, reported and let go. The same for ours and the real one.
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { podReporter } from "../../src/crier/pod-reporter.ts";
import { applier } from "../../src/effects/apply.ts";
import type { Clusters, Kube } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Kind, KubeObject } from "../../src/model/kube-object.ts";
import { POD_REPORTER_FINALIZER } from "../../src/model/labels.ts";
import { NODE } from "../../src/model/node.ts";
import { POD } from "../../src/model/pod.ts";
import { POD_EVENT } from "../../src/model/pod-event.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { BlobWrite } from "../../src/storage/port.ts";
import { job } from "./world.ts";

const namespace = "default";
const config = { pod_namespace: namespace, plank: { default_decoration_config_entries: [] } };
const DECORATION = { gcs_configuration: { bucket: "b", path_strategy: "explicit" as const } };

const of = (state: ProwJob["status"]["state"]) =>
  job("info", state, {
    spec: { type: "periodic", refs: undefined, decoration_config: DECORATION },
    status: { pendingTime: "2026-01-02T03:00:01Z", build_id: "5" },
  });

export function podInfoContract(server: string, connected: () => Promise<Kube>): void {
  test(`${server}: a pod is held while its job runs, then written with its events and node, then gone`, async () => {
    const kube = await connected();
    const { read, write } = kube;
    const create = (kind: Kind, object: object) => write.create(kind, object as KubeObject);
    const nodeName = "worker-1";
    await create(NODE, { apiVersion: "v1", kind: "Node", metadata: { name: nodeName } });
    const pod = await create(POD, {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "pj-info", namespace } },
      spec: { nodeName, containers: [{ name: "test", image: "img" }] },
    });
    const about = { kind: "Pod", namespace, name: "pj-info" };
    for (const [name, uid] of [
      ["ours", pod.metadata.uid],
      ["of-an-earlier-pod", "other"],
    ]) {
      await create(POD_EVENT, {
        ...{ apiVersion: "v1", kind: "Event", metadata: { name, namespace } },
        ...{ involvedObject: { ...about, uid }, reason: "Pulled", message: "Some event", type: "Normal" },
      });
    }
    const written = new Map<string, string>();
    const storage = {
      write: async (url: string, content: string) => void written.set(url, content),
    } as unknown as BlobWrite;
    const clusters: Clusters = { home: kube, build: () => kube, aliases: () => ["default"] };
    const apply = applier({ clusters, storage, clock: systemClock, log: silent });
    const reporter = podReporter({
      ...{ cluster: "default", read, config: () => config as unknown as Config },
      ...{ workers: 1, fraction: 1, log: silent },
    });
    const report = async (reported: ProwJob) => {
      for (const step of reporter.steps(reported)) await apply(await step.effects());
    };
    const finalizers = async () => (await read.get(POD, namespace, "pj-info"))?.metadata.finalizers;

    await report(of("pending"));
    await report(of("pending"));
    expect(await finalizers()).toEqual([POD_REPORTER_FINALIZER]);
    await write.delete(POD, namespace, "pj-info", { gracePeriodSeconds: 0 });
    expect(await finalizers()).toEqual([POD_REPORTER_FINALIZER]);

    await report(of("success"));
    expect(await finalizers()).toBeUndefined();
    expect([...written.keys()]).toEqual(["gs://b/logs/info/5/podinfo.json"]);
    const info = JSON.parse([...written.values()][0]!);
    expect(Object.keys(info)).toEqual(["pod", "events", "node"]);
    expect(Object.keys(info.pod)).toEqual(["metadata", "spec", "status"]);
    expect(info.pod.metadata).toMatchObject({ name: "pj-info", uid: pod.metadata.uid });
    expect(info.events.map(({ metadata }: KubeObject) => metadata.name)).toEqual(["ours"]);
    expect(info.node.metadata.name).toBe(nodeName);
    await write.delete(NODE, "", nodeName);
  });
}

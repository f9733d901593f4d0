// The Node that this kubelet is to the cluster: its object, and the Lease that says it is alive.
import { arch, cpus, type as osType, release, totalmem } from "node:os";
import { isAlreadyExists, isNotFound } from "../../kube/error.ts";
import type { Kube } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { microTime } from "../../lib/timestamp.ts";
import type { Kind, KubeObject } from "../../model/kube-object.ts";
import { LEASE } from "../../model/lease.ts";

interface Node extends KubeObject {
  spec?: object;
  status?: object;
}
const NODE: Kind<Node> = { group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false };
const LEASE_NAMESPACE = "kube-node-lease";
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const MAX_PODS = 110;

export interface NodeOptions {
  kube: Kube;
  nodeName: string;
  hostIP: string;
  port: number;
  runtime: string;
  clock: Clock;
  log: Logger;
}

/** Throws KubeError when the API server does not take it. */
export async function registerNode(options: NodeOptions): Promise<void> {
  const { kube, nodeName } = options;
  const status = nodeStatus(options);
  const labels = {
    "kubernetes.io/hostname": nodeName,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": goArch(),
  };
  try {
    await kube.write.create(NODE, { metadata: { name: nodeName, labels }, spec: {}, status });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  await kube.write.patch(NODE, "", nodeName, { status }, { subresource: "status" });
}

const goArch = (): string => ({ x64: "amd64", ia32: "386" })[arch() as "x64"] ?? arch();

function nodeStatus({ hostIP, port, runtime, clock }: NodeOptions): object {
  const now = clock.now().toISOString();
  const memory = `${Math.floor(totalmem() / 1024)}Ki`;
  const resources = { cpu: String(cpus().length), memory, pods: String(MAX_PODS) };
  const unknown = ["machineID", "systemUUID", "bootID", "kubeProxyVersion"].map((field) => [field, ""]);
  return {
    // No host name: API servers prefer it for asking for logs, and the node's name need not resolve.
    addresses: [{ type: "InternalIP", address: hostIP }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    capacity: resources,
    allocatable: resources,
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "kubelet is posting ready status",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      ...Object.fromEntries(unknown),
      kernelVersion: release(),
      osImage: osType(),
      containerRuntimeVersion: `${runtime}://cutwater`,
      kubeletVersion: "cutwater",
      operatingSystem: "linux",
      architecture: goArch(),
    },
  };
}

/** Renews the node's Lease until aborted, where the cluster has a place for it. */
export async function heartbeat(options: NodeOptions, signal: AbortSignal): Promise<void> {
  const { kube, nodeName, clock, log } = options;
  while (!signal.aborted) {
    const renewTime = microTime(clock.now());
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime };
    try {
      if (await kube.read.get(LEASE, LEASE_NAMESPACE, nodeName)) {
        await kube.write.patch(LEASE, LEASE_NAMESPACE, nodeName, { spec });
      } else {
        await kube.write.create(LEASE, { metadata: { name: nodeName, namespace: LEASE_NAMESPACE }, spec });
      }
    } catch (error) {
      // Without the namespace nobody looks at node leases.
      if (isNotFound(error)) return;
      log.warn({ error: String(error) }, "Node lease not renewed");
    }
    await clock.sleep(RENEW_MS, signal);
  }
}

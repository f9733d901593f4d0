// A node of a cluster on this machine: runs the pods that are bound to it.
import { hash } from "node:crypto";
import { mkdir, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kube } from "../../kube/port.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Kind, KubeObject } from "../../model/kube-object.ts";
import { POD, type Pod } from "../../model/pod.ts";
import type { Runtime } from "./launch.ts";
import { type LogServerOptions, startLogServer } from "./log-server.ts";
import { heartbeat, type NodeOptions, registerNode } from "./node.ts";
import { endEarlierRun, findLog, removePod } from "./pod-directory.ts";
import { type PodHandle, type PodOptions, removeObject, startPod } from "./pod-run.ts";
import { lostStatus } from "./pod-status.ts";
import { watchPods } from "./pod-watch.ts";
import { postEvent } from "./reporter.ts";

export interface KubeletOptions {
  kube: Kube;
  nodeName: string;
  /** Holds the pods' volumes, homes and logs, and what a restart needs to know. */
  directory: string;
  /** Image basename to the command that stands for it, e.g. `{ sidecar: [node, main.ts, "sidecar"] }`. */
  images: Readonly<Record<string, string[]>>;
  /** PATH (and what else every container may know); HOME, TMPDIR and HOSTNAME are set per container. */
  env: Record<string, string>;
  /** Added for containers that `images` stands in for, e.g. CUTWATER_STORAGE_ROOT. */
  utilityEnv?: Record<string, string>;
  clock: Clock;
  log: Logger;
  /** Address of the kubelet's port and of its pods; 127.0.0.1 unless told. */
  host?: string;
  /** 0 or nothing takes a free one. */
  port?: number;
  tls?: LogServerOptions["tls"];
  /** What an API server must carry to be given logs; the embedded one's `kubeletToken`. */
  logToken?: string;
  runtime?: Runtime;
  /** Binds pods that have no node to this one, where no scheduler runs. */
  schedule?: boolean;
  /** Called once the node is registered. */
  onReady?: (info: { port: number }) => void;
}

interface Binding extends KubeObject {
  target: { apiVersion: string; kind: string; name: string };
}

const RETRY_MS = 1_000;

/** Runs until aborted; then ends the pods' processes and leaves their objects for the next start. */
export async function runKubelet(options: KubeletOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  const directory = await plainPath(options.directory);
  const earlier = await endEarlierRun(directory);
  const node = new Pods(options, directory, new Map(earlier.map((notes) => [notes.uid, notes])));
  const hostIP = options.host ?? "127.0.0.1";
  const server = await startLogServer(
    { host: hostIP, port: options.port ?? 0, tls: options.tls, token: options.logToken, clock },
    node,
  );
  const about: NodeOptions = { ...options, hostIP, port: server.port, runtime: options.runtime ?? "process" };
  try {
    while (!signal.aborted) {
      try {
        await registerNode(about);
        break;
      } catch (error) {
        log.warn({ error: String(error) }, "Node not registered, retrying");
        await clock.sleep(RETRY_MS, signal);
      }
    }
    if (!signal.aborted) options.onReady?.({ port: server.port });
    // A scheduler has to see the pods without a node, too.
    const selector = options.schedule ? undefined : `spec.nodeName=${options.nodeName}`;
    await Promise.all([
      heartbeat(about, signal),
      watchPods(options.kube.read, selector, node, { clock, log }, signal),
    ]);
  } finally {
    await node.killAll();
    await server.close();
  }
}

/**
 * Paths in here replace paths like /logs inside shell commands, so they must not need quoting:
 * a directory with a space in its name is reached through a link without one.
 */
async function plainPath(wanted: string): Promise<string> {
  await mkdir(wanted, { recursive: true });
  const real = await realpath(wanted);
  if (/^[A-Za-z0-9_./-]+$/.test(real)) return real;
  const link = join(tmpdir(), `cutwater-${hash("sha256", real).slice(0, 12)}`);
  await rm(link, { force: true });
  await symlink(real, link);
  return link;
}

class Pods {
  readonly #options: KubeletOptions;
  readonly #directory: string;
  /** Pods of an earlier run of this kubelet, whose processes are gone. */
  readonly #earlier: Map<string, { namespace: string; name: string; uid: string }>;
  readonly #handles = new Map<string, PodHandle>();
  readonly #names = new Map<string, string>();
  readonly #binding = new Set<string>();

  constructor(
    options: KubeletOptions,
    directory: string,
    earlier: Map<string, { namespace: string; name: string; uid: string }>,
  ) {
    this.#options = options;
    this.#directory = directory;
    this.#earlier = earlier;
    for (const { namespace, name, uid } of earlier.values()) this.#names.set(`${namespace}/${name}`, uid);
  }

  seen(pod: Pod): void {
    const { uid = "", name, namespace } = pod.metadata;
    if (!pod.spec.nodeName) void this.#bind(pod);
    if (pod.spec.nodeName !== this.#options.nodeName) return;
    this.#names.set(`${namespace}/${name}`, uid);
    const handle = this.#handles.get(uid);
    if (handle) {
      handle.update(pod);
      return;
    }
    const over = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    const begun = this.#earlier.has(uid) || pod.status?.startTime !== undefined;
    if (pod.metadata.deletionTimestamp && (over || begun)) void removeObject(this.#options, pod);
    else if (over) return;
    else if (begun && pod.spec.restartPolicy === "Never") void this.#declareLost(pod);
    else this.#start(pod);
  }

  gone(uid: string): void {
    const handle = this.#handles.get(uid);
    handle?.gone();
    this.#handles.delete(uid);
    this.#earlier.delete(uid);
    this.#binding.delete(uid);
    for (const [name, known] of this.#names) if (known === uid) this.#names.delete(name);
    void (handle?.finished ?? Promise.resolve()).then(() => removePod(this.#directory, uid));
  }

  async find(namespace: string, pod: string, container: string, previous: boolean) {
    const uid = this.#names.get(`${namespace}/${pod}`) ?? "";
    const file = await findLog(this.#directory, uid, container, previous);
    if (file === undefined) return undefined;
    const ended = this.#handles.get(uid)?.ended(container);
    return { file, over: () => this.#handles.get(uid)?.ended(container) === undefined, ended };
  }

  async killAll(): Promise<void> {
    for (const handle of this.#handles.values()) handle.kill();
    await Promise.all([...this.#handles.values()].map((handle) => handle.finished));
  }

  #start(pod: Pod): void {
    const { runtime = "process", utilityEnv = {}, host = "127.0.0.1" } = this.#options;
    const options: PodOptions = {
      ...{ ...this.#options, runtime, utilityEnv },
      directory: this.#directory,
      hostIP: host,
    };
    this.#handles.set(pod.metadata.uid ?? "", startPod(pod, options));
  }

  async #bind(pod: Pod): Promise<void> {
    const { kube, nodeName, schedule, log } = this.#options;
    const { name, namespace, uid = "" } = pod.metadata;
    const gated = ((pod.spec["schedulingGates"] ?? []) as unknown[]).length > 0;
    const foreign = (pod.spec["schedulerName"] ?? "default-scheduler") !== "default-scheduler";
    if (!schedule || gated || foreign || pod.metadata.deletionTimestamp || this.#binding.has(uid)) return;
    this.#binding.add(uid);
    const kind: Kind<Binding> = {
      group: "",
      version: "v1",
      plural: `pods/${name}/binding`,
      kind: "Binding",
      namespaced: true,
    };
    try {
      await kube.write.create(kind, {
        metadata: { name, namespace },
        target: { apiVersion: "v1", kind: "Node", name: nodeName },
      });
      const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
      await postEvent(this.#options, pod, { reason: "Scheduled", message, component: "default-scheduler" });
    } catch (error) {
      // Bound by somebody else, or gone: the watch tells which.
      log.info({ pod: name, error: String(error) }, "Pod not bound");
    } finally {
      this.#binding.delete(uid);
    }
  }

  /** Plank runs the job of an evicted pod again. */
  async #declareLost(pod: Pod): Promise<void> {
    const { kube, clock, log } = this.#options;
    const { name, namespace = "" } = pod.metadata;
    const status = lostStatus(pod, clock.now().toISOString());
    try {
      await kube.write.patch(POD, namespace, name, { status }, { subresource: "status" });
      await postEvent(this.#options, pod, {
        type: "Warning",
        reason: "Evicted",
        message: status.message ?? "",
      });
    } catch (error) {
      log.warn({ pod: name, error: String(error) }, "Status not written");
    }
  }
}

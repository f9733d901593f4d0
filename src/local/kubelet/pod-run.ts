// The life of one pod: volumes, init containers in order, containers side by side, and its end.
import { type BackOff, backOffMs } from "../../lib/waiting/back-off.ts";
import type { Container, Pod } from "../../model/pod.ts";
import { POD } from "../../model/pod.ts";
import { type ContainerOptions, type PodContext, runContainer } from "./container-run.ts";
import { lookups, MissingError } from "./lookups.ts";
import { type PodDirectory, podDirectory } from "./pod-directory.ts";
import { type ContainerRecord, podStatus, recordOf } from "./pod-status.ts";
import { postEvent, statusWriter } from "./reporter.ts";
import { prepareVolume } from "./volumes.ts";

export interface PodOptions extends ContainerOptions {
  directory: string;
  /** Of the node, which its pods share. */
  hostIP: string;
}

export interface PodHandle {
  /** The pod as the API server has it now: a deletion ends it. */
  update(pod: Pod): void;
  /** The object is gone from the API server. */
  gone(): void;
  /** The kubelet stops: ends the processes, leaving the object as it is. */
  kill(): void;
  /** The end of a container's process; undefined when none runs. */
  ended(container: string): Promise<unknown> | undefined;
  finished: Promise<void>;
}

const MOUNT_RETRY_MS = 2_000;
const DEFAULT_GRACE_SECONDS = 30;
/** Kubernetes': at once, then ten seconds, doubling up to five minutes. */
const RESTART: BackOff = { firstMs: 10_000, longestMs: 300_000 };

export function startPod(pod: Pod, options: PodOptions): PodHandle {
  const life = new PodLife(pod, options);
  return {
    update: (latest) => life.update(latest),
    gone: () => life.end("gone"),
    kill: () => life.end("shutdown"),
    ended: (name) => life.processes.get(name)?.exited,
    finished: life.run().catch((error) => {
      options.log.error({ pod: pod.metadata.name, error: String(error) }, "Pod can not be run on this node");
    }),
  };
}

type Ending = "deleted" | "deadline" | "gone" | "shutdown";

class PodLife {
  readonly processes: PodContext["processes"] = new Map();
  #pod: Pod;
  readonly #options: PodOptions;
  readonly #records: ContainerRecord[];
  readonly #stop = new AbortController();
  readonly #abandoned = new AbortController();
  readonly #over = new AbortController();
  readonly #status: ReturnType<typeof statusWriter>;
  readonly #startTime: string;
  #ending?: Ending;
  #isOver = false;

  constructor(pod: Pod, options: PodOptions) {
    this.#pod = pod;
    this.#options = options;
    this.#startTime = options.clock.now().toISOString();
    this.#records = [
      ...(pod.spec.initContainers ?? []).map((container) => recordOf(container, true, true)),
      ...pod.spec.containers.map((container) =>
        recordOf(container, false, Boolean(pod.spec.initContainers?.length)),
      ),
    ];
    this.#status = statusWriter(options, pod, this.#abandoned.signal);
  }

  async run(): Promise<void> {
    const { name, namespace = "", uid = "" } = this.#pod.metadata;
    const directory = await podDirectory(this.#options.directory, { namespace, name, uid });
    if (this.#pod.metadata.deletionTimestamp) this.update(this.#pod);
    this.#publish();
    const deadline = this.#pod.spec.activeDeadlineSeconds;
    if (deadline) {
      const expired = this.#options.clock.sleep(deadline * 1000, this.#over.signal);
      expired.then(() => !this.#over.signal.aborted && this.end("deadline"));
    }
    try {
      await this.#live(directory);
    } catch (error) {
      this.#options.log.error({ pod: name, error: String(error) }, "Pod ended by an error of the kubelet");
    }
    this.#over.abort();
    this.#isOver = true;
    if (this.#ending !== "gone" && this.#ending !== "shutdown") {
      this.#publish();
      await this.#status.settled();
    }
    if (this.#ending === "deleted") await this.#removeObject();
    if (this.#ending === "gone") await directory.remove();
  }

  update(pod: Pod): void {
    this.#pod = { ...pod, status: pod.status ?? this.#pod.status };
    if (!pod.metadata.deletionTimestamp) return;
    if (this.#isOver) void this.#removeObject();
    else this.end("deleted");
  }

  /** May be called again, to end sooner. */
  end(how: Ending): void {
    const first = this.#ending === undefined;
    if (first || how === "gone" || how === "shutdown") this.#ending = how;
    this.#stop.abort();
    if (how === "gone" || how === "shutdown") {
      this.#abandoned.abort();
      for (const process of this.processes.values()) process.kill();
      return;
    }
    for (const [name, process] of this.processes) {
      if (first) this.#event("Killing", `Stopping container ${name}`);
      if (first) process.terminate();
    }
    const { metadata, spec } = this.#pod;
    const grace =
      metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    this.#killAfter(grace);
  }

  #killAfter(seconds: number): void {
    const waited = this.#options.clock.sleep(seconds * 1000, this.#over.signal);
    waited.then(() => {
      if (!this.#over.signal.aborted) for (const process of this.processes.values()) process.kill();
    });
  }

  async #live(directory: PodDirectory): Promise<void> {
    const { pod, context } = { pod: this.#pod, context: this.#context(directory) };
    await this.#mount(context);
    const policy = pod.spec.restartPolicy ?? "Always";
    const sidecars: Promise<void>[] = [];
    for (const container of pod.spec.initContainers ?? []) {
      const record = this.#record(container, true);
      if (record.sidecar) sidecars.push(this.#keepRunning(context, container, record, "Always"));
      else await this.#keepRunning(context, container, record, policy === "Never" ? "Never" : "OnFailure");
      if (!record.sidecar && record.state.terminated?.exitCode !== 0) break;
    }
    const ready = this.#records.every(
      ({ init, sidecar, state }) => !init || sidecar || state.terminated?.exitCode === 0,
    );
    if (ready && !this.#stop.signal.aborted) {
      await Promise.all(
        pod.spec.containers.map((container) =>
          this.#keepRunning(context, container, this.#record(container, false), policy),
        ),
      );
    }
    this.#stop.abort();
    if (sidecars.length > 0) {
      for (const process of this.processes.values()) process.terminate();
      this.#killAfter(pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS);
      await Promise.all(sidecars);
    }
  }

  #context(directory: PodDirectory): PodContext {
    const { hostIP, kube } = this.#options;
    return {
      pod: this.#pod,
      options: this.#options,
      directory,
      from: lookups(kube.read, this.#pod, { hostIP, podIP: hostIP }),
      volumes: new Map(),
      processes: this.processes,
      stop: this.#stop.signal,
      publish: () => this.#publish(),
      event: (reason, message, type) => this.#event(reason, message, type),
    };
  }

  /** Kubernetes waits for a missing Secret rather than failing the pod: it may be on its way. */
  async #mount({ directory, from, volumes, stop }: PodContext): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      while (!volumes.has(volume.name) && !stop.aborted) {
        try {
          const path = directory.volume(volume.name);
          await prepareVolume(volume, path, from);
          volumes.set(volume.name, path);
        } catch (error) {
          const { message } = error as Error;
          if (!(error instanceof MissingError))
            this.#options.log.warn({ error: String(error) }, "Volume not prepared");
          this.#event(
            "FailedMount",
            `MountVolume.SetUp failed for volume "${volume.name}" : ${message}`,
            "Warning",
          );
          await this.#options.clock.sleep(MOUNT_RETRY_MS, stop);
        }
      }
    }
  }

  async #keepRunning(
    context: PodContext,
    container: Container,
    record: ContainerRecord,
    policy: string,
  ): Promise<void> {
    while (!context.stop.aborted) {
      if (record.restartCount === 0) this.#event("Created", `Created container: ${container.name}`);
      await runContainer(context, container, record);
      const ended = record.state.terminated;
      if (!ended || policy === "Never" || (policy === "OnFailure" && ended.exitCode === 0)) return;
      if (context.stop.aborted) return;
      const pause = record.restartCount === 0 ? 0 : backOffMs(RESTART, record.restartCount);
      record.lastState = record.state;
      record.restartCount++;
      if (pause > 0) {
        const message = `back-off ${pause / 1000}s restarting failed container=${container.name}`;
        record.state = { waiting: { reason: "CrashLoopBackOff", message } };
        this.#event("BackOff", message, "Warning");
        this.#publish();
        await this.#options.clock.sleep(pause, context.stop);
        if (context.stop.aborted) record.state = record.lastState;
      }
    }
  }

  #record(container: Container, init: boolean): ContainerRecord {
    const record = this.#records.find((found) => found.name === container.name && found.init === init);
    if (!record) throw new Error(`container ${container.name} appeared after the pod had started`);
    return record;
  }

  #publish(): void {
    const { hostIP, clock } = this.#options;
    const facts = {
      pod: this.#pod,
      records: this.#records,
      hostIP,
      podIP: hostIP,
      startTime: this.#startTime,
    };
    const failure =
      this.#ending === "deadline"
        ? {
            reason: "DeadlineExceeded",
            message: "Pod was active on the node longer than the specified deadline",
          }
        : undefined;
    const status = structuredClone(podStatus({ ...facts, now: clock.now().toISOString(), failure }));
    this.#pod = { ...this.#pod, status };
    this.#status.set(status);
  }

  #event(reason: string, message: string, type?: "Warning"): void {
    if (this.#ending === "gone" || this.#ending === "shutdown") return;
    void postEvent(this.#options, this.#pod, { reason, message, type });
  }

  async #removeObject(): Promise<void> {
    await removeObject(this.#options, this.#pod);
  }
}

/** Ends a graceful deletion: the node is done with the pod. */
export async function removeObject({ kube, log }: Pick<PodOptions, "kube" | "log">, pod: Pod): Promise<void> {
  const { name, namespace = "", uid } = pod.metadata;
  try {
    await kube.write.delete(POD, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
  } catch (error) {
    log.warn({ pod: name, error: String(error) }, "Pod not removed");
  }
}

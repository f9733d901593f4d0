// cutwater kubelet: runs pods of a cluster on this machine.
import { hostname } from "node:os";
import { join } from "node:path";
import type { Kube } from "../kube/port.ts";
import { bool, int, string } from "../lib/flags.ts";
import type { Logger } from "../lib/logger.ts";
import { runKubelet } from "../local/kubelet/run.ts";
import { command, type Host } from "./command.ts";
import { POD_UTILITIES, SELF } from "./pod-utilities.ts";
import { jsonLog } from "./process/log.ts";
import { clustersOfFlags } from "./wiring/connect.ts";
import { dataFlag, kubeFlags } from "./wiring/flag-groups.ts";
import { type Runtime, runtimeNamed } from "./wiring/runtime.ts";

export interface KubeletOptions {
  nodeName: string;
  directory: string;
  runtime: Runtime;
  /** Directory that stands for object storage in the pod utilities. */
  storage: string;
  /** Binds pods that no scheduler has placed. */
  schedule: boolean;
  host: string;
  port: number;
  /** What who asks for logs must carry; a real API server carries none. */
  logToken?: string;
}

/**
 * Images of the pod utilities are stood in for by this program's own; other images need a command. In containers
 * the real entrypoint must place itself: it runs where our program is not.
 */
const standIns = (runtime: Runtime): Record<string, string[]> =>
  Object.fromEntries(
    POD_UTILITIES.filter((name) => runtime === "process" || name !== "entrypoint").map((name) => [
      name,
      [...SELF, name],
    ]),
  );

export function startKubelet(
  kube: Kube,
  options: KubeletOptions,
  host: Host,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { storage, ...rest } = options;
  return runKubelet(
    {
      ...rest,
      kube,
      images: standIns(options.runtime),
      env: { PATH: pathWithNode(host) },
      utilityEnv: storage ? { CUTWATER_STORAGE_ROOT: storage } : {},
      clock: host.clock,
      log,
    },
    signal,
  );
}

/** Jobs of the demo need a node; the project's own is surely there. */
const pathWithNode = ({ env }: Host): string =>
  [join(process.execPath, ".."), env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"].join(":");

export const kubelet = command({
  flags: {
    ...kubeFlags,
    ...dataFlag,
    "node-name": string("", "Name of the node; default this machine's name."),
    runtime: string("process", "process, docker or podman. Processes are not isolated from this machine."),
    storage: string("", "Directory that stands for object storage."),
    schedule: bool(true, "Bind pods that no scheduler has placed."),
    host: string("127.0.0.1", "Address that logs are served on."),
    port: int(10250, "Port that logs are served on."),
  },
  async run({ values: flags }, host) {
    const log = jsonLog("kubelet", host.err);
    const clusters = await clustersOfFlags(flags, { host });
    const options: KubeletOptions = {
      nodeName: flags["node-name"] || hostname().toLowerCase(),
      directory: join(flags.data, "kubelet"),
      runtime: runtimeNamed(flags.runtime),
      storage: flags.storage,
      schedule: flags.schedule,
      host: flags.host,
      port: flags.port,
    };
    await startKubelet(clusters.home, options, host, log, host.signal);
    return 0;
  },
});

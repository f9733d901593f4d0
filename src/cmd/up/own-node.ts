// The one node of an embedded cluster: this machine.
import { join } from "node:path";
import type { Kube } from "../../kube/port.ts";
import { type KubeletOptions, startKubelet } from "../kubelet.ts";
import type { Surroundings } from "../surroundings.ts";

export interface OwnNode extends Pick<KubeletOptions, "nodeName" | "runtime" | "storage"> {
  /** The data directory. */
  directory: string;
  /** The API server's; it asks for logs with the same. */
  token: string;
}

/** Nobody but our own API server asks this node for anything, so it listens on this machine alone. */
export function startOwnNode(
  kube: Kube,
  { directory, token, ...node }: OwnNode,
  around: Surroundings,
): Promise<void> {
  const options: KubeletOptions = {
    ...node,
    directory: join(directory, "kubelet"),
    schedule: true,
    host: "127.0.0.1",
    port: 0,
    logToken: token,
  };
  return startKubelet(kube, options, around.host, around.log.child({ component: "kubelet" }), around.signal);
}

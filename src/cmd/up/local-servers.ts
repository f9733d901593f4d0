// The servers of local mode: a GitHub and a Kubernetes API, each behind its real protocol.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { connect } from "../../kube/client.ts";
import { isAlreadyExists } from "../../kube/error.ts";
import type { Kube } from "../../kube/port.ts";
import type { Logger } from "../../lib/logger.ts";
import { loadYAML } from "../../lib/yaml/load.ts";
import { startGitHubServer } from "../../local/github/server.ts";
import { startKubeServer } from "../../local/kube/server.ts";
import { CUSTOM_RESOURCE } from "../../model/custom-resource.ts";
import type { Kind, KubeObject } from "../../model/kube-object.ts";
import type { Host } from "../command.ts";
import { portTaken } from "../process/listen.ts";

/** As GitHub gives an Enterprise installation: tide looks every 2 s here, and the demo may stay up for a day. */
const RATE_LIMIT = 15_000;

export interface Closable {
  close(): Promise<void>;
}

interface Place {
  directory: string;
  host: string;
  port: number;
}

/** Throws UsageError when the port is taken. */
export function startGitHub(
  { directory, host, port }: Place,
  adminToken: string,
  { clock, random }: Host,
  log: Logger,
): Promise<Closable> {
  const options = {
    host,
    port,
    directory: join(directory, "github"),
    adminToken,
    rateLimit: RATE_LIMIT,
    clock,
    random,
  };
  return portTaken(port, startGitHubServer({ ...options, log: log.child({ component: "github-server" }) }));
}

/**
 * Whoever has the token may use it, and it asks its kubelet for logs with the same. Also writes `kubeconfig` into the
 * directory, for people's own kubectl. Throws UsageError when the port is taken.
 */
export async function startKubernetes(
  { directory, host, port }: Place,
  token: string,
  { clock }: Host,
  log: Logger,
): Promise<Closable & { kube: Kube; kubeconfig: string }> {
  const options = { host, port, file: join(directory, "kubernetes.db"), token, kubeletToken: token, clock };
  const server = await portTaken(
    port,
    startKubeServer({ ...options, log: log.child({ component: "kube-server" }) }),
  );
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigFor(`${server.url}/${token}`), { mode: 0o600 });
  const authorization = async () => `Bearer ${token}`;
  return { kube: connect({ server: server.url, authorization }), kubeconfig, close: () => server.close() };
}

/** The token is in the address, since kubectl sends none over plain HTTP. */
const kubeconfigFor = (server: string): string => `apiVersion: v1
kind: Config
current-context: local
clusters: [{ name: local, cluster: { server: "${server}" } }]
users: [{ name: local, user: {} }]
contexts: [{ name: local, context: { cluster: local, user: local, namespace: default } }]
`;

const NAMESPACE: Kind = {
  group: "",
  version: "v1",
  plural: "namespaces",
  kind: "Namespace",
  namespaced: false,
};
/** The ProwJob resource and the namespaces that the configuration names; what exists is left as it is. */
export async function prepareCluster(
  { write }: Kube,
  { prowjob_namespace, pod_namespace }: Pick<Config, "prowjob_namespace" | "pod_namespace">,
): Promise<void> {
  const namespaces = ["default", "kube-node-lease", prowjob_namespace, pod_namespace];
  const ensure = async (kind: Kind, object: KubeObject) => {
    try {
      await write.create(kind, object);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  };
  for (const name of new Set(namespaces)) await ensure(NAMESPACE, { metadata: { name } });
  const crd = await readFile(new URL("../../../config/k8s/prowjob-crd.yaml", import.meta.url), "utf8");
  await ensure(CUSTOM_RESOURCE, loadYAML(crd) as KubeObject);
}

// What a pod's volumes and environment are made of, read from the API server.
import type { KubeRead } from "../../kube/port.ts";
import type { Kind, KubeObject } from "../../model/kube-object.ts";
import type { Pod } from "../../model/pod.ts";

interface Secret extends KubeObject {
  data?: Record<string, string>;
}
interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}
const SECRET: Kind<Secret> = {
  group: "",
  version: "v1",
  plural: "secrets",
  kind: "Secret",
  namespaced: true,
};
const CONFIG_MAP: Kind<ConfigMap> = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};

export type Files = Record<string, Buffer>;

/** Something that the pod refers to is not there (yet): said in its status and tried again. */
export class MissingError extends Error {
  override name = "MissingError";
}

export interface Lookups {
  /** Throws MissingError unless `optional`. */
  secret(name: string, optional?: boolean): Promise<Files>;
  configMap(name: string, optional?: boolean): Promise<Files>;
  /** A fieldRef's value, e.g. of metadata.name. */
  field(path: string): string;
}

export function lookups(read: KubeRead, pod: Pod, ips: { hostIP: string; podIP: string }): Lookups {
  const namespace = pod.metadata.namespace ?? "";
  const missing = (what: string, name: string, optional?: boolean): Files => {
    if (optional) return {};
    throw new MissingError(`${what} ${JSON.stringify(name)} not found`);
  };
  const decoded = (data: Record<string, string> = {}, encoding: BufferEncoding): Files =>
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]));
  return {
    async secret(name, optional) {
      const secret = await read.get(SECRET, namespace, name);
      return secret ? decoded(secret.data, "base64") : missing("secret", name, optional);
    },
    async configMap(name, optional) {
      const map = await read.get(CONFIG_MAP, namespace, name);
      if (!map) return missing("configmap", name, optional);
      return { ...decoded(map.data, "utf8"), ...decoded(map.binaryData, "base64") };
    },
    field: (path) => podField(pod, path, ips),
  };
}

function podField(pod: Pod, path: string, ips: { hostIP: string; podIP: string }): string {
  const keyed = /^metadata\.(labels|annotations)(?:\['(.+)'\])?$/.exec(path);
  if (keyed) {
    const map = pod.metadata[keyed[1] as "labels" | "annotations"] ?? {};
    if (keyed[2] !== undefined) return map[keyed[2]] ?? "";
    return Object.entries(map)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join("\n");
  }
  const known: Record<string, string | undefined> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName,
    "status.hostIP": ips.hostIP,
    "status.hostIPs": ips.hostIP,
    "status.podIP": ips.podIP,
    "status.podIPs": ips.podIP,
  };
  if (!Object.hasOwn(known, path)) throw new MissingError(`unsupported fieldPath ${JSON.stringify(path)}`);
  return known[path] ?? "";
}

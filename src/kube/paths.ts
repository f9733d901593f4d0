// Where the API serves a kind: /api/v1/… for the core group, /apis/<group>/<version>/… for the rest.
import type { Kind } from "../model/kube-object.ts";

export type Query = Record<string, string | number | boolean | undefined>;

export const apiVersion = ({ group, version }: Kind): string => (group ? `${group}/${version}` : version);

/** Path of a collection; without a namespace, of the whole cluster. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  const scope = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${kind.plural}`;
}

export function objectPath(kind: Kind, namespace: string, name: string, subresource?: string): string {
  // An empty name would turn a deletion into one of the whole collection.
  if (!name) throw new Error(`${kind.kind} without a name in namespace "${namespace}"`);
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return subresource ? `${path}/${subresource}` : path;
}

/** `?a=1&b=2` of what is set, or nothing. */
export function queryString(query: Query): string {
  const set = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") set.append(key, String(value));
  }
  return set.size > 0 ? `?${set}` : "";
}

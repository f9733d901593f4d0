// ConfigMaps that follow files of a repository: what becomes of one, given what is in it now, and what people are told.
import type { Kind, KubeObject } from "./kube-object.ts";

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  /** In base64. */
  binaryData?: Record<string, string>;
}

export const CONFIG_MAP: Kind<ConfigMap> = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};

/** Text, bytes in base64 where it is none, or null to take the key away. */
export type KeyContent = string | { base64: string } | null;

export interface ConfigMapUpdate {
  /** Its alias. */
  cluster: string;
  namespace: string;
  name: string;
  /** Each key once. All others stay as they are. */
  keys: { key: string; content: KeyContent }[];
  /** What people are told of it when it is done. */
  told: string;
}

const LABELS = { "app.kubernetes.io/name": "prow", "app.kubernetes.io/component": "updateconfig-plugin" };

export function newConfigMap({ namespace, name, keys }: ConfigMapUpdate): ConfigMap {
  const { data, binaryData } = fieldsOf(keys);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: LABELS },
    data: present(data),
    binaryData: present(binaryData),
  };
}

/** A JSON merge patch; undefined when everything is as it should be. */
export function configMapPatch(now: ConfigMap, { keys }: ConfigMapUpdate): object | undefined {
  const wanted = fieldsOf(keys);
  const data = differing(now.data, wanted.data);
  const binaryData = differing(now.binaryData, wanted.binaryData);
  const labels = now.metadata.labels ? undefined : LABELS;
  if (!data && !binaryData && !labels) return undefined;
  return {
    metadata: { resourceVersion: now.metadata.resourceVersion, ...(labels && { labels }) },
    ...(data && { data }),
    ...(binaryData && { binaryData }),
  };
}

type Fields = Record<string, string | null>;

/** A key is in one of the two: there its content stands, and null in the other. */
function fieldsOf(keys: ConfigMapUpdate["keys"]): { data: Fields; binaryData: Fields } {
  const field = (pick: (content: KeyContent) => string | null): Fields =>
    Object.fromEntries(keys.map(({ key, content }) => [key, pick(content)]));
  return {
    data: field((content) => (typeof content === "string" ? content : null)),
    binaryData: field((content) => (typeof content === "string" || content === null ? null : content.base64)),
  };
}

const present = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null));

function differing(now: Record<string, string> = {}, wanted: Fields): Fields | undefined {
  const held = (key: string) => (Object.hasOwn(now, key) ? now[key] : null);
  const entries = Object.entries(wanted).filter(([key, content]) => held(key) !== content);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** What its keys hold, in bytes. */
export function configMapBytes({ data = {}, binaryData = {} }: ConfigMap): number {
  const texts = Object.values(data).map((text) => Buffer.byteLength(text));
  const binaries = Object.values(binaryData).map((text) => Buffer.byteLength(text, "base64"));
  return [...texts, ...binaries].reduce((sum, length) => sum + length, 0);
}

/** `told` of those that were updated; there is at least one. */
export const updatedMessage = (told: readonly string[]): string =>
  told.length === 1
    ? `Updated the ${told[0]}`
    : `Updated the following ${told.length} configmaps:\n${told.map((each) => ` * ${each}\n`).join("")}`;

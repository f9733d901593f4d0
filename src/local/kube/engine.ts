// The heart of the server: reads objects in the version asked for, commits changes and tells of them.
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { ApiObject } from "./json.ts";
import type { Registry } from "./registry.ts";
import { apiVersionOf, type Resource } from "./resource.ts";
import { notFound } from "./status.ts";
import type { Attributes, Change, Key, Row, Store } from "./store.ts";
import type { WatchHub } from "./watch-hub.ts";

export interface Engine {
  store: Store;
  registry: Registry;
  hub: WatchHub;
  clock: Clock;
  log: Logger;
  /** In [0, 1). */
  random: () => number;
  uuid: () => string;
  /** Shown to kubelets that are asked for logs. */
  kubeletToken?: string;
  /** Runs after an object was written and everyone was told. */
  afterWrite(resource: Resource, object: ApiObject): void;
  /** Runs after an object is gone for good. */
  afterRemoval(resource: Resource, object: ApiObject): void;
}

export const keyOf = (resource: Resource, namespace: string, name: string): Key => ({
  ...{ resource: resource.stored, namespace: resource.namespaced ? namespace : "", name },
});

/** RFC 3339 in whole seconds, as Kubernetes keeps times. */
export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** The stored text as an object of the version that `resource` serves. */
export function readRow(resource: Resource, row: Row): ApiObject {
  const object = JSON.parse(row.body) as ApiObject;
  return serve(resource, object);
}

export function serve(resource: Resource, object: ApiObject): ApiObject {
  if (resource.strategy.fromStored) return resource.strategy.fromStored(object);
  if (resource.custom) object.apiVersion = apiVersionOf(resource);
  return object;
}

/** Throws ApiError 404. */
export function find(engine: Engine, resource: Resource, namespace: string, name: string): ApiObject {
  const row = engine.store.get(keyOf(resource, namespace, name));
  if (!row) throw notFound(resource, name);
  return readRow(resource, row);
}

export function lookUp(
  engine: Engine,
  resource: Resource,
  namespace: string,
  name: string,
): ApiObject | undefined {
  const row = engine.store.get(keyOf(resource, namespace, name));
  return row && readRow(resource, row);
}

function toStored(resource: Resource, object: ApiObject): ApiObject {
  const stored = resource.strategy.toStored?.(object) ?? { ...object };
  if (resource.custom) {
    stored.apiVersion = apiVersionOf({ group: resource.group, version: resource.storageVersion });
  }
  return { ...stored, metadata: { ...stored.metadata } };
}

/** What selectors see of an object as it is stored. */
export function attributesOf(resource: Resource, stored: ApiObject): Attributes {
  const { name, namespace = "", labels } = stored.metadata;
  const fields: Record<string, string> = { "metadata.name": name, "metadata.namespace": namespace };
  for (const [field, read] of Object.entries(resource.strategy.fields ?? {})) fields[field] = read(stored);
  return { labels: (labels ?? {}) as Record<string, string>, fields };
}

/** Writes the object and tells everyone; gives it with its new resourceVersion. */
export function commit(engine: Engine, resource: Resource, object: ApiObject): ApiObject {
  const stored = toStored(resource, object);
  const key = keyOf(resource, object.metadata.namespace ?? "", object.metadata.name);
  const change = engine.store.put(key, stored, attributesOf(resource, stored));
  const written = published(engine, object, change);
  engine.afterWrite(resource, written);
  return written;
}

/** Takes the object away for good. */
export function removeForGood(engine: Engine, resource: Resource, object: ApiObject): ApiObject {
  const stored = toStored(resource, object);
  const key = keyOf(resource, object.metadata.namespace ?? "", object.metadata.name);
  const gone = published(engine, object, engine.store.remove(key, stored));
  engine.afterRemoval(resource, gone);
  return gone;
}

function published(engine: Engine, object: ApiObject, change: Change): ApiObject {
  engine.hub.publish(change);
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(change.revision) } };
}

// The objects of one kind in memory, with listeners who are told what changed.
import type { Logger } from "../lib/logger.ts";
import type { KubeObject, ObjectMeta } from "../model/kube-object.ts";
import type { ObjectKey, ObjectStore } from "./port.ts";

export interface MutableStore<T extends KubeObject> extends ObjectStore<T> {
  put(object: T): void;
  remove(metadata: Pick<ObjectMeta, "name" | "namespace">): void;
  /** A new list: what is not in it is gone. */
  replaceAll(objects: T[]): void;
  /** undefined: all is well again. */
  failed(why: string | undefined): void;
}

type Listener<T> = (key: ObjectKey, object: T | undefined, old: T | undefined) => void;

export function objectStore<T extends KubeObject>(log: Logger): MutableStore<T> {
  const objects = new Map<string, T>();
  const listeners = new Set<Listener<T>>();
  let synced = false;
  let failure: string | undefined;

  const idOf = ({ namespace, name }: Pick<ObjectMeta, "name" | "namespace">) => `${namespace ?? ""}/${name}`;

  function tell({ namespace, name }: Pick<ObjectMeta, "name" | "namespace">, object?: T, old?: T): void {
    for (const listener of listeners) {
      try {
        listener({ namespace: namespace ?? "", name }, object, old);
      } catch (error) {
        log.error({ error: (error as Error).message, name }, "a listener failed");
      }
    }
  }

  function put(object: T): void {
    const id = idOf(object.metadata);
    const old = objects.get(id);
    // Equal versions are the same object: a relist tells nothing new about it.
    const version = object.metadata.resourceVersion;
    if (old && version !== undefined && old.metadata.resourceVersion === version) return;
    objects.set(id, object);
    tell(object.metadata, object, old);
  }

  function remove(metadata: Pick<ObjectMeta, "name" | "namespace">): void {
    const old = objects.get(idOf(metadata));
    if (!old) return;
    objects.delete(idOf(metadata));
    tell(metadata, undefined, old);
  }

  return {
    synced: () => synced,
    failure: () => failure,
    failed(why) {
      failure = why;
    },
    get: (namespace, name) => objects.get(idOf({ namespace, name })),
    list: () => [...objects.values()],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put,
    remove,
    replaceAll(list) {
      const kept = new Set(list.map(({ metadata }) => idOf(metadata)));
      synced = true;
      failure = undefined;
      for (const object of [...objects.values()])
        if (!kept.has(idOf(object.metadata))) remove(object.metadata);
      for (const object of list) put(object);
    },
  };
}

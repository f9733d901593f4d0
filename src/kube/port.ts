// What Cutwater asks of a Kubernetes API server, generic over kinds.
import type { Kind, KubeObject } from "../model/kube-object.ts";

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface WholeList<T> {
  project?: (object: T) => T;
  /**
   * What the server has in memory will do if it is of this version (0: any) or newer: that is read in one piece, at a
   * fraction of the work. Default: the newest, from its storage, page by page.
   */
  notOlderThan?: string;
}

export type WatchEvent<T> = { type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; object: T };

/** Errors are KubeError. */
export interface KubeRead {
  /** undefined when there is no such object. */
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined>;
  /** The whole list and the version to watch from. Of each object only what `project` leaves is kept. */
  list<T extends KubeObject>(
    kind: Kind<T>,
    options?: ListOptions & WholeList<T>,
  ): Promise<{ items: T[]; resourceVersion: string }>;
  /** Ends when the server closes it or `signal` aborts; throws KubeError 410 when `resourceVersion` is too old. */
  watch<T extends KubeObject>(
    kind: Kind<T>,
    options: ListOptions & { resourceVersion: string; signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>;
  /** Bytes of a container's log. */
  podLog(
    namespace: string,
    pod: string,
    options?: {
      container?: string;
      follow?: boolean;
      tailLines?: number;
      limitBytes?: number;
      signal?: AbortSignal;
    },
  ): Promise<ReadableStream<Uint8Array>>;
}

export type PatchType = "merge" | "json" | "strategic" | "apply";

export interface KubeWrite {
  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  /** A PUT: `metadata.resourceVersion` is the precondition. */
  replace<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string,
    name: string,
    patch: unknown,
    options?: { type?: PatchType; subresource?: "status"; fieldManager?: string; force?: boolean },
  ): Promise<T>;
  /** Deleting what is gone is success. */
  delete(
    kind: Kind,
    namespace: string,
    name: string,
    options?: { gracePeriodSeconds?: number; preconditions?: { uid?: string; resourceVersion?: string } },
  ): Promise<void>;
}

export interface Kube {
  read: KubeRead;
  write: KubeWrite;
}

/** The clusters by alias. `default` is where ProwJobs live too. */
export interface Clusters {
  home: Kube;
  /** undefined when no such build cluster is configured. */
  build(alias: string): Kube | undefined;
  aliases(): string[];
}

/** A local copy of a list, kept current by a watch (see reflector.ts). Objects in it are shared: never change one. */
export interface ObjectStore<T extends KubeObject> {
  /** Whether the first list has arrived. */
  synced(): boolean;
  /** Why it can not be kept current at the moment, for people. */
  failure?(): string | undefined;
  get(namespace: string, name: string): T | undefined;
  list(): T[];
  /** Calls `listener` for every object added, changed or gone (`object` undefined); returns how to stop. */
  onChange(listener: (key: ObjectKey, object: T | undefined, old: T | undefined) => void): () => void;
}

export interface ObjectKey {
  namespace: string;
  name: string;
}

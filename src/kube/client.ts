// The Kubernetes port over HTTP: JSON only, lists page by page, watches that can be resumed.
import { Readable } from "node:stream";
import type { Kind, KubeObject } from "../model/kube-object.ts";
import { POD } from "../model/pod.ts";
import {
  type Answer,
  type Connection,
  type ConnectOptions,
  openConnection,
  transportError,
} from "./connection.ts";
import { isGone, KubeError } from "./error.ts";
import { readList } from "./list.ts";
import { apiVersion, collectionPath, objectPath, type Query, queryString } from "./paths.ts";
import type { Kube, KubeRead, KubeWrite, ListOptions, PatchType, WholeList } from "./port.ts";
import { WATCH_SECONDS, watchEvents } from "./watch.ts";

const PAGE = 500;
/** A list whose pages expire under our hands is begun again this often, then asked for in one piece. */
const PAGED_TRIES = 3;
/** How often a page is asked for whose answer breaks off. */
const PAGE_TRIES = 3;

const PATCH_CONTENT: Record<PatchType, string> = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
  // JSON is YAML.
  apply: "application/apply-patch+yaml",
};

const FIELD_MANAGER = "cutwater";

/** A client of one API server. Nothing is sent before the first call. */
export function connect(options: ConnectOptions): Kube {
  const connection = openConnection(options);
  return { read: reader(connection), write: writer(connection) };
}

function reader(connection: Connection): KubeRead {
  return {
    async get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) {
      const path = objectPath(kind, namespace, name);
      return undefinedIfMissing(connection.json<T>({ method: "GET", path }));
    },

    async list<T extends KubeObject>(kind: Kind<T>, options: Listing<T> = {}) {
      const found = await listFromMemory(connection, kind, options);
      if (found) return found;
      for (let tries = 1; ; tries++) {
        try {
          return await listPages(connection, kind, options, tries <= PAGED_TRIES ? PAGE : undefined);
        } catch (error) {
          if (!isGone(error) || tries > PAGED_TRIES) throw error;
        }
      }
    },

    watch<T extends KubeObject>(
      kind: Kind<T>,
      options: ListOptions & { resourceVersion: string; signal: AbortSignal },
    ) {
      const query = queryString({
        ...selectors(options),
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        timeoutSeconds: WATCH_SECONDS,
      });
      return watchEvents<T>(connection, collectionPath(kind, options.namespace) + query, options.signal);
    },

    async podLog(namespace, pod, { signal, ...options } = {}) {
      const path = objectPath(POD, namespace, pod, "log") + queryString(options);
      const accept = "*/*";
      const answer = await connection.send({
        method: "GET",
        path,
        accept,
        signal,
        silenceMs: options.follow ? 0 : undefined,
      });
      return Readable.toWeb(answer.body) as ReadableStream<Uint8Array>;
    },
  };
}

function writer(connection: Connection): KubeWrite {
  return {
    create: (kind, object) =>
      connection.json({
        method: "POST",
        path: collectionPath(kind, object.metadata.namespace),
        body: { apiVersion: apiVersion(kind), kind: kind.kind, ...object },
      }),

    replace: (kind, object) =>
      connection.json({
        method: "PUT",
        path: objectPath(kind, object.metadata.namespace ?? "", object.metadata.name),
        body: { apiVersion: apiVersion(kind), kind: kind.kind, ...object },
      }),

    patch: (kind, namespace, name, patch, { type = "merge", subresource, fieldManager, force } = {}) =>
      connection.json({
        method: "PATCH",
        path:
          objectPath(kind, namespace, name, subresource) +
          queryString({ fieldManager: fieldManager ?? FIELD_MANAGER, ...(type === "apply" && { force }) }),
        body: patch,
        contentType: PATCH_CONTENT[type],
      }),

    async delete(kind, namespace, name, options = {}) {
      const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", ...options };
      const path = objectPath(kind, namespace, name);
      await undefinedIfMissing(connection.json({ method: "DELETE", path, body }));
    },
  };
}

const selectors = ({ labelSelector, fieldSelector }: ListOptions): Query => ({
  labelSelector,
  fieldSelector,
});

type Listing<T> = ListOptions & WholeList<T>;

/** A server that is away, busy or starting has its memory soon; who may not read it may not read pages either. */
const NO_ANSWER = [0, 401, 403, 404, 429, 503];

/** undefined when pages must do: its memory is older (504), or the answer broke off. */
async function listFromMemory<T extends KubeObject>(
  connection: Connection,
  kind: Kind<T>,
  options: Listing<T>,
): Promise<{ items: T[]; resourceVersion: string } | undefined> {
  const { notOlderThan } = options;
  if (notOlderThan === undefined) return undefined;
  const query = queryString({
    ...selectors(options),
    resourceVersion: notOlderThan,
    resourceVersionMatch: "NotOlderThan",
  });
  const path = collectionPath(kind, options.namespace) + query;
  let answer: Answer;
  try {
    answer = await connection.send({ method: "GET", path });
  } catch (error) {
    if (error instanceof KubeError && !NO_ANSWER.includes(error.status)) return undefined;
    throw error;
  }
  try {
    return await readItems(answer, path, kind, options);
  } catch {
    return undefined;
  }
}

/** Items of built-in kinds come without their type. */
async function readItems<T extends KubeObject>(
  answer: Answer,
  path: string,
  kind: Kind<T>,
  { project }: Listing<T>,
): Promise<{ items: T[]; resourceVersion: string; next: string | undefined }> {
  const items: T[] = [];
  const see = (item: T) => {
    const whole = { ...item, apiVersion: apiVersion(kind), kind: kind.kind };
    items.push(project?.(whole) ?? whole);
  };
  const { metadata } = await readList(answer.body, path, see).catch((error: unknown) => {
    throw transportError(error, `GET ${path}`);
  });
  return { items, resourceVersion: metadata.resourceVersion, next: metadata.continue };
}

async function listPages<T extends KubeObject>(
  connection: Connection,
  kind: Kind<T>,
  options: Listing<T>,
  limit: number | undefined,
): Promise<{ items: T[]; resourceVersion: string }> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = queryString({ ...selectors(options), limit, continue: next });
    const page = await onePage(connection, collectionPath(kind, options.namespace) + query, kind, options);
    // Not push(...): a spread of 125,000 arguments overflows.
    for (const item of page.items) items.push(item);
    next = page.next;
    if (!next) return { items, resourceVersion: page.resourceVersion };
  }
}

/** A connection may be cut in the middle of any of two hundred pages: that costs the page, not the list. */
async function onePage<T extends KubeObject>(
  connection: Connection,
  path: string,
  kind: Kind<T>,
  options: Listing<T>,
): ReturnType<typeof readItems<T>> {
  for (let tries = 1; ; tries++) {
    try {
      return await readItems(await connection.send({ method: "GET", path }), path, kind, options);
    } catch (error) {
      const brokeOff = error instanceof KubeError && error.status === 0;
      if (!brokeOff || tries >= PAGE_TRIES) throw error;
    }
  }
}

async function undefinedIfMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    // A 404 without the reason is about the path (a missing CRD, a wrong server), not about the object.
    if (error instanceof KubeError && error.status === 404 && error.reason === "NotFound") return undefined;
    throw error;
  }
}

// A Kubernetes API server in one process: small, but with the protocol of the real one, and its state in SQLite.
import { randomInt, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { mayEnter } from "./bearer.ts";
import { commit, type Engine, keyOf, lookUp, timestamp } from "./engine.ts";
import { loadDefinitions, serveDefinition } from "./establish.ts";
import { sendError } from "./exchange.ts";
import { collectGarbage } from "./garbage.ts";
import type { ApiObject } from "./json.ts";
import { Registry } from "./registry.ts";
import { router } from "./router.ts";
import { ApiError } from "./status.ts";
import { openStore } from "./store.ts";
import { sweep } from "./sweep.ts";
import { WatchHub } from "./watch-hub.ts";

export interface KubeServerOptions {
  /** 127.0.0.1 unless told. */
  host?: string;
  /** What every request must carry as its bearer token; without one everybody who can connect may do everything. */
  token?: string;
  /** What it shows kubelets when it asks them for logs; their `logToken`. */
  kubeletToken?: string;
  /** 0 for any free one. */
  port: number;
  /** SQLite file, or ":memory:". */
  file: string;
  clock: Clock;
  log: Logger;
  /** In [0, 1): suffixes of generated names, lengths of watches. */
  random?: () => number;
  /** How many changes watches can go back; older ones are answered 410 Expired. */
  keepRevisions?: number;
}

export interface KubeServer {
  url: string;
  close(): Promise<void>;
}

const chance = (): number => randomInt(2 ** 32) / 2 ** 32;

const KEEP_REVISIONS = 10_000;
const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Resolves when it listens. Rejects with node's error when the port is taken or the file can not be opened. */
export async function startKubeServer(options: KubeServerOptions): Promise<KubeServer> {
  const { clock, log, host = "127.0.0.1" } = options;
  const store = openStore(options.file);
  const engine: Engine = {
    ...{
      store,
      clock,
      log,
      registry: new Registry(),
      hub: new WatchHub(),
      random: options.random ?? chance,
    },
    uuid: randomUUID,
    kubeletToken: options.kubeletToken,
    afterWrite: (resource, object) => {
      if (resource.kind === "CustomResourceDefinition") serveDefinition(engine, object);
    },
    afterRemoval: (resource, object) => collectGarbage(engine, resource, object),
  };
  loadDefinitions(engine);
  createNamespaces(engine);
  const stop = new AbortController();
  const handle = router(engine, stop.signal);
  const server = createServer((request, response) => {
    if (mayEnter(request, options.token)) void handle(request, response);
    else sendError(response, new ApiError(401, "Unauthorized", "Unauthorized"));
  });
  server.keepAliveTimeout = 60_000;
  // A watch may be silent for longer than node's limit for requests.
  server.requestTimeout = 0;
  await listen(server, host, options.port).catch((error) => {
    store.close();
    throw error;
  });
  const swept = sweep(engine, options.keepRevisions ?? KEEP_REVISIONS, stop.signal);
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = async () => {
    stop.abort();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await Promise.all([closed, swept]);
    store.close();
  };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });

function createNamespaces(engine: Engine): void {
  const resource = engine.registry.find("", "v1", "namespaces");
  for (const name of NAMESPACES) {
    if (!resource || lookUp(engine, resource, "", name)) continue;
    const now = timestamp(engine.clock.now());
    const metadata = { name, uid: engine.uuid(), creationTimestamp: now };
    const namespace: ApiObject = { apiVersion: "v1", kind: "Namespace", metadata };
    resource.strategy.prepareCreate?.(namespace, now);
    if (!engine.store.get(keyOf(resource, "", name))) commit(engine, resource, namespace);
  }
}

// GitHub on this machine: REST, GraphQL, git over HTTP, webhooks and pages, on one port.
import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Http2Bindings, type HttpBindings, type ServerType, serve } from "@hono/node-server";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { withoutEndSlashes } from "../../lib/without-end-slashes.ts";
import { isOwnHost } from "../own-host.ts";
import { gitHubApp } from "./app.ts";
import { Faults } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { openStore, type Store } from "./store.ts";
import { Webhooks } from "./webhooks.ts";
import type { World } from "./world.ts";

export interface GitHubServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Holds the database and the bare repositories; the same directory goes on where it stopped. */
  directory: string;
  clock: Clock;
  log: Logger;
  random: () => number;
  /** What `POST /_cutwater/…` must carry as a bearer token; without it anybody who connects may set things up. */
  adminToken?: string;
  /** How the outside reaches this server, when it is not `http://host:port`. */
  publicUrl?: string;
  /** Requests an hour and token; GitHub's 5000 unless given. */
  rateLimit?: number;
}

export interface GitHubServer {
  url: string;
  /** True when no webhook delivery is under way. */
  idle(): boolean;
  close(): Promise<void>;
}

const RATE_LIMIT = 5000;
/** Node's 5 s would close connections that a client in this same, busy process is about to use again. */
const KEEP_ALIVE_MS = 120_000;

/** Rejects when the port is taken or the directory cannot be written. */
export async function startGitHubServer(options: GitHubServerOptions): Promise<GitHubServer> {
  await mkdir(join(options.directory, "git"), { recursive: true });
  const store = openStore(join(options.directory, "github.sqlite"));
  const world = {
    store,
    clock: options.clock,
    log: options.log,
    random: options.random,
    url: "",
    directory: options.directory,
    repositories: new Map(),
  } as unknown as World;
  world.webhooks = new Webhooks(world);
  world.ledger = new Ledger(store);
  world.faults = new Faults(options);
  bornWith(store, world.faults);
  const answer = gitHubApp(world, {
    rateLimit: options.rateLimit ?? RATE_LIMIT,
    adminToken: options.adminToken,
  });
  const fetch: Fetch = (request, { incoming }) =>
    isOwnHost(request.headers.get("host") ?? undefined, options.host, world.url)
      ? answer(request, () => incoming.socket.destroy())
      : new Response("This GitHub is only for this machine: call it by localhost.\n", { status: 403 });
  const server = await listen(fetch, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  world.url = withoutEndSlashes(options.publicUrl ?? `http://${host}:${port}`);
  world.webhooks.resume();
  return {
    url: world.url,
    idle: () => world.webhooks.idle,
    async close() {
      world.webhooks.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      store.close();
    },
  };
}

/** Lists that lag have to know what is new. */
function bornWith(store: Store, faults: Faults): void {
  const { nextId } = store;
  store.nextId = () => {
    const id = nextId();
    faults.born(id);
    return id;
  };
}

type Fetch = (request: Request, env: HttpBindings | Http2Bindings) => Response | Promise<Response>;

function listen(fetch: Fetch, hostname: string, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const serverOptions = { keepAliveTimeout: KEEP_ALIVE_MS };
    const server = serve({ fetch: fetch, hostname, port, serverOptions }, () => resolve(server));
    server.once("error", reject);
  });
}

// The hook component: a gateway that takes webhooks in, and a worker that hands them to the plugins; either or both.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { Guests } from "../guests/port.ts";
import { within } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { briefly } from "../lib/kept/briefly.ts";
import { aborted } from "../lib/waiting/aborted.ts";
import type { Queue } from "../queue/port.ts";
import { type DispatchDeps, dispatcher } from "./dispatch.ts";
import { type GatewayDeps, gateway } from "./gateway.ts";
import { type Inside, outside } from "./hand-over.ts";
import { type Marks, memoryMarks } from "./mark-store.ts";
import { hookMetrics } from "./metrics.ts";
import { onlyOnce } from "./only-once.ts";
import { plainText } from "./plain-text.ts";
import { type HelpDeps, pluginHelp } from "./plugin-help.ts";
import { queueMetrics } from "./queue-metrics.ts";
import { type ResyncDeps, runResync } from "./run-resync.ts";
import { runSweep, type SweepDeps } from "./run-sweep.ts";
import { sweepMetrics } from "./sweep-metrics.ts";

/** What the parts need, all but their metrics. */
type Parts = Omit<DispatchDeps, "metrics"> & Omit<GatewayDeps, "metrics"> & HelpDeps;

export interface HookDeps extends Parts {
  metrics: Registry;
  queue: Queue;
  /** What waits for external plugins and Probot apps. */
  outside: Queue;
  guests?: Guests;
  inside?: Inside;
  /** What is known of the queue's memory outside of it; default: in this process. */
  marks?: Marks;
  /** Looks through GitHub's logs for deliveries that never came; default: it does not. */
  sweep?: Pick<SweepDeps, "logs" | "hooks" | "periodMs">;
  /** Compares open pull requests with what webhooks told; default: it does not. */
  resync?: Pick<ResyncDeps, "read" | "relay" | "places" | "acts" | "periodMs">;
  clock: Clock;
  role: "gateway" | "worker" | "all";
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** `--webhook-path`. */
  webhookPath: string;
  /** Pull requests worked on side by side. */
  concurrency: number;
  /** After so many failed attempts a delivery is a dead letter. */
  maxAttempts: number;
  /** So long webhooks are taken after the signal to stop: a Service learns of it late. Default: they are not. */
  lingerMs?: number;
  /** Called with the port once webhooks are accepted. */
  onListening?: (port: number) => void;
}

/** Defaults of the figures above. */
export const HOOK_DEFAULTS = { webhookPath: "/hook", port: 8888, concurrency: 20, maxAttempts: 30 } as const;

/** Handed over side by side to programs that are not ours: waiting for them costs nothing. */
const OUTSIDE_CONCURRENCY = 256;

/** GitHub gives up after 10 s, so a slower sender is not GitHub. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Runs until `signal` aborts and what is under way is done: answers are sent, deliveries being worked on end. */
export function runHook(deps: HookDeps, signal: AbortSignal): Promise<void> {
  const handOvers = (stop: AbortSignal) =>
    deps.outside.work(outside({ ...deps, metrics: hookMetrics(deps.metrics) }), {
      signal: stop,
      concurrency: OUTSIDE_CONCURRENCY,
      maxAttempts: deps.maxAttempts,
    });
  const { sweep, marks = memoryMarks() } = deps;
  queueMetrics(deps.metrics, { webhooks: deps.queue, outside: deps.outside }, deps.clock);
  const sweeping = (stop: AbortSignal) =>
    sweep
      ? runSweep({ ...deps, ...sweep, marks, metrics: sweepMetrics(deps.metrics) }, stop)
      : Promise.resolve();
  const { resync } = deps;
  const resyncing = (stop: AbortSignal) =>
    resync
      ? within({ caller: { name: "resync", scan: true } }, () =>
          runResync({ ...deps, ...resync, marks }, stop),
        )
      : Promise.resolve();
  const more = {
    listener: () => hookHandler(deps),
    workers: [handOvers, sweeping, resyncing],
    end: () => deps.guests?.close(),
  };
  return runParts(deps, more, signal);
}

/** What it takes to take deliveries in and to work on them. */
export type DeliveryDeps = Omit<HookDeps, "declared" | "github" | "guests" | "outside" | "webhookPath"> &
  Pick<DispatchDeps, "outside">;

interface MoreParts {
  /** Of the port. */
  listener(): RequestListener;
  /** Beside the one that works on deliveries. */
  workers: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** When it is to stop. */
  end?(): Promise<void> | undefined;
}

/** The gateway and the worker; `role` says which. */
export async function runParts(deps: DeliveryDeps, more: MoreParts, signal: AbortSignal): Promise<void> {
  const parts: Promise<void>[] = [];
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const ended = aborted(both).then(() => more.end?.());
  if (deps.role !== "worker") parts.push(serve(deps, more.listener(), both));
  if (deps.role !== "gateway") {
    const { concurrency, maxAttempts } = deps;
    const metrics = hookMetrics(deps.metrics);
    const options = { signal: both, concurrency, maxAttempts };
    parts.push(
      deps.queue.work(onlyOnce(dispatcher({ ...deps, metrics })), options),
      ...more.workers.map((work) => work(both)),
    );
  }
  try {
    await Promise.all(parts);
  } finally {
    // One part that breaks ends the other, so that the process is started anew.
    stop.abort();
    await Promise.allSettled([...parts, ended]);
  }
}

/** Anybody who looks at deck asks for it, and what it takes is taken from webhooks. */
const HELP_MS = 5_000;

/** Listener of hook's port: the webhook path, `/plugin-help`, and an empty 200 at `/`. */
export function hookHandler(deps: HookDeps): RequestListener {
  const webhooks = gateway({ ...deps, metrics: hookMetrics(deps.metrics) });
  const helps = pluginHelp(deps);
  const help = briefly(HELP_MS, deps.clock, async () => JSON.stringify(await helps()));
  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === deps.webhookPath) webhooks(request, response);
    else if (path === "/plugin-help") void sendHelp(deps, help, request, response);
    else if (path === "/") response.writeHead(200).end();
    else plainText(response, 404, "404 page not found");
  };
}

async function sendHelp(
  { log }: HookDeps,
  help: () => Promise<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("cache-control", "no-cache");
  if (request.method !== "GET") return plainText(response, 405, "405 Method not allowed");
  try {
    const body = await help();
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  } catch (error) {
    log.error({ error }, "the help of the plugins could not be put together");
    const reason = (error as Error).message;
    plainText(response, 500, `500 Internal server error marshaling plugin help: ${reason}`);
  }
}

async function serve(
  deps: Pick<DeliveryDeps, "clock" | "host" | "port" | "lingerMs" | "onListening">,
  listener: RequestListener,
  signal: AbortSignal,
): Promise<void> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
  });
  server.on("request", (request, response) => {
    // Whoever keeps a connection would send more on it when it is closed.
    if (signal.aborted) response.setHeader("connection", "close");
    listener(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(deps.port, deps.host, resolve);
  });
  deps.onListening?.((server.address() as AddressInfo).port);
  await aborted(signal);
  if (deps.lingerMs) await deps.clock.sleep(deps.lingerMs);
  await close(server);
}

/** Requests under way get their answers, idle connections are closed. */
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

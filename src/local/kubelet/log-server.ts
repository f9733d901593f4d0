// The kubelet's own port: the API server asks here for the logs of containers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTLSServer } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../../lib/clock.ts";
import { sameSecret } from "../../lib/same-secret.ts";
import { type LogEnd, type LogOptions, readLog } from "./container-log.ts";

export interface LogSource {
  /** The file, and its end; undefined when there is no such container here. */
  find(
    namespace: string,
    pod: string,
    container: string,
    previous: boolean,
  ): Promise<(LogEnd & { file: string }) | undefined>;
}

export interface LogServerOptions {
  /** 127.0.0.1 unless told. */
  host?: string;
  /** What a request for a log must carry as its bearer token; without one, everybody who can connect may read. */
  token?: string;
  /** 0 takes a free one. */
  port: number;
  /** A real API server speaks TLS to kubelets. */
  tls?: { key: string; cert: string };
  clock: Clock;
}

export async function startLogServer(
  { host = "127.0.0.1", port, tls, token, clock }: LogServerOptions,
  source: LogSource,
): Promise<{ port: number; close(): Promise<void> }> {
  const stopped = new AbortController();
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    const known = token === undefined || sameSecret(request.headers.authorization ?? "", `Bearer ${token}`);
    answer(request, response, known ? source : undefined, clock, stopped.signal).catch(() =>
      response.destroy(),
    );
  };
  const server: Server = tls ? createTLSServer(tls, handler) : createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        stopped.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Without a source for whom it does not know. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  source: LogSource | undefined,
  clock: Clock,
  stopped: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://kubelet");
  const say = (status: number, text: string) => {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
  };
  if (url.pathname === "/healthz") return say(200, "ok");
  if (!source) return say(401, "Unauthorized\n");
  const match = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(url.pathname);
  if (!match) return say(404, "not found\n");
  const [namespace = "", pod = "", container = ""] = match.slice(1).map(decodeURIComponent);
  const found = await source.find(namespace, pod, container, url.searchParams.get("previous") === "true");
  if (!found) return say(404, `container "${container}" in pod "${pod}" has no log here\n`);

  const closed = new AbortController();
  response.once("close", () => closed.abort());
  const signal = AbortSignal.any([closed.signal, stopped]);
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  response.flushHeaders();
  const lines = readLog(found.file, logOptions(url.searchParams, clock), found, clock, signal);
  await pipeline(Readable.from(lines), response);
}

function logOptions(query: URLSearchParams, clock: Clock): LogOptions {
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const seconds = number("sinceSeconds");
  const since =
    seconds === undefined ? undefined : new Date(clock.now().getTime() - seconds * 1000).toISOString();
  return {
    follow: query.get("follow") === "true",
    timestamps: query.get("timestamps") === "true",
    tailLines: number("tailLines"),
    limitBytes: number("limitBytes"),
    sinceTime: query.get("sinceTime") ?? since,
  };
}

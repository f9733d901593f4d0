// A ghproxy before a GitHub that is a function, for tests.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Registry } from "prom-client";
import { proxyMetrics } from "../../src/ghproxy/metrics.ts";
import { type ProxyOptions, proxy } from "../../src/ghproxy/proxy.ts";
import { sharedStores } from "../../src/ghproxy/store.ts";
import { type UpstreamOptions, upstream } from "../../src/ghproxy/upstream.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { memoryShared } from "../../src/shared/memory.ts";
import { httpServer } from "../lib/http-server.ts";

export type Handle = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface World {
  ask(path: string, init?: RequestInit & { token?: string }): Promise<Response>;
  /** `METHOD path` of all that reached GitHub, with what was asked conditionally. */
  reached: string[];
  registry: Registry;
  close(): Promise<void>;
}

export async function proxyWorld(
  handle: Handle,
  more: Partial<ProxyOptions> = {},
  limits: Partial<Pick<UpstreamOptions, "concurrency" | "spacing">> = {},
): Promise<World> {
  const reached: string[] = [];
  const server = await httpServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const condition = request.headers["if-none-match"];
    reached.push(`${request.method} ${request.url}${condition ? ` unless ${condition}` : ""}`);
    handle(request, response, Buffer.concat(parts).toString());
  });
  const registry = new Registry();
  const metrics = proxyMetrics(registry);
  const clock = systemClock;
  const answer = proxy({
    ...{ clock, log: silent, metrics, keepMs: 3_600_000, timeoutMs: 10_000, timeoutWords: "10s" },
    storeOf: sharedStores(memoryShared({ clock })),
    upstream: upstream({
      ...{ upstream: server.url, concurrency: 25, spacing: undefined, clock, metrics },
      ...limits,
    }),
    ...more,
  });
  return {
    ask(path, { token = "t1", ...init } = {}) {
      const headers = new Headers(init.headers);
      if (token) headers.set("authorization", `token ${token}`);
      return answer(new Request(`http://ghproxy${path}`, { ...init, headers }));
    },
    reached,
    registry,
    close: () => server.close(),
  };
}

// What operators watch: /healthz, /healthz/ready and /metrics, on Prow's ports.
import type { Registry } from "prom-client";
import type { Health } from "../../lib/health.ts";
import { type Fetch, type Listening, listenFetch } from "./listen.ts";

export interface InstrumentPorts {
  "health-port": number;
  "metrics-port": number;
}

/** Answers as Prow's do: 200 `OK`, and 503 `ReadinessCheck failed` until `ready`. Ours is 503 too where nothing goes on. */
export function healthApp(ready: () => boolean, health: Pick<Health, "problems">): Fetch {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/healthz") {
      const problems = await health.problems();
      return problems.length === 0
        ? new Response("OK")
        : new Response(`${problems.join("\n")}\n`, { status: 503 });
    }
    if (pathname !== "/healthz/ready") return new Response("Not found", { status: 404 });
    return ready() ? new Response("OK") : new Response("ReadinessCheck failed", { status: 503 });
  };
}

export function metricsApp(registry: Registry): Fetch {
  return async (request) =>
    new URL(request.url).pathname === "/metrics"
      ? new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } })
      : new Response("Not found", { status: 404 });
}

/** Both listen before the component is ready; a port that is taken is the operator's to know at once. */
export function instruments(
  ports: InstrumentPorts,
  registry: Registry,
  ready: () => boolean,
  health: Health,
): Promise<Listening[]> {
  return Promise.all([
    listenFetch(healthApp(ready, health), "", ports["health-port"], "health-port"),
    listenFetch(metricsApp(registry), "", ports["metrics-port"], "metrics-port"),
  ]);
}

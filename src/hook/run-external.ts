// An external plugin as a component: it takes webhooks in as hook does, and works on them with one plugin alone.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import type { Plugin } from "../plugins/plugin.ts";
import { bodyReader, REFUSALS } from "./body.ts";
import { gateway } from "./gateway.ts";
import { helpOfExternal } from "./help-entry.ts";
import { hookMetrics } from "./metrics.ts";
import { plainText } from "./plain-text.ts";
import { type DeliveryDeps, runParts } from "./run.ts";

export type ExternalPluginDeps = Omit<DeliveryDeps, "all" | "enabled" | "outside" | "role">;

/** Runs until `signal` aborts and what is under way is done. It acts wherever events come from, as Prow's do. */
export function runExternalPlugin(
  plugin: Plugin,
  deps: ExternalPluginDeps,
  signal: AbortSignal,
): Promise<void> {
  const own = { ...deps, role: "all" as const, all: [plugin], enabled: () => [plugin.name] };
  return runParts(own, { listener: () => externalHandler(plugin, deps), workers: [] }, signal);
}

/** `/help` is for hook; anything else is a webhook. */
function externalHandler(plugin: Plugin, deps: ExternalPluginDeps): RequestListener {
  const webhooks = gateway({ ...deps, metrics: hookMetrics(deps.metrics) });
  const help = helpHandler(plugin, deps);
  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/help") void help(request, response);
    else webhooks(request, response);
  };
}

/** Hook posts the repositories where it is enabled; the help of our own depends on none of them. */
function helpHandler(
  plugin: Plugin,
  { log, plugins }: Pick<ExternalPluginDeps, "plugins"> & { log: Logger },
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const bodies = bodyReader();
  return async (request, response) => {
    response.setHeader("cache-control", "no-cache");
    if (request.method !== "POST") return plainText(response, 405, "405 Method not allowed");
    const body = await bodies.read(request, async (bytes) => bytes);
    if ("refused" in body) return plainText(response, body.refused, REFUSALS[body.refused]);
    try {
      if ("failed" in body) throw new Error(`reading request body: ${errorText(body.failed)}`);
      const repos: unknown = JSON.parse(body.used.toString("utf8"));
      if (repos !== null && !Array.isArray(repos))
        throw new Error("unmarshalling request body: no list of repositories");
      const help = JSON.stringify(helpOfExternal(plugin, plugins(), null));
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(help);
    } catch (error) {
      log.error({ error }, "The help could not be told.");
      plainText(response, 500, `500 Internal server error ${errorText(error)}`);
    }
  };
}

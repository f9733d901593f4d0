// Every request comes here: health, discovery, descriptions, reviews, and resources.
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorText } from "../../lib/error-text.ts";
import { pathWithoutEndSlashes } from "../../lib/without-end-slashes.ts";
import type { Call } from "./call.ts";
import { aggregated, apiVersions, groupInfo, groupList, resourceList } from "./discovery.ts";
import type { Engine } from "./engine.ts";
import { readBody, sendError, sendJson, sendText } from "./exchange.ts";
import type { JsonObject } from "./json.ts";
import { acceptsJson, negotiate, wantsAggregated } from "./negotiate.ts";
import { openApiIndex, openApiV2, openApiV3 } from "./openapi.ts";
import { encodeOpenApiV2, OPENAPI_PROTOBUF, wantsOpenApiProtobuf } from "./openapi-protobuf.ts";
import { resourceRequest } from "./request-info.ts";
import { serveResource } from "./resource-routes.ts";
import { answerReview, findReview } from "./reviews.ts";
import { ApiError, methodNotAllowed } from "./status.ts";

export const VERSION: JsonObject = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.0+cutwater",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "linux/amd64",
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** `stop` ends open watches. */
export function router(engine: Engine, stop: AbortSignal): Handler {
  return async (request, response) => {
    try {
      const url = new URL(request.url ?? "/", "http://localhost");
      if (!servePlain(engine, request, response, url)) await serveApi(engine, request, response, url, stop);
    } catch (error) {
      sendError(response, asApiError(engine, error, request));
    }
  };
}

function asApiError(engine: Engine, error: unknown, request: IncomingMessage): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof URIError) return new ApiError(400, "BadRequest", `malformed URL: ${request.url}`);
  engine.log.error(
    { error, method: request.method, url: request.url },
    "The API server failed at a request.",
  );
  const why = errorText(error);
  return new ApiError(500, "InternalError", `Internal error occurred: ${why}`);
}

/** Answers what is not about resources; false when it is. */
function servePlain(engine: Engine, request: IncomingMessage, response: ServerResponse, url: URL): boolean {
  if (request.method !== "GET") return false;
  const pathname = pathWithoutEndSlashes(url.pathname);
  if (/^\/(healthz|readyz|livez)(\/|$)/.test(pathname)) {
    sendText(response, 200, "ok");
    return true;
  }
  const { accept, host = "" } = request.headers;
  if (pathname === "/openapi/v2" && !acceptsJson(accept)) {
    if (wantsOpenApiProtobuf(accept)) {
      const content = encodeOpenApiV2(openApiV2(engine.registry));
      response.writeHead(200, { "content-type": OPENAPI_PROTOBUF, vary: "Accept" }).end(content);
      return true;
    }
    throw new ApiError(
      406,
      "NotAcceptable",
      "406: Not Acceptable\n\nAvailable representations: application/json",
      {},
    );
  }
  const document = plainDocument(engine, pathname, accept, host);
  if (!document) return false;
  if (wantsAggregated(accept) && document["kind"] === "APIGroupDiscoveryList") {
    const type = `application/json;g=apidiscovery.k8s.io;v=${wantsAggregated(accept)};as=APIGroupDiscoveryList`;
    const text = JSON.stringify(document);
    response.writeHead(200, { "content-type": type, vary: "Accept" }).end(text);
  } else sendJson(response, 200, document);
  return true;
}

function plainDocument(
  { registry }: Engine,
  pathname: string,
  accept: string | undefined,
  host: string,
): JsonObject | undefined {
  const form = wantsAggregated(accept);
  const parts = pathname.split("/").slice(1);
  switch (parts[0]) {
    case "":
      return {
        paths: [
          "/api",
          "/api/v1",
          "/apis",
          "/healthz",
          "/livez",
          "/openapi/v2",
          "/openapi/v3",
          "/readyz",
          "/version",
        ],
      };
    case "version":
      return parts.length === 1 ? VERSION : undefined;
    case "api":
      if (parts.length === 1) return form ? aggregated(registry, true, form) : apiVersions(host);
      return parts.length === 2 ? resourceList(registry, "", parts[1] ?? "") : undefined;
    case "apis":
      if (parts.length === 1) return form ? aggregated(registry, false, form) : groupList(registry);
      if (parts.length === 2) return groupInfo(registry, parts[1] ?? "");
      return parts.length === 3 ? resourceList(registry, parts[1] ?? "", parts[2] ?? "") : undefined;
    case "openapi":
      if (pathname === "/openapi/v2") return openApiV2(registry);
      if (pathname === "/openapi/v3") return openApiIndex(registry);
      return openApiV3(registry, parts.slice(3).join("/"));
    default:
      return undefined;
  }
}

async function serveApi(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  stop: AbortSignal,
): Promise<void> {
  const method = request.method ?? "GET";
  const asked = resourceRequest(url.pathname);
  if (!asked) return sendText(response, 404, "404 page not found\n");
  const body = await readBody(request);
  const review = findReview(asked.group, asked.version, asked.plural);
  if (review) {
    if (method !== "POST") throw methodNotAllowed();
    return sendJson(response, 201, answerReview(review, body, request.headers["content-type"] ?? ""));
  }
  const resource = engine.registry.find(asked.group, asked.version, asked.plural);
  const known = resource && (!asked.subresource || resource.subresources.includes(asked.subresource));
  if (!known || (asked.namespace && !resource.namespaced)) {
    return unknownResource(engine, response, asked.group, asked.version);
  }
  const writesNowhere = method !== "GET" && method !== "DELETE" && resource.namespaced && !asked.namespace;
  if (writesNowhere) throw methodNotAllowed();
  const { accept, "user-agent": userAgent = "", "content-type": contentType = "" } = request.headers;
  const { as } = asked.subresource === "log" ? { as: "object" as const } : negotiate(accept);
  const { namespace, name, subresource } = asked;
  const call: Call = {
    ...{ resource, namespace, name, subresource, query: url.searchParams, userAgent, contentType, body },
    warnings: [],
  };
  await serveResource(engine, call, { method, as, response, stop });
}

/** In a group that is served the answer is a Status, elsewhere a plain page. */
function unknownResource(
  { registry }: Engine,
  response: ServerResponse,
  group: string,
  version: string,
): void {
  if (!resourceList(registry, group, version)) {
    sendText(response, 404, "404 page not found\n");
    return;
  }
  throw new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

// REST as a whole: authentication, rate limit, input, routes, ETags and error shapes around the handlers.
import { createHash } from "node:crypto";
import { Hono } from "hono";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Actor } from "./access.ts";
import { ApiError, notFound } from "./api-error.ts";
import { authenticate } from "./authenticate.ts";
import { Call, ok, type Reply, type Route, route } from "./call.ts";
import { type RateLimit, type Resource, rateHeaders } from "./rate-limit.ts";
import { actionRoutes } from "./routes/actions.ts";
import { appRoutes } from "./routes/app.ts";
import { commentRoutes } from "./routes/comments.ts";
import { commitFallbacks, commitRoutes } from "./routes/commits.ts";
import { contentRoutes } from "./routes/contents.ts";
import { gitDataRoutes } from "./routes/git-data.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { issueRoutes } from "./routes/issues.ts";
import { labelRoutes } from "./routes/labels.ts";
import { orgRoutes } from "./routes/orgs.ts";
import { protectionRoutes } from "./routes/protection.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { reportRoutes } from "./routes/reports.ts";
import { repoRoutes } from "./routes/repos.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { searchRoutes } from "./routes/search.ts";
import { uuid, type World } from "./world.ts";

const routes: Route[] = [
  ...repoRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...gitDataRoutes,
  ...contentRoutes,
  ...commitRoutes,
  ...protectionRoutes,
  ...reportRoutes,
  ...actionRoutes,
  ...commitFallbacks,
  ...orgRoutes,
  ...searchRoutes,
  ...hookRoutes,
  ...appRoutes,
];

interface Bindings {
  actor: Actor;
}
type App = Hono<{ Bindings: Bindings }>;

export function restApp(world: World, limits: RateLimit): (request: Request) => Promise<Response> {
  const app: App = new Hono({ router: new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] }) });
  for (const { method, path, handle } of [...routes, rateLimitRoute(limits)]) {
    app.on(method, [path, `/api/v3${path}`], async (c) => {
      const { actor } = c.env;
      const call = new Call({
        world,
        actor,
        method,
        path: c.req.path,
        params: c.req.param() as Record<string, string>,
        query: new URL(c.req.url).searchParams,
        accept: c.req.header("accept") ?? "",
        body: method === "GET" ? {} : await readBody(c.req.raw),
      });
      return answer(world, limits, call, c.req.raw, await handle(call));
    });
  }
  app.notFound((c) => failure(world, notFound(), allowance(limits, c.env.actor, c.req.path)));
  app.onError((error, c) => failure(world, error, allowance(limits, c.env.actor, c.req.path)));
  return (request) => admit(world, limits, app, request);
}

const resourceOf = (path: string): Resource => (/^(\/api\/v3)?\/search\//.test(path) ? "search" : "core");

const allowance = (limits: RateLimit, actor: Actor, path: string): Record<string, string> =>
  rateHeaders(limits.look(actor.key, resourceOf(path)));

const rateLimitRoute = (limits: RateLimit): Route =>
  route("GET", "/rate_limit", (call) => {
    const shown = (resource: Resource) => {
      const { limit, remaining, used, reset } = limits.look(call.actor.key, resource);
      return { limit, remaining, used, reset };
    };
    const resources = { core: shown("core"), search: shown("search"), graphql: shown("graphql") };
    return ok({ resources, rate: resources.core });
  });

/** Authentication and rate limit come before routing, so that they also count for what does not exist. */
async function admit(world: World, limits: RateLimit, app: App, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    const actor = authenticate(world, request.headers.get("authorization") ?? undefined, "local");
    if (!pathname.endsWith("/rate_limit")) limits.take(actor.key, resourceOf(pathname));
    return await app.fetch(request, { actor });
  } catch (error) {
    return failure(world, error, {});
  }
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(400, "Problems parsing JSON");
  }
  if (typeof body !== "object" || body === null) throw new ApiError(400, "Body should be a JSON object");
  return body as Record<string, unknown>;
}

const baseHeaders = (world: World): Record<string, string> => ({
  "x-github-request-id": uuid(world).toUpperCase(),
  "x-github-media-type": "github.v3; format=json",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "ETag, Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
  "x-content-type-options": "nosniff",
});

const JSON_TYPE = "application/json; charset=utf-8";

function answer(world: World, limits: RateLimit, call: Call, request: Request, reply: Reply): Response {
  const resource = resourceOf(call.path);
  const headers = {
    ...baseHeaders(world),
    ...rateHeaders(limits.look(call.actor.key, resource)),
    ...reply.headers,
  };
  if (reply.status === 204) return new Response(null, { status: 204, headers });
  const content = reply.raw?.content ?? JSON.stringify(reply.body);
  const typed = { ...headers, "content-type": reply.raw?.type ?? JSON_TYPE };
  if (call.method !== "GET" || reply.status !== 200)
    return new Response(content, { status: reply.status, headers: typed });
  const etag = `W/"${createHash("sha256")
    .update(content)
    .update(headers["link"] ?? "")
    .digest("hex")}"`;
  const caching = {
    etag,
    "cache-control": "private, max-age=60, s-maxage=60",
    vary: "Accept, Authorization, Cookie, X-GitHub-OTP",
  };
  const known = (request.headers.get("if-none-match") ?? "").split(/\s*,\s*/);
  if (!known.some((tag) => tag === etag || `W/${tag}` === etag))
    return new Response(content, { status: 200, headers: { ...typed, ...caching } });
  const returned = rateHeaders(limits.giveBack(call.actor.key, resource));
  return new Response(null, { status: 304, headers: { ...headers, ...returned, ...caching } });
}

function failure(world: World, error: unknown, headers: Record<string, string>): Response {
  const known = error instanceof ApiError ? error : new ApiError(500, "Server Error");
  if (known !== error)
    world.log.error({ error: error instanceof Error ? error.stack : String(error) }, "REST request failed");
  return Response.json(known.body, {
    status: known.status,
    headers: { ...baseHeaders(world), ...headers, ...known.headers, "content-type": JSON_TYPE },
  });
}

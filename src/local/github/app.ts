// Sends each request where it belongs: git, the set-up interface, GraphQL, REST, or a page for people.
import type { Actor } from "./access.ts";
import { canSee } from "./access.ts";
import { admin } from "./admin.ts";
import { ApiError } from "./api-error.ts";
import { authenticate } from "./authenticate.ts";
import { answerGraphQL } from "./graphql/answer.ts";
import { pages } from "./pages/pages.ts";
import { RateLimit } from "./rate-limit.ts";
import { restApp } from "./rest.ts";
import { advertise, serve } from "./smart-http.ts";
import { watched } from "./watched.ts";
import { findRepo, type World } from "./world.ts";

const GIT = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;
const GRAPHQL = /^(\/api)?\/graphql$/;
/** The first parts of REST paths; accounts cannot have these names. */
const REST =
  /^\/(repos|orgs|organizations|users?|app|app-manifests|installation|search|rate_limit|meta|teams|repositories|issues|api\/v3)(\/|$)|^\/apps\/[^/]+$/;

export interface GitHubAppOptions {
  /** Requests an hour and token. */
  rateLimit: number;
  adminToken?: string;
}

/** `cut` breaks the connection that the request came on. */
type Answer = (request: Request, cut: () => void) => Promise<Response>;

export function gitHubApp(world: World, options: GitHubAppOptions): Answer {
  const limits = new RateLimit(world.clock, options.rateLimit);
  const rest = restApp(world, limits);
  const people = pages(world);
  const setUp = admin(world, options.adminToken);
  const graphql = (request: Request) => answerGraphQL(world, limits, request);
  const watch = watched(world);
  return async (request, cut) => {
    const { pathname } = new URL(request.url);
    const git = GIT.exec(pathname);
    const wantsPage = /text\/html/.test(request.headers.get("accept") ?? "");
    try {
      if (git) return await watch(request, cut, (wanted) => answerGit(world, wanted, git));
      const refusal = refuseBody(request);
      if (refusal) return refusal;
      if (pathname.startsWith("/_cutwater/")) return await setUp(request);
      if (GRAPHQL.test(pathname)) return await watch(request, cut, graphql);
      if (REST.test(pathname) && !(wantsPage && pathname.startsWith("/apps/")))
        return await watch(request, cut, rest);
      return await people(request);
    } catch (error) {
      world.log.error({ path: pathname, error: String(error) }, "request failed");
      return Response.json({ message: "Server Error" }, { status: 500 });
    }
  };
}

const MOST_BODY = 25 * 1024 * 1024;

/** Bodies are read whole, so one must say how long it is, and be of GitHub's size. */
function refuseBody({ headers }: Request): Response | undefined {
  if (headers.has("transfer-encoding")) return Response.json({ message: "Length Required" }, { status: 411 });
  const tooLarge = Number(headers.get("content-length") ?? 0) > MOST_BODY;
  return tooLarge ? Response.json({ message: "Payload too large" }, { status: 413 }) : undefined;
}

async function answerGit(world: World, request: Request, match: RegExpExecArray): Promise<Response> {
  const [, owner = "", name = "", what] = match;
  let actor: Actor;
  try {
    actor = authenticate(world, request.headers.get("authorization") ?? undefined, "git");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return new Response("Invalid username or token.\n", {
      status: 401,
      headers: { "www-authenticate": 'Basic realm="GitHub"' },
    });
  }
  const repo = findRepo(world, owner, name);
  if (!repo || !canSee(world, actor, repo)) {
    if (actor.account) return new Response("Repository not found.\n", { status: 404 });
    return new Response("Authentication required\n", {
      status: 401,
      headers: { "www-authenticate": 'Basic realm="GitHub"' },
    });
  }
  const wanted = { world, actor, repo, request };
  if (what === "info/refs") return advertise(wanted);
  return serve(wanted, what === "git-upload-pack" ? what : "git-receive-pack");
}

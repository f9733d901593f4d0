// The Octokit of a guest: everything that Probot's has, but its requests go to GitHub through hook, which has the authority.
import { ProbotOctokit } from "probot";
import type { RepoRef } from "../model/github.ts";
import type { Errand, HookLine } from "./hook-line.ts";

interface AuthOptions {
  type: string;
  event?: { id: string };
  factory?: (options: object) => unknown;
}

interface Strategy {
  octokit: { constructor: new (options: object) => unknown };
  octokitOptions: object;
  errand?: Errand;
}

type Sent = { method?: string; headers?: Record<string, string>; body?: string | Uint8Array };

/** Hook limits requests and tries them again, for all its guests and plugins together. */
const LEFT_TO_HOOK = { throttle: { enabled: false }, retry: { enabled: false } };

/** `endpoint`: the address of GitHub's API that its requests begin with; no slash at the end. */
export function guestOctokit(line: HookLine, endpoint: string): typeof ProbotOctokit {
  const fetchFor = (errand?: Errand) => (url: string, sent: Sent) =>
    carry(line, errand, { url, path: pathBelow(endpoint, url), ...sent });

  function strategy({ octokit, octokitOptions, errand }: Strategy) {
    const bound = (to: Errand | undefined) =>
      new octokit.constructor({ ...octokitOptions, ...optionsFor(to) });
    async function auth({ type, event, factory }: AuthOptions): Promise<unknown> {
      if (type === "event-octokit") return bound({ delivery: line.deliveryOf(event?.id ?? "") });
      if (type === "installation" && factory) return bound(undefined);
      const reply = await line.ask(errand ?? {}, { token: true });
      if (reply.kind !== "token") throw new Error("hook gave no token");
      return { type: "token", tokenType: "installation", token: reply.token };
    }
    return Object.assign(auth, {
      hook: (request: (endpoint: object) => unknown, route: object) => request(route),
    });
  }

  const optionsFor = (errand?: Errand) => ({
    authStrategy: strategy,
    auth: { errand },
    request: { fetch: fetchFor(errand) },
    ...LEFT_TO_HOOK,
  });
  return ProbotOctokit.plugin(formerNames).defaults((given: object) => ({
    ...optionsFor(),
    ...given,
    ...LEFT_TO_HOOK,
  }));
}

/** Apps written for earlier Probots say `octokit.issues` for `octokit.rest.issues`. */
function formerNames(octokit: object): Record<string, unknown> {
  const { rest = {} } = octokit as { rest?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !(name in octokit)));
}

async function carry(
  line: HookLine,
  errand: Errand | undefined,
  { url, path, method = "GET", headers = {}, body }: Sent & { url: string; path: string },
): Promise<Response> {
  if (body !== undefined && typeof body !== "string")
    throw new Error("a guest can send text to GitHub, not bytes; run the app by itself, as an `endpoint`");
  const request = { method, path, headers, ...(body !== undefined && { body }) };
  const reply = await line.ask(errand ?? { repo: repoIn(path) }, { request });
  if (reply.kind !== "answer") throw new Error("hook gave no answer");
  const empty = reply.status === 204 || reply.status === 205 || reply.status === 304;
  const init = { status: reply.status, headers: reply.headers };
  const response = new Response(empty ? null : Buffer.from(reply.body, "base64"), init);
  Object.defineProperty(response, "url", { value: url });
  return response;
}

/** Whatever the host: pages that follow are named by GitHub's own address. */
function pathBelow(endpoint: string, url: string): string {
  if (url.startsWith(`${endpoint}/`)) return url.slice(endpoint.length);
  const { pathname, search } = new URL(url);
  return pathname.replace(/^\/api\/v3(?=\/)/, "").replace(/^\/api(?=\/graphql)/, "") + search;
}

function repoIn(path: string): RepoRef | undefined {
  const [, org, repo] = /^\/repos\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  return org && repo ? { org, repo } : undefined;
}

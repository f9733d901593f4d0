// Octokit over our transport: typed-enough calls, whole lists by Link, and every failure as a GitHubError.
import { Octokit } from "@octokit/rest";
import { isRecord } from "../lib/schema.ts";
import { GitHubError } from "./error.ts";
import type { Identity, Transport } from "./transport.ts";

export type Parameters = Record<string, unknown>;

export interface Api {
  /** Data of the answer. `org` chooses the authorization; route as in GitHub's documentation, `GET /repos/{owner}/…`. */
  call(org: string, route: string, parameters?: Parameters): Promise<unknown>;
  /** Elements of all pages; `key` names the list when the answer is an object. */
  all(org: string, route: string, parameters?: Parameters, key?: string): Promise<unknown[]>;
  /** For answers that are a status alone: true for 2xx, false for 404. */
  exists(org: string, route: string, parameters?: Parameters): Promise<boolean>;
  graphql<T>(org: string, query: string, variables: Parameters): Promise<T>;
}

interface Answer {
  data: unknown;
  headers: { link?: string; "content-type"?: string };
}

const PER_PAGE = 100;
/** Octokit prints each failed request; whoever catches the error decides about that. */
export const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

export interface ApiOptions {
  endpoints: string[];
  transport: Transport;
  identity: (org: string) => Identity;
}

export function api({ endpoints, transport, identity }: ApiOptions): Api {
  const octokit = new Octokit({ baseUrl: endpoints[0]!.replace(/\/$/, ""), log: QUIET });

  async function request(org: string, route: string, parameters: Parameters = {}): Promise<Answer> {
    const fetch = octokitFetch(transport, identity(org), endpoints);
    try {
      // Octokit reads JSON as if each number could be too large for one, which takes longer than all else that it does.
      const own = { fetch, parseSuccessResponseBody: false };
      const { headers, data } = (await octokit.request(route, { ...parameters, request: own })) as Answer;
      return { headers, data: Buffer.isBuffer(data) ? read(data, headers["content-type"]) : data };
    } catch (error) {
      throw toGitHubError(error, route, parameters);
    }
  }

  const call: Api["call"] = async (org, route, parameters) => (await request(org, route, parameters)).data;

  return {
    call,
    async all(org, route, parameters, key) {
      const found: unknown[] = [];
      let answer = await request(org, route, { per_page: PER_PAGE, ...parameters });
      for (;;) {
        const list = key ? (answer.data as Record<string, unknown>)[key] : answer.data;
        if (Array.isArray(list)) for (const item of list) found.push(item);
        const next = nextPage(answer.headers.link);
        if (!next) return found;
        answer = await request(org, `GET ${next}`);
      }
    },
    async exists(org, route, parameters) {
      try {
        await request(org, route, parameters);
        return true;
      } catch (error) {
        if (error instanceof GitHubError && error.status === 404) return false;
        throw error;
      }
    },
    async graphql<T>(org: string, query: string, variables: Parameters): Promise<T> {
      const answer = (await call(org, "POST /graphql", { query, variables })) as GraphQLAnswer<T>;
      if (answer.errors?.length) throw graphqlError(answer.errors);
      return answer.data as T;
    },
  };
}

/** The address of the next page may name another host (GitHub's own behind a proxy): only its path counts. */
export function nextPage(link: string | null | undefined): string | undefined {
  return link?.match(/<([^<>]+)>;\s*rel="next"/)?.[1];
}

/** A `fetch` for Octokit: the URL becomes a path below whichever endpoint answers. */
function octokitFetch(transport: Transport, identity: Identity, endpoints: string[]) {
  return async (
    url: string,
    { method, headers, body }: { method: string; headers: Record<string, string>; body?: string },
  ) => {
    const path = pathBelow(endpoints, url);
    const reply = await transport({ method, path, headers, ...(body !== undefined && { body }), identity });
    const arrayBuffer = async () => Uint8Array.from(reply.body).buffer;
    return { ...reply, url, text: async () => reply.body.toString(), arrayBuffer };
  };
}

/** What an answer holds: of JSON the value, of other text the text, of all else the bytes. */
function read(body: Buffer, type: string | undefined): unknown {
  if (body.length === 0 || type === undefined) return body.toString();
  if (/^application\/(?:scim\+)?json\b/.test(type)) return JSON.parse(body.toString());
  return /^text\/|^(?!application\/octet-stream).*charset=utf-8/.test(type) ? body.toString() : body;
}

function pathBelow(endpoints: string[], url: string): string {
  for (const endpoint of endpoints) {
    const base = endpoint.replace(/\/$/, "");
    if (url.startsWith(`${base}/`)) return url.slice(base.length);
  }
  const { pathname, search } = new URL(url);
  // A GitHub Enterprise server names itself with its API prefix.
  return pathname.replace(/^\/api\/v3(?=\/)/, "") + search;
}

function toGitHubError(error: unknown, route: string, parameters: Parameters): GitHubError {
  const cause = (error as { cause?: unknown }).cause;
  if (error instanceof GitHubError) return error;
  if (cause instanceof GitHubError) return cause;
  const { status, message, response } = error as Error & { status?: number; response?: unknown };
  const where = route.replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
  // Octokit reports what `fetch` threw as a 500 without response. Its error holds the request: never keep it as cause.
  return new GitHubError(response ? (status ?? 0) : 0, `${where}: ${message}`, {
    details: details(response),
  });
}

/** `errors` of an answer: objects with a message, or plain texts. */
function details(response: unknown): string[] {
  const errors = (response as { data?: { errors?: unknown } } | undefined)?.data?.errors;
  if (!Array.isArray(errors)) return [];
  return errors
    .map((error: unknown) => (isRecord(error) ? error["message"] : error))
    .filter((text) => typeof text === "string");
}

interface GraphQLAnswer<T> {
  data?: T | null;
  errors?: { type?: string; message: string; path?: unknown[] }[];
}

const GRAPHQL_STATUS: Record<string, number> = { NOT_FOUND: 404, FORBIDDEN: 403, RATE_LIMITED: 429 };

function graphqlError(errors: NonNullable<GraphQLAnswer<unknown>["errors"]>): GitHubError {
  const status = GRAPHQL_STATUS[errors[0]?.type ?? ""] ?? 422;
  return new GitHubError(status, `GraphQL: ${errors.map(({ message }) => message).join("; ")}`);
}

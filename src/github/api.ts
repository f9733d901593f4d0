// GitHub's routes over our transport: typed-enough calls, whole lists by Link, and every failure as a GitHubError.
import { isRecord } from "../lib/schema.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { Reply } from "./ask.ts";
import { GitHubError } from "./error.ts";
import { type Parameters, routed } from "./routes.ts";
import type { Identity, Transport } from "./transport.ts";

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
  link: string | null;
}

const PER_PAGE = 100;

const ACCEPT = { accept: "application/vnd.github.v3+json" };
const ACCEPT_FOR_JSON = { ...ACCEPT, "content-type": "application/json; charset=utf-8" };

export interface ApiOptions {
  endpoints: string[];
  transport: Transport;
  identity: (org: string) => Identity;
}

export function api({ endpoints, transport, identity }: ApiOptions): Api {
  async function request(org: string, route: string, parameters: Parameters = {}): Promise<Answer> {
    const { path, ...sent } = routed(route, parameters);
    const reply = await transport({
      ...sent,
      path: path.startsWith("/") ? path : pathBelow(endpoints, path),
      headers: sent.body === undefined ? ACCEPT : ACCEPT_FOR_JSON,
      identity: identity(org),
    });
    const data = read(reply);
    if (reply.status >= 400) {
      const where = `${sent.method} ${path.split("?", 1)[0]}`;
      throw new GitHubError(reply.status, `${where}: ${said(data)}`, { details: details(data) });
    }
    return { data, link: reply.headers.get("link") ?? null };
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
        const next = nextPage(answer.link);
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
export function nextPage(link: string | null): string | undefined {
  return link?.match(/<([^<>]+)>;\s*rel="next"/)?.[1];
}

/** What an answer holds: of JSON the value, of other text the text, of all else the bytes. Throws GitHubError. */
function read({ status, headers, body }: Reply): unknown {
  const type = headers.get("content-type") ?? "";
  if (body.length === 0 || type === "") return body.toString();
  if (/^application\/(?:scim\+)?json\b/.test(type)) return readJSON(status, body.toString());
  return /^text\/|^(?!application\/octet-stream).*charset=utf-8/.test(type) ? body.toString() : body;
}

/** Who refuses may do so in any words; an answer that cannot be read is none. */
function readJSON(status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (status >= 400) return text;
    throw new GitHubError(0, `GitHub's answer is not JSON: ${(error as Error).message}`);
  }
}

function pathBelow(endpoints: string[], url: string): string {
  for (const endpoint of endpoints) {
    const base = withoutEndSlashes(endpoint);
    if (url.startsWith(`${base}/`)) return url.slice(base.length);
  }
  const { pathname, search } = new URL(url);
  // A GitHub Enterprise server names itself with its API prefix.
  return pathname.replace(/^\/api\/v3(?=\/)/, "") + search;
}

/** Why GitHub refuses, in its own words. */
function said(data: unknown): string {
  if (typeof data === "string") return data;
  if (!isRecord(data) || typeof data["message"] !== "string") return "Unknown error";
  const { message, errors, documentation_url: page } = data;
  const all = Array.isArray(errors) ? `: ${errors.map((error) => JSON.stringify(error)).join(", ")}` : "";
  return `${message}${all}${page === undefined ? "" : ` - ${String(page)}`}`;
}

/** `errors` of an answer: objects with a message, or plain texts. */
function details(data: unknown): string[] {
  const errors = isRecord(data) ? data["errors"] : undefined;
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

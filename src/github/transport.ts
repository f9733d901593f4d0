// Carries requests to GitHub: endpoints in turn, authorization, ETags, limits, retries.
import { isUtf8 } from "node:buffer";
import { currentCause } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { mayMutate } from "../lib/graphql-mutation.ts";
import { inSpan } from "../lib/in-span.ts";
import type { Logger } from "../lib/logger.ts";
import type { SpanStart } from "../lib/trace.ts";
import { timeLimit } from "../lib/waiting/time-limit.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { Ask, OutgoingHeaders, Reply } from "./ask.ts";
import type { Budget } from "./budget/budget.ts";
import type { Throttle } from "./budget/throttle.ts";
import { GitHubError } from "./error.ts";
import type { CachedAnswer, ETagCache } from "./etag-cache.ts";
import type { RecordRequest } from "./request-metrics.ts";
import type { Trouble } from "./trouble.ts";

/** Whose authorization a request carries, and whose budget it spends. */
export interface Identity {
  key: string;
  /** Empty where it is not an org's. */
  org: string;
  authorization(): Promise<string>;
  /** Called when GitHub answers 401 to that authorization, before one more try. */
  refused?(authorization: string): void;
}

export interface TransportOptions {
  ask: Ask;
  /** Base URLs, tried in order when one can not be reached (a proxy first, then GitHub itself). */
  endpoints: string[];
  graphqlEndpoint: string;
  clock: Clock;
  log: Logger;
  cache: ETagCache;
  budget: Budget;
  throttle: Throttle;
  trouble: Trouble;
  record: RecordRequest;
  userAgent: string;
  /** Tries of a request that failed on GitHub's side and is safe to repeat. */
  maxTries: number;
  /** First pause before such a repetition; doubles each time. */
  initialDelayMs: number;
  /** A limit that asks for a longer pause than this is an error. */
  maxWaitMs: number;
  requestTimeoutMs: number;
  /** Throws when this process may not write (any more). */
  mayWrite?: (() => void | Promise<void>) | undefined;
}

export interface Outgoing {
  method: string;
  /** Path and query below the endpoint; `/graphql` goes to the GraphQL endpoint. */
  path: string;
  headers: OutgoingHeaders;
  body?: string;
  identity: Identity;
}

export type Transport = (request: Outgoing) => Promise<Reply>;

export function transport(options: TransportOptions): Transport {
  return async (request) => {
    const { clock, maxTries, maxWaitMs } = options;
    let renewed = false;
    for (let tries = 1; ; tries++) {
      const backOff = options.initialDelayMs * 2 ** (tries - 1);
      let response: Reply;
      let pause: number | undefined;
      let authorization: string;
      try {
        ({ response, pause, authorization } = await sendWithin(request, options));
      } catch (error) {
        if (!(error instanceof Unreachable) || !error.repeatable || tries >= maxTries)
          throw asGitHubError(error, request);
        options.trouble.met({ path: request.path, attempt: tries, pauseMs: backOff, error: error.message });
        await clock.sleep(backOff);
        continue;
      }
      if (response.status === 401 && request.identity.refused && !renewed) {
        renewed = true;
        request.identity.refused(authorization);
        continue;
      }
      if (pause !== undefined && pause <= maxWaitMs && tries < maxTries) {
        options.log.warn({ path: request.path, pauseMs: pause }, "GitHub limits requests, waiting");
        continue; // The budget makes it wait.
      }
      if (response.status < 500) options.trouble.over();
      if (response.status < 500 || !isRepeatable(request) || tries >= maxTries) return response;
      const error = `HTTP ${response.status}`;
      options.trouble.met({ path: request.path, attempt: tries, pauseMs: backOff, error });
      await clock.sleep(backOff);
    }
  };
}

/** POSTs that leave the same state when repeated; other POSTs create something each time. */
const IDEMPOTENT_POST = /\/(labels|assignees|requested_reviewers|access_tokens)$/;

function isRepeatable({ method, path, body }: Outgoing): boolean {
  if (path === "/graphql") return !mayMutate(body ?? "");
  return method !== "POST" || IDEMPOTENT_POST.test(path);
}

/** Apart from an App's tokens, which tell nobody anything. */
function isWrite({ method, path, body }: Outgoing): boolean {
  if (path === "/graphql") return mayMutate(body ?? "");
  return method !== "GET" && !path.endsWith("/access_tokens");
}

const requestSpan = ({ method, path }: Outgoing): SpanStart => ({
  name: `GitHub ${method}`,
  kind: "client",
  attributes: { "http.request.method": method, "url.path": path.split("?", 1)[0] },
});

/** Sends it once the budget allows. Nothing is waited for between that and the sending. */
async function sendWithin(
  request: Outgoing,
  options: TransportOptions,
): Promise<{ response: Reply; pause: number | undefined; authorization: string }> {
  const { identity, method, path, body } = request;
  const authorization = await identity.authorization();
  const key = `${identity.key} ${request.headers["accept"]} ${path}`;
  const held = method === "GET" ? await options.cache.get(key) : undefined;
  const headers = {
    ...request.headers,
    authorization,
    "user-agent": options.userAgent,
    ...(held && { "if-none-match": held.etag }),
  };
  const giveBack = await options.throttle.pass(identity.org);
  const pass = await options.budget.enter(identity.key, { method, path, body }).catch((error: unknown) => {
    // It is not asked, so it costs nothing.
    giveBack();
    throw error;
  });
  const started = options.clock.now();
  const seconds = () => (options.clock.now().getTime() - started.getTime()) / 1000;
  const { caller, plugin } = currentCause();
  const common = {
    identity: identity.key,
    method,
    path,
    waitedMs: pass.waitedMs,
    caller: caller?.name ?? plugin,
  };
  let response: Reply;
  try {
    // Not earlier: it may have waited for long.
    if (isWrite(request)) await options.mayWrite?.();
    response = await inSpan(requestSpan(request), async (span) => {
      const answer = await sendToFirst({ ...request, headers }, options);
      span?.set({ "http.response.status_code": answer.status });
      return answer;
    });
  } catch (error) {
    pass.over();
    options.record({ ...common, failed: true, seconds: seconds() });
    throw error;
  }
  const isFree = response.status === 304;
  if (isFree) giveBack();
  const pause = pass.over(response);
  options.record({
    ...common,
    status: response.status,
    seconds: seconds(),
    headers: response.headers,
    cache: method !== "GET" ? "NO-STORE" : isFree ? "REVALIDATED" : held ? "CHANGED" : "MISS",
    now: options.clock.now(),
  });
  const given = await fromCache(response, { isGet: method === "GET", key, held }, options);
  return { response: given, pause, authorization };
}

async function fromCache(
  reply: Reply,
  { isGet, key, held }: { isGet: boolean; key: string; held: CachedAnswer | undefined },
  { cache }: TransportOptions,
): Promise<Reply> {
  if (reply.status === 304 && held)
    return { status: 200, headers: new Map(held.headers), body: Buffer.from(held.body) };
  const etag = reply.headers.get("etag");
  // Bytes of a file or an archive do not survive being kept as text, whatever they are said to be.
  if (!isGet || reply.status !== 200 || !etag || !isUtf8(reply.body)) return reply;
  const kept = ["content-type", "link"].flatMap((name): [string, string][] => {
    const value = reply.headers.get(name);
    return value ? [[name, value]] : [];
  });
  await cache.set(key, { etag, headers: kept, body: reply.body.toString() });
  return reply;
}

class Unreachable extends Error {
  readonly repeatable: boolean;

  constructor(message: string, repeatable: boolean, options: ErrorOptions) {
    super(message, options);
    this.repeatable = repeatable;
  }
}

/** No byte of the request was sent, so that even a POST may go to the next endpoint. */
const BEFORE_SENDING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

async function sendToFirst(request: Outgoing, options: TransportOptions): Promise<Reply> {
  const { method, path, headers, body } = request;
  const bases = path === "/graphql" ? [options.graphqlEndpoint] : options.endpoints;
  for (const [index, base] of bases.entries()) {
    const url = path === "/graphql" ? base : `${withoutEndSlashes(base)}${path}`;
    try {
      return await timeLimit(options.requestTimeoutMs, (signal) =>
        options.ask(url, { method, headers, body, signal }),
      );
    } catch (error) {
      const repeatable = isRepeatable(request) || BEFORE_SENDING.has(errorCode(error));
      const reason = `${new URL(url).host} can not be reached: ${rootMessage(error)}`;
      if (!repeatable || index + 1 >= bases.length)
        throw new Unreachable(reason, repeatable, { cause: error });
      options.log.debug({ path }, `${reason}; trying the next endpoint`);
    }
  }
  throw new GitHubError(0, "no GitHub endpoint is configured");
}

const rootCause = (error: unknown): unknown => {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown[] };
  const inner = cause ?? errors?.[0];
  return inner === undefined ? error : rootCause(inner);
};
const errorCode = (error: unknown): string => (rootCause(error) as { code?: string }).code ?? "";
const rootMessage = (error: unknown): string => (rootCause(error) as Error).message;

const asGitHubError = (error: unknown, { method, path }: Outgoing): unknown =>
  error instanceof Unreachable
    ? new GitHubError(0, `${method} ${path}: ${error.message}`, { cause: error.cause })
    : error;

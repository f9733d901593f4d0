// One API server over HTTP: kept-alive connections, authentication, waiting when told to, errors as KubeError.
import { Agent, type Dispatcher, request } from "undici";
import { type Clock, systemClock } from "../lib/clock.ts";
import { inSpan } from "../lib/in-span.ts";
import type { SpanStart } from "../lib/trace.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import { KubeError } from "./error.ts";
import { paced, type Rate } from "./pace.ts";

export interface TLSOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  /** false accepts any certificate (kubeconfig's insecure-skip-tls-verify). */
  rejectUnauthorized?: boolean;
  servername?: string;
}

export interface ConnectOptions {
  /** Base URL, http or https, possibly with a path prefix. */
  server: string;
  tls?: TLSOptions;
  /** Value of the Authorization header; asked before every request, so a provider caches. */
  authorization?: () => Promise<string | undefined>;
  /** Instead of our own agent, e.g. through a proxy. */
  dispatcher?: Dispatcher;
  clock?: Pick<Clock, "sleep">;
  /** Default: as fast as the server lets. */
  rate?: Rate | undefined;
}

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With query. */
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Longest silence inside the answer's body in ms; 0 is unlimited. */
  silenceMs?: number;
}

export type Answer = Dispatcher.ResponseData;

export interface Connection {
  /** The answer of a request that succeeded; everything else is a KubeError. */
  send(call: Call): Promise<Answer>;
  json<T>(call: Call): Promise<T>;
}

const CONNECTIONS = 100;
/** A machine that is gone is noticed some 10 s later. */
const KEEP_ALIVE_MS = 20_000;
const HEADERS_TIMEOUT_MS = 60_000;
const SILENCE_MS = 60_000;
const LEASES = "/apis/coordination.k8s.io/";
const MOST_WAITS = 4;
const LONGEST_WAIT_S = 30;

export function openConnection(options: ConnectOptions): Connection {
  const server = withoutEndSlashes(options.server);
  const clock = options.clock ?? systemClock;
  const dispatcher =
    options.dispatcher ??
    new Agent({
      connections: CONNECTIONS,
      allowH2: false,
      connect: { ...options.tls, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS },
    });

  const pace = options.rate && paced(options.rate, clock);

  async function once(call: Call): Promise<Answer> {
    // The lead must not be lost since there is much to do.
    if (!call.path.startsWith(LEASES)) await pace?.(call.signal);
    const authorization = await options.authorization?.();
    return request(`${server}${call.path}`, {
      dispatcher,
      method: call.method,
      signal: call.signal,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: call.silenceMs ?? SILENCE_MS,
      headers: {
        accept: call.accept ?? "application/json",
        "user-agent": "cutwater",
        ...(call.body !== undefined && { "content-type": call.contentType ?? "application/json" }),
        ...(authorization && { authorization }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    });
  }

  async function send(call: Call): Promise<Answer> {
    for (let waits = 0, failures = 0; ; ) {
      let answer: Answer;
      try {
        answer = await once(call);
      } catch (error) {
        // A kept-alive connection may close under a request. Reading again is harmless, writing is the caller's choice.
        if (call.method === "GET" && !call.signal?.aborted && failures++ === 0) continue;
        throw transportError(error, `${call.method} ${server}${call.path}`);
      }
      if (answer.statusCode < 300) return answer;
      const seconds = waits++ < MOST_WAITS ? retryAfter(answer) : undefined;
      const error = await errorOf(answer, call);
      if (seconds === undefined || call.signal?.aborted) throw error;
      await clock.sleep(seconds * 1000, call.signal);
    }
  }

  return {
    send,
    async json<T>(call: Call): Promise<T> {
      const answer = await inSpan(requestSpan(call), async () => send(call));
      const text = await bodyText(answer, call);
      try {
        return JSON.parse(text) as T;
      } catch (cause) {
        throw new KubeError(0, "InvalidAnswer", `${call.method} ${call.path}: the answer is not JSON`, {
          cause,
        });
      }
    },
  };
}

const requestSpan = ({ method, path }: Call): SpanStart => ({
  name: `Kubernetes ${method}`,
  kind: "client",
  attributes: { "http.request.method": method, "url.path": path.split("?", 1)[0] },
});

async function bodyText(answer: Answer, call: Call): Promise<string> {
  try {
    return await answer.body.text();
  } catch (error) {
    throw transportError(error, `${call.method} ${call.path}`);
  }
}

export function transportError(error: unknown, what: string): KubeError {
  if (error instanceof KubeError) return error;
  const { code, message } = error as { code?: string; message?: string };
  // An AggregateError of several addresses has no message of its own.
  return new KubeError(0, code ?? "Transport", `${what}: ${message || code || "no connection"}`, {
    cause: error,
  });
}

/** Seconds that an overloaded server asks to wait (it has not done the request then), or undefined. */
function retryAfter({ statusCode, headers }: Answer): number | undefined {
  if (statusCode !== 429 && statusCode !== 503) return undefined;
  const seconds = Number(headers["retry-after"]);
  return seconds >= 0 && headers["retry-after"] !== undefined ? Math.min(seconds, LONGEST_WAIT_S) : undefined;
}

interface StatusObject {
  kind?: string;
  code?: number;
  reason?: string;
  message?: string;
}

async function errorOf(answer: Answer, call: Call): Promise<KubeError> {
  const text = await answer.body.text().catch(() => "");
  return statusError(
    answer.statusCode,
    parseStatus(text) ?? { message: "" },
    text,
    `${call.method} ${call.path}`,
  );
}

function parseStatus(text: string): StatusObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return (value as StatusObject | null)?.kind === "Status" ? (value as StatusObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The server's own words where it gives a Status object, else the beginning of what it said. */
export function statusError(status: number, object: StatusObject, text: string, what: string): KubeError {
  const message = object.message || `${what}: HTTP ${status}${text ? `: ${text.slice(0, 200).trim()}` : ""}`;
  return new KubeError(status, object.reason ?? "", message);
}

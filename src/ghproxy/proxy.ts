// A cache before GitHub's API, as Prow's ghproxy: every kept answer is checked with GitHub before it is given,
// which costs nothing of the budget, and with the token of whoever asks, so that nobody is given what they may not read.
import { simplifyPath } from "../github/request-metrics.ts";
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { Logger } from "../lib/logger.ts";
import { readUpTo } from "../lib/read-up-to.ts";
import { inTime } from "../lib/waiting/in-time.ts";
import type { Shared } from "../shared/port.ts";
import { appTokens } from "./app-tokens.ts";
import { coalescer } from "./coalesce.ts";
import type { ProxyMetrics } from "./metrics.ts";
import { type Answer, endToEnd, fromText, toResponse, toText, withHeaders } from "./stored-answer.ts";
import { agentOf, isGraphQL, type Upstream } from "./upstream.ts";
import { type Who, whoAsks } from "./who.ts";

export type CacheMode = "ERROR" | "NO-STORE" | "MISS" | "CHANGED" | "SKIP" | "COALESCED" | "REVALIDATED";

/** Keeps answers of one partition. */
export type Store = Pick<Shared, "get" | "put">;

export interface ProxyOptions {
  upstream: Upstream;
  /** The place for answers to a token; called once for each. */
  storeOf: (who: Who) => Store;
  /** How long an answer is kept that nobody asks for. */
  keepMs: number;
  timeoutMs: number;
  /** As Go writes it: `30s`. */
  timeoutWords: string;
  clock: Clock;
  log: Logger;
  metrics: ProxyMetrics;
}

/** Of a request. */
const MOST_ASKED_BYTES = 25 * 1024 * 1024;
/** Of all that are under way: a body is held until it is answered, and whoever reaches the port may send one. */
const MOST_HELD_BYTES = 200 * 1024 * 1024;
/** Those always have room. */
const SMALL_BYTES = 64 * 1024;
const MODE = "X-Cache-Mode";
const KEPT_SINCE = "X-PROW-REQUEST-DATE";
const CONDITION = "X-Conditional-Request";

/** Requests that differ in one of these may have different answers, and share none. */
const SHAPING = ["if-none-match", "if-modified-since", "range", "x-github-api-version"];

interface Moded {
  answer: Answer;
  mode: CacheMode;
}

interface Asked {
  method: string;
  path: string;
  headers: Headers;
  body: Uint8Array | undefined;
  who: Who;
}

export function proxy(options: ProxyOptions): (request: Request) => Promise<Response> {
  const { clock, log, timeoutMs, timeoutWords } = options;
  const answer = answering(options);
  let held = 0;
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = pathname + search;
    const stop = new AbortController();
    const work = async (): Promise<Response> => {
      const headers = new Headers(endToEnd(request.headers));
      for (const name of ["host", "accept-encoding", "expect"]) headers.delete(name);
      const isRead = request.method === "GET" || request.method === "HEAD";
      // As many as it says, or may be.
      const told = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
      const size = isRead ? 0 : Math.min(told, MOST_ASKED_BYTES);
      if (size > SMALL_BYTES && held + size > MOST_HELD_BYTES) return tooMany(request.body);
      held += size;
      try {
        const { bytes: body, rest } = await readUpTo(isRead ? null : request.body, MOST_ASKED_BYTES);
        if (rest) return await tooLarge(rest);
        const who = whoAsks(headers);
        return await answer({ method: request.method, path, headers, body, who }, stop.signal);
      } finally {
        held -= size;
      }
    };
    try {
      const response = await inTime(work(), timeoutMs, clock);
      if (response !== "late") return response;
      stop.abort();
      return timedOut(timeoutWords);
    } catch (error) {
      log.warn({ path: pathname, error: reason(error) }, "Error from upstream (GitHub).");
      return new Response(null, { status: 502 });
    }
  };
}

async function tooLarge(rest: ReadableStream<Uint8Array>): Promise<Response> {
  await rest.cancel();
  return new Response("GitHub takes no request as large as this", { status: 413 });
}

async function tooMany(body: ReadableStream<Uint8Array> | null): Promise<Response> {
  await body?.cancel();
  return new Response("too many large requests at once", { status: 503 });
}

const timedOut = (words: string): Response =>
  new Response(`ghproxy timed out after ${words}`, { status: 503 });

/** Of the cause alone: messages of `fetch` say nothing, and headers are in neither. */
const reason = (error: unknown): string =>
  String(((error as Error).cause as Error | undefined)?.message ?? (error as Error).message);

function answering(options: ProxyOptions): (asked: Asked, signal: AbortSignal) => Promise<Response> {
  const { clock, metrics } = options;
  const together = coalescer<Moded>();
  const tokens = appTokens();
  const upstream: Upstream = async (request) => {
    const answer = await options.upstream(request);
    if (answer.status === 401) tokens.refused(request.headers.get("authorization"));
    return answer;
  };
  const storeFor = partitions(options);
  const count = ({ headers, path, who }: Asked, mode: CacheMode) =>
    metrics.cached.inc({
      mode,
      ...metrics.few({ path: simplifyPath(path), user_agent: agentOf(headers), token_hash: who.budget }),
    });

  async function skip(asked: Asked, signal: AbortSignal): Promise<Answer> {
    const { method, path, headers, body, who } = asked;
    const answer = await upstream({ method, path, headers, body, who, signal });
    return tokens.same({ method, path, body }, policy(answer, path), clock.now().getTime());
  }

  /** One who waits with others is not stopped when the first of them is. */
  async function read(asked: Asked): Promise<Moded & { isShared: boolean }> {
    const accept = asked.headers.get("accept") ?? "";
    const key = `${asked.path} ${accept}`;
    const shaping = SHAPING.map((name) => asked.headers.get(name) ?? "");
    const parts = [asked.who.partition, ...shaping, key].join("\n");
    const ask = () => revalidated(asked, { key, store: storeFor(asked.who) }, { ...options, upstream });
    const { answer, isShared } = await together(parts, ask);
    // A large one passes through here only once.
    return isShared && answer.answer.rest ? { ...(await ask()), isShared: false } : { ...answer, isShared };
  }

  return async (asked, signal) => {
    try {
      if (asked.method !== "GET") {
        const answer = await skip(asked, signal);
        count(asked, "SKIP");
        return toResponse(withHeaders(answer, { [MODE]: "SKIP" }));
      }
      const { answer, mode: own, isShared } = await read(asked);
      const mode = isShared ? "COALESCED" : own;
      count(asked, mode);
      if (mode === "REVALIDATED") tellAge(asked, answer, options);
      return toResponse(withHeaders(answer, { [MODE]: mode }));
    } catch (error) {
      if (asked.method === "GET") count(asked, "ERROR");
      throw error;
    }
  };
}

/** An App's tokens come and go. */
const MOST_PARTITIONS = 10_000;

/** Each partition is made known, and its place found, once. */
function partitions({ metrics, storeOf }: ProxyOptions): (who: Who) => Store {
  const stores = boundedMap<Store>(MOST_PARTITIONS);
  return (who) => {
    const known = stores.get(who.partition);
    if (known) return known;
    const labels = metrics.few({ token_hash: who.partition });
    metrics.partitions.inc(labels);
    metrics.misspelt.inc(labels);
    const made = storeOf(who);
    stores.set(who.partition, made);
    return made;
  };
}

async function revalidated(
  { method, path, headers, who }: Asked,
  { key, store }: { key: string; store: Store },
  { clock, keepMs, timeoutMs, upstream }: ProxyOptions,
): Promise<Moded> {
  const isWhole = !headers.has("range");
  const isOwnCondition = headers.has("if-none-match") || headers.has("if-modified-since");
  const text = isWhole && !isOwnCondition ? await store.get(key).catch(() => undefined) : undefined;
  const kept = text === undefined ? undefined : fromText(text);
  const etag = kept && new Headers(kept.headers).get("etag");
  const conditional = new Headers(headers);
  if (etag) conditional.set("if-none-match", etag);
  const signal = AbortSignal.timeout(timeoutMs);
  const request = { method, path, headers: conditional, body: undefined, who, signal };
  const answer = policy(await upstream(request), path, clock.now());
  if (answer.status === 304) {
    const whole = kept && etag ? withHeaders(kept, Object.fromEntries(answer.headers)) : answer;
    return { answer: whole, mode: "REVALIDATED" };
  }
  const isCacheable =
    answer.status === 200 && isWhole && !answer.rest && new Headers(answer.headers).has("etag");
  if (isCacheable) await store.put(key, toText(answer), keepMs).catch(() => {});
  if (answer.status >= 400 || isGraphQL(path)) return { answer, mode: "NO-STORE" };
  return etag
    ? { answer: withHeaders(answer, { [CONDITION]: etag }), mode: "CHANGED" }
    : { answer, mode: "MISS" };
}

/** GitHub lets answers be used for a minute without asking; here each is checked, and failures are not kept. */
function policy(answer: Answer, path: string, now?: Date): Answer {
  if (answer.status >= 400 || isGraphQL(path)) return withHeaders(answer, { "Cache-Control": "no-store" });
  return withHeaders(answer, {
    "Cache-Control": "no-cache",
    ...(now && answer.status !== 304 && { [KEPT_SINCE]: String(Math.floor(now.getTime() / 1000)) }),
  });
}

function tellAge({ headers, path, who }: Asked, answer: Answer, { clock, metrics }: ProxyOptions): void {
  const since = Number(new Headers(answer.headers).get(KEPT_SINCE) ?? Number.NaN);
  if (!Number.isFinite(since)) return;
  const labels = { token_hash: who.budget, path: simplifyPath(path), user_agent: agentOf(headers) };
  metrics.age.observe(metrics.few(labels), Math.floor(clock.now().getTime() / 1000) - since);
}

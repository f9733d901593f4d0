// Sends a request on to GitHub: spaced, not too many at once, not for too long, and counted.
import { tellBudget } from "../github/metrics.ts";
import { simplifyPath } from "../github/request-metrics.ts";
import type { Clock } from "../lib/clock.ts";
import { turns } from "../lib/waiting/turns.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { ProxyMetrics } from "./metrics.ts";
import { type Spacing, spacer } from "./spacing.ts";
import { type Answer, readAnswer } from "./stored-answer.ts";
import type { Who } from "./who.ts";

export interface UpstreamOptions {
  /** Scheme, host and base path. */
  upstream: string;
  concurrency: number;
  /** undefined: they are not spaced. */
  spacing: { v3: Spacing; v4: Spacing } | undefined;
  clock: Clock;
  metrics: ProxyMetrics;
}

export interface Outgoing {
  method: string;
  /** Path and query. */
  path: string;
  headers: Headers;
  body: Uint8Array | undefined;
  who: Who;
  signal: AbortSignal;
}

/** Rejects when GitHub cannot be reached. */
export type Upstream = (request: Outgoing) => Promise<Answer>;

export const isGraphQL = (path: string): boolean => path.startsWith("/graphql");
const apiOf = (path: string) => (isGraphQL(path) ? "v4" : "v3");
/** Without the version, so that there are few of them. */
export const agentOf = (headers: Headers): string => (headers.get("user-agent") ?? "").split("/", 1)[0]!;

export function upstream(options: UpstreamOptions): Upstream {
  const { clock, concurrency, metrics, spacing } = options;
  const base = withoutEndSlashes(options.upstream);
  const space = spacing && { v3: spacer(spacing.v3), v4: spacer(spacing.v4) };
  const turn = turns(concurrency);

  async function hold({ who, method, path, signal }: Outgoing): Promise<void> {
    if (!space) return;
    const api = apiOf(path);
    // By the token and not by the budget that a client names: nobody checks that, and it may be somebody else's.
    const waitMs = space[api](who.partition, method === "GET", clock.now().getTime());
    metrics.waited.observe(metrics.few({ token_hash: who.budget, request_type: method, api }), waitMs / 1000);
    if (waitMs > 0) await clock.sleep(waitMs, signal);
  }

  async function send({ method, path, headers, body, signal }: Outgoing): Promise<Answer> {
    const init = { method, headers, redirect: "manual", signal } as const;
    const response = await fetch(`${base}${path}`, {
      ...init,
      ...(body && body.length > 0 && { body: body as Uint8Array<ArrayBuffer> }),
    });
    return readAnswer(response);
  }

  return async (request) => {
    const { who, path } = request;
    metrics.pending.inc();
    let leave: () => void;
    try {
      await hold(request);
      leave = await turn();
    } finally {
      metrics.pending.dec();
    }
    metrics.underWay.inc();
    const started = clock.now();
    const labels = metrics.few({
      token_hash: who.budget,
      path: simplifyPath(path),
      user_agent: agentOf(request.headers),
    });
    const seconds = () => (clock.now().getTime() - started.getTime()) / 1000;
    try {
      request.signal.throwIfAborted();
      const answer = await send(request);
      metrics.duration.observe({ ...labels, status: String(answer.status) }, seconds());
      tellBudget(metrics, new Headers(answer.headers), started, (ratelimit_resource) =>
        metrics.few({ token_hash: who.budget, api_version: apiOf(path), ratelimit_resource }),
      );
      return answer;
    } catch (error) {
      metrics.timeouts.observe(labels, seconds());
      throw error;
    } finally {
      metrics.underWay.dec();
      leave();
    }
  };
}

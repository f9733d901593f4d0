// Counts what the GitHub client asks: how long it took, what it cost, and who asked.
import { hash } from "node:crypto";
import type { Registry } from "prom-client";
import type { AnswerHeaders } from "./ask.ts";
import { gitHubMetrics as metricsOf, tellBudget } from "./metrics.ts";

interface Sent {
  /** Whose budget it was. */
  identity: string;
  method: string;
  path: string;
  /** From the sending to the answer. */
  seconds: number;
  /** Before the sending, for the budget. */
  waitedMs: number;
  /** The plugin or part that asked, where one said so. */
  caller: string | undefined;
}

interface Answered extends Sent {
  status: number;
  headers: AnswerHeaders;
  /** How the cache took part: NO-STORE for writes, MISS, CHANGED, REVALIDATED. */
  cache: "NO-STORE" | "MISS" | "CHANGED" | "REVALIDATED";
  now: Date;
}

/** `failed`: there was no answer. */
export type RequestRecord = Answered | (Sent & { failed: true });

export type RecordRequest = (request: RequestRecord) => void;

export function requestMetrics(registry: Registry, userAgent: string): RecordRequest {
  const metrics = metricsOf(registry);
  const user_agent = userAgent.split("/", 1)[0]!;
  return (record) => {
    const { identity, method, path: raw, seconds, waitedMs, caller = "" } = record;
    const token_hash = hashOf(identity);
    // An App's installations are told apart by hashes that nobody could read otherwise; whose a token is GitHub tells.
    if (identity.startsWith("app ")) metrics.user.set({ token_hash, login: identity, email: "" }, 1);
    const path = simplifyPath(raw);
    const api = raw === "/graphql" ? "v4" : "v3";
    metrics.waited.observe({ token_hash, request_type: method, api }, waitedMs / 1000);
    if ("failed" in record) {
      metrics.timeouts.observe({ token_hash, path, user_agent }, seconds);
      return;
    }
    const { status, headers, cache, now } = record;
    metrics.duration.observe({ token_hash, path, status: String(status), user_agent }, seconds);
    metrics.cached.inc({ mode: cache, path, user_agent, token_hash });
    const kind = api === "v4" ? "graphql" : method === "GET" ? "read" : "write";
    metrics.spending.inc({ component: user_agent, caller, kind, path, free: String(status === 304) });
    tellBudget(metrics, headers, now, (ratelimit_resource) => ({
      ...{ token_hash, api_version: api, ratelimit_resource },
    }));
  };
}

const digest = (text: string): string => hash("sha256", text);
const hashOf = (identity: string): string => digest(identity).slice(0, 16);

/** Tells whose a token is, by the hash in our own metrics and by that in ghproxy's, which knows the header alone. */
export function tellUser(
  registry: Registry,
  { identity, authorization }: { identity: string; authorization: string },
  user: { login: string; email: string },
): void {
  for (const token_hash of [hashOf(identity), digest(authorization)])
    metricsOf(registry).user.set({ token_hash, ...user }, 1);
}

/** Words that are part of a route; anything else in a path is a name, a number or a hash. */
const ROUTE_WORDS = new Set(
  `access_tokens app app-manifests assignees branches check-runs collaborators comments commits contents
  conversions events files git graphql heads installation installations issues labels members memberships merge
  orgs permission pulls ref refs repos requested_reviewers reviews search status statuses teams trees user users`.split(
    /\s+/,
  ),
);

/** `/repos/o/r/issues/7/labels` to `/repos/:owner/:repo/issues/:var/labels`, so that a metric stays small. */
export function simplifyPath(path: string): string {
  const parts = path.split("?", 1)[0]!.split("/").slice(1);
  const named = parts.map((part, at) => {
    if (parts[0] === "repos" && (at === 1 || at === 2)) return at === 1 ? ":owner" : ":repo";
    if (parts[0] === "repos" && parts[3] === "contents" && at > 3) return at === 4 ? ":path" : undefined;
    return ROUTE_WORDS.has(part) && !(at === 1 && parts[0] === "orgs") ? part : ":var";
  });
  return `/${named.filter((part) => part !== undefined).join("/")}`;
}

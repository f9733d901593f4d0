// Prometheus metrics of the GitHub client, by Prow's names.
import { createHash } from "node:crypto";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface RequestRecord {
  /** Whose budget it was. */
  identity: string;
  path: string;
  status: number;
  seconds: number;
  headers: Headers;
  /** How the cache took part: NO-STORE for writes, MISS, CHANGED, REVALIDATED. */
  cache: "NO-STORE" | "MISS" | "CHANGED" | "REVALIDATED";
  now: Date;
}

export type RecordRequest = (request: RequestRecord) => void;

/** Several clients of one process count in the same metric. */
function shared<C, T>(
  registry: Registry,
  Metric: new (configuration: C) => T,
  configuration: C & { name: string },
): T {
  return (registry.getSingleMetric(configuration.name) as T | undefined) ?? new Metric(configuration);
}

export function requestMetrics(registry: Registry, userAgent: string): RecordRequest {
  const registers = [registry];
  const duration = shared(registry, Histogram, {
    name: "github_request_duration",
    help: "GitHub request duration by API path.",
    labelNames: ["token_hash", "path", "status", "user_agent"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const labelNames = ["token_hash", "api_version", "ratelimit_resource"];
  const usage = shared(registry, Gauge, {
    name: "github_token_usage",
    help: "How many GitHub token requests are remaining for the current hour.",
    labelNames,
    registers,
  });
  const reset = shared(registry, Gauge, {
    name: "github_token_reset",
    help: "Last reported GitHub token reset time.",
    labelNames,
    registers,
  });
  const cached = shared(registry, Counter, {
    name: "ghcache_responses",
    help: "How many cache responses of each cache response mode there are.",
    labelNames: ["mode", "path", "user_agent", "token_hash"],
    registers,
  });
  const user_agent = userAgent.split("/", 1)[0]!;
  return ({ identity, path: raw, status, seconds, headers, cache, now }) => {
    const token_hash = createHash("sha256").update(identity).digest("hex").slice(0, 16);
    const path = simplifyPath(raw);
    duration.observe({ token_hash, path, status: String(status), user_agent }, seconds);
    cached.inc({ mode: cache, path, user_agent, token_hash });
    const remaining = headers.get("x-ratelimit-remaining");
    if (remaining === null) return;
    const labels = {
      token_hash,
      api_version: raw === "/graphql" ? "v4" : "v3",
      ratelimit_resource: headers.get("x-ratelimit-resource") ?? "",
    };
    usage.set(labels, Number(remaining));
    const at = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
    // In nanoseconds, as Go's durations are.
    if (Number.isFinite(at)) reset.set(labels, (at * 1000 - now.getTime()) * 1e6);
  };
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

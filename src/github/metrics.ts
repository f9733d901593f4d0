// Prometheus metrics of requests to GitHub, by Prow's names; `cutwater_github_requests_total` says who spends the budget.
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { madeOnce } from "../lib/kept/made-once.ts";
import type { AnswerHeaders } from "./ask.ts";

const USER = ["token_hash", "login", "email"];
const TOKEN = ["token_hash", "api_version", "ratelimit_resource"];
const ANSWER_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 20, 25, 30, 45, 60, 90, 120, 150, 180];
const TIMEOUT_S = [45, 60, 90, 120, 300];

/** The same ones for the same registry: several clients of one process count in one place. */
export const gitHubMetrics = madeOnce((registry: Registry) => {
  const registers = [registry];
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram<string>({ name, help, labelNames, buckets, registers });
  const gauge = (name: string, help: string, labelNames = TOKEN) =>
    new Gauge<string>({ name, help, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter<string>({ name, help, labelNames, registers });
  return {
    duration: histogram(
      "github_request_duration",
      "GitHub request duration by API path.",
      ["token_hash", "path", "status", "user_agent"],
      ANSWER_S,
    ),
    waited: histogram(
      "github_request_wait_duration_seconds",
      "GitHub request wait duration before sending to API in seconds",
      ["token_hash", "request_type", "api"],
      WAIT_S,
    ),
    timeouts: histogram(
      "github_request_timeouts",
      "GitHub request timeout by API path.",
      ["token_hash", "path", "user_agent"],
      TIMEOUT_S,
    ),
    usage: gauge("github_token_usage", "How many GitHub token requests are remaining for the current hour."),
    user: gauge("github_user_info", "Metadata about a user, tied to their token hash.", USER),
    reset: gauge("github_token_reset", "Last reported GitHub token reset time."),
    cached: counter("ghcache_responses", "How many cache responses of each cache response mode there are.", [
      "mode",
      "path",
      "user_agent",
      "token_hash",
    ]),
    spending: counter(
      "cutwater_github_requests_total",
      "Requests to GitHub by who asked; those that are free (304) cost nothing of the hourly budget.",
      ["component", "caller", "kind", "path", "free"],
    ),
  };
});

/** What an answer says is left of a budget, whose labels are given by its resource. */
export function tellBudget(
  { usage, reset }: Pick<ReturnType<typeof gitHubMetrics>, "usage" | "reset">,
  headers: AnswerHeaders,
  now: Date,
  labelsOf: (resource: string) => Record<string, string>,
): void {
  const remaining = headers.get("x-ratelimit-remaining");
  if (!remaining) return;
  const labels = labelsOf(headers.get("x-ratelimit-resource") ?? "");
  usage.set(labels, Number(remaining));
  const at = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  // In nanoseconds, as Go's durations are.
  if (Number.isFinite(at)) reset.set(labels, (at * 1000 - now.getTime()) * 1e6);
}

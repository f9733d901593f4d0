// Prow's dashboards of deck find its metrics by these names, labels and buckets.
import { getRequestListener } from "@hono/node-server";
import { Registry } from "prom-client";
import { afterAll, expect, test } from "vitest";
import { pageMetrics } from "../../../src/cmd/process/page-metrics.ts";
import { simplePath } from "../../../src/deck/simple-path.ts";
import { httpServer } from "../../lib/http-server.ts";

const registry = new Registry();
const pages = getRequestListener((request) =>
  new URL(request.url).pathname === "/tide"
    ? new Response("x".repeat(20_000))
    : new Response("", { status: 404 }),
);
const server = await httpServer(pageMetrics(registry)(pages));
afterAll(() => server.close());
const ask = async (path: string, agent: string) => {
  const url = `${server.url}${path}`;
  await (await fetch(url, { headers: { "user-agent": agent } })).text();
};

test("a page counts by path, method, status and agent, with its time and its size", async () => {
  await ask("/tide?repo=1", "browser/1");
  const labels = 'path="/tide",method="GET",status="200",user_agent="browser/1"';
  await expect.poll(() => registry.metrics()).toContain(`deck_http_response_size_bytes_sum{${labels}} 20000`);
  const text = await registry.metrics();
  expect(text).toContain(`deck_http_request_duration_seconds_count{${labels}} 1`);
  const buckets = (name: string) =>
    [...text.matchAll(new RegExp(`${name}_bucket\\{le="([^"]*)"`, "g"))].map(([, le]) => le);
  expect(buckets("deck_http_request_duration_seconds")).toEqual([
    ...["0.005", "0.0078125", "0.015625", "0.03125", "0.0625", "0.125", "0.25", "0.5"],
    ...["1", "2", "4", "8", "16", "20", "+Inf"],
  ]);
  expect(buckets("deck_http_response_size_bytes").slice(0, 2)).toEqual(["16384", "32768"]);
  expect(buckets("deck_http_response_size_bytes").at(-2)).toBe("33554432");
});

test("agents that nobody bounds do not grow it without end", async () => {
  await ask("/nowhere/7", "x".repeat(700));
  await expect
    .poll(() => registry.metrics())
    .toContain('_count{path="unmatched",method="GET",status="404",user_agent="other"} 1');
});

test.each([
  ["/", "/"],
  ["/prowjobs.js", "/prowjobs.js"],
  ["/static/icon.svg", "/static/:path"],
  ["/view/gs/bucket/logs/job/7", "/view/gs/:bucket/logs/:job/:build"],
  ["/view/gs/bucket/pr-logs/pull/acme_lib/1/job/7", "/view/:path"],
  ["/prowjob-view/abc", "/prowjob-view/:name"],
  ["/job-history/gs/bucket/logs/job", "/job-history/:job"],
  ["/wp-login.php", "unmatched"],
])("%s is %s", (path, simple) => expect(simplePath(path)).toBe(simple));

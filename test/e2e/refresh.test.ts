// refresh from a comment, by deck's list of jobs, to statuses and the comment with the failures.
import { afterAll, beforeAll, expect, test } from "vitest";
import { refresh } from "../../src/cmd/refresh.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";
import { openPull } from "../local/github/world.ts";
import { eventually, lib, type RunningPlugin, startPlugin } from "./external-plugin.ts";

let plugin: RunningPlugin;
let deck: HTTPServer;
let jobs: unknown[] = [];
/** How often deck is to fail before it answers. */
let failures = 0;

beforeAll(async () => {
  deck = await httpServer((_, response) => {
    if (failures-- > 0) response.writeHead(502).end("down");
    else response.end(JSON.stringify({ items: jobs }));
  });
  plugin = await startPlugin(refresh, {
    files: { "config.yaml": "plank:\n  report_templates: {'*': 'see [here](https://prow.test)'}\n" },
    args: ["--config-path=DIR/config.yaml", `--prow-url=${deck.url}`],
  });
  await plugin.github.as("alice").repos.addCollaborator({ ...lib, username: "robot", permission: "push" });
});
afterAll(async () => {
  await plugin?.stop();
  deck.close();
});

test("statuses and the comment come back, though deck fails at first", async () => {
  const alice = plugin.github.as("alice");
  const pr = await openPull(alice, "fix", "fix.txt", "x\n");
  const job = (name: string, state: string, startTime: string) => ({
    metadata: { name: `${name}-${startTime}`, labels: { "prow.k8s.io/is-optional": "false" } },
    spec: {
      type: "presubmit",
      agent: "kubernetes",
      job: name,
      context: name,
      report: true,
      rerun_command: `/test ${name}`,
      refs: {
        org: "acme",
        repo: "lib",
        base_sha: pr.base.sha,
        pulls: [{ number: pr.number, sha: pr.head.sha, author: "alice" }],
      },
    },
    status: {
      state,
      startTime,
      ...(state === "pending" ? {} : { completionTime: startTime }),
      description: `Job ${state}.`,
      url: `https://prow.test/${name}`,
    },
  });
  jobs = [
    job("unit", "success", "2026-11-23T09:00:00Z"),
    job("unit", "failure", "2026-11-23T10:00:00Z"),
    job("lint", "success", "2026-11-23T10:00:00Z"),
    job("slow", "pending", "2026-11-23T10:00:00Z"),
  ];
  failures = 1;
  await alice.issues.createComment({ ...lib, issue_number: pr.number, body: "/refresh" });
  const said = await eventually(
    async () => {
      const all = await plugin.said(pr.number);
      return all.length > 0 ? all : undefined;
    },
    () => `a comment\n${plugin.log()}`,
  );
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(`unit | ${pr.head.sha} | [link](https://prow.test/unit) | true | \`/test unit\``);
  expect(said[0]).toContain("see [here](https://prow.test)");
  const { data } = await alice.repos.getCombinedStatusForRef({ ...lib, ref: pr.head.sha });
  expect(Object.fromEntries(data.statuses.map(({ context, state }) => [context, state]))).toEqual({
    unit: "failure",
    lint: "success",
    slow: "pending",
  });
});

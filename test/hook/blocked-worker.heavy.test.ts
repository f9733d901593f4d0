// A worker whose event loop is blocked for longer than its lease: another one takes over, and yet all is done once.
//   CUTWATER_BLOCKED_SECONDS=60 is the long form.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { prepareCluster } from "../../src/cmd/up/local-servers.ts";
import { connect } from "../../src/kube/client.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { encodeDelivery } from "../../src/model/delivery.ts";
import { PROW_JOB } from "../../src/model/prowjob.ts";
import { openQueue } from "../../src/queue/open.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { DURABLE, redisServer } from "../contracts/redis-server.ts";
import { lib, openPull, testGitHub } from "../local/github/world.ts";
import { until } from "../plank/end-to-end.ts";

const BLOCKED_MS = Number(process.env["CUTWATER_BLOCKED_SECONDS"] ?? 3) * 1_000;
/** Each worker is blocked twice a turn, by two plugins, and either may have two turns. */
const PATIENCE_S = 120 + (4 * BLOCKED_MS) / 1_000;

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

interface Worker {
  said: string[];
  begin(): void;
}

async function worker(busyMs: number, restMs: number, ...addresses: string[]): Promise<Worker> {
  const argv = [join(import.meta.dirname, "busy-child.ts"), ...addresses, `${busyMs}`, `${restMs}`];
  const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const said: string[] = [];
  createInterface(child.stdout).on("line", (line) => said.push(line));
  closing.push(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await until(() => said.includes("ready"), "a worker is ready", 60);
  return { said, begin: () => void child.stdin.write("begin\n") };
}

describe.skipIf(!hasBinary("redis-server"))("a worker that is blocked for longer than its lease", () => {
  test.concurrent.each([
    ["ends before it goes on", 0, 50],
    ["is blocked as well", BLOCKED_MS, 1_000],
  ])(
    "and another one that %s: one comment, one ProwJob",
    async (_, busyMs, restMs) => {
      const [redis, github, cluster] = await Promise.all([
        redisServer(undefined, ...DURABLE),
        testGitHub(),
        startKubeServer({ host: "127.0.0.1", port: 0, file: ":memory:", clock: systemClock, log: silent }),
      ]);
      closing.push(
        redis.dispose,
        () => github.close(),
        () => cluster.close(),
      );
      const kube = connect({ server: cluster.url });
      await prepareCluster(kube, { prowjob_namespace: "default", pod_namespace: "default" });
      const { number } = await openPull(github.as("alice"), "topic", "b.txt", "changed\n");
      const said = "/lgtm\n/test unit";
      const { data: comment } = await github.as("alice").issues.createComment({
        ...{ ...lib, issue_number: number, body: said },
      });
      const { data: issue } = await github.as("alice").issues.get({ ...lib, issue_number: number });
      const { data: repository } = await github.as("alice").repos.get(lib);
      const body = JSON.stringify({ action: "created", issue, comment, repository, sender: comment.user });
      const queue = await openQueue({
        ...{ url: redis.url, clock: systemClock, random: Math.random, log: silent },
      });
      closing.push(queue.close);
      const receivedAt = new Date().toISOString();
      await queue.add({
        ...{ id: "guid-1", group: "acme/lib#1" },
        payload: encodeDelivery({ guid: "guid-1", event: "issue_comment", headers: {}, body, receivedAt }),
      });

      const addresses = [redis.url, github.url, cluster.url];
      const [first, second] = await Promise.all([
        worker(BLOCKED_MS, restMs, ...addresses),
        worker(busyMs, restMs, ...addresses),
      ]);
      const decides = ({ said }: Worker) => said.some((line) => line.endsWith("decides"));
      first.begin();
      await until(() => decides(first), "the first worker is at it", 20);
      second.begin();
      await until(() => decides(second), "the second worker is at it", 60);
      await until(() => first.said.includes("ended"), "the first worker goes on", PATIENCE_S);

      await until(async () => (await queue.depth()) === 0, "nothing waits any more", PATIENCE_S);
      const { data: comments } = await github
        .as("alice")
        .issues.listComments({ ...lib, issue_number: number });
      expect(comments.filter(({ user }) => user?.login === "bot")).toHaveLength(1);
      const { items } = await kube.read.list(PROW_JOB, { namespace: "default" });
      expect(items.map(({ spec }) => spec.job)).toEqual(["unit"]);
      expect(await queue.state()).toMatchObject({ waiting: 0, dead: 0 });
    },
    (3 * PATIENCE_S + 60) * 1_000,
  );
});

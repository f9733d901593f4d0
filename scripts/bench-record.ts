// Prints what the record costs hook: deliveries from the queue to their effects, with and without one, on SQLite.
//   npm run bench:record [-- DELIVERIES]
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import type { Config } from "../src/config/config.ts";
import { pluginsConfig } from "../src/config/plugins-config.ts";
import { applier } from "../src/effects/apply.ts";
import type { GitHub, GitHubRead } from "../src/github/port.ts";
import { dispatcher } from "../src/hook/dispatch.ts";
import { hookMetrics } from "../src/hook/metrics.ts";
import type { KubeRead } from "../src/kube/port.ts";
import { systemClock } from "../src/lib/clock.ts";
import { silent } from "../src/lib/logger.ts";
import { encodeDelivery } from "../src/model/delivery.ts";
import { plugins } from "../src/plugins/index.ts";
import { openQueue } from "../src/queue/open.ts";
import { openRecord } from "../src/record/open.ts";
import type { Record } from "../src/record/port.ts";
import { body, comment, issue, pullRequest } from "../test/hook/payloads.ts";
import { figure } from "./figure.ts";

const [deliveries = 5_000] = process.argv.slice(2).map(Number);
const PULLS = 500;
const ROUNDS = 5;
const ENABLED = ["hold", "lgtm", "label", "help", "wip", "size", "shrug", "retitle"];
const folder = mkdtempSync(join(tmpdir(), "cutwater-bench-record-"));

/** A GitHub without latency, but over HTTP: each effect costs a request, as it does in earnest. */
const server = createServer((request, response) => {
  request.resume().on("end", () => response.end("{}"));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const ask = async () => void (await (await fetch(address, { method: "POST", body: "{}" })).text());

try {
  await rate("warm-up", undefined);
  const shares: number[] = [];
  const rates: { without: number[]; with: number[] } = { without: [], with: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const without = await rate(`without-${round}`, undefined);
    const record = await recordAt(round);
    const withRecord = await rate(`with-${round}`, record);
    await record.close();
    rates.without.push(without);
    rates.with.push(withRecord);
    shares.push(withRecord / without);
  }
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  console.log(
    `${deliveries} deliveries with an effect each: ${Math.round(middle(rates.without))} a second without a record, ${Math.round(middle(rates.with))} with one`,
  );
  figure("Share of hook's rate that is left with a record", "record-share", middle(shares), "", {
    least: 0.85,
  });
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}

function recordAt(round: number): Promise<Record> {
  return openRecord({
    url: `sqlite:${join(folder, `record-${round}.db`)}`,
    ...{ clock: systemClock, log: silent, metrics: new Registry(), keepMs: 90 * 24 * 3_600_000 },
  });
}

/** Deliveries a second, from all of them in the queue to none. */
async function rate(name: string, record: Record | undefined): Promise<number> {
  const url = `sqlite:${join(folder, `queue-${name}.db`)}`;
  const queue = await openQueue({ url, clock: systemClock, random: Math.random, log: silent });
  const added: Promise<unknown>[] = [];
  for (let n = 0; n < deliveries; n++) {
    const number = (n % PULLS) + 1;
    const text = body({
      action: "created",
      issue: { ...issue, number },
      comment: { ...comment, body: "/hold" },
    });
    const delivery = {
      guid: `${name}-${n}`,
      event: "issue_comment",
      headers: {},
      body: text,
      receivedAt: "",
    };
    added.push(
      queue.add({ id: delivery.guid, group: `acme/tool#${number}`, payload: encodeDelivery(delivery) }),
    );
  }
  await Promise.all(added);
  const read = {
    botLogin: async () => "robot",
    labels: async () => [],
    pullRequest: async () => pullRequest,
  } as unknown as GitHubRead;
  const github = { read, write: { addLabels: ask } } as unknown as GitHub;
  const enabled = pluginsConfig({ plugins: { acme: { plugins: ENABLED } }, sections: {} });
  const dispatch = dispatcher({
    all: plugins,
    config: () => ({}) as Config,
    plugins: () => enabled,
    reader: () => read,
    kube: {} as KubeRead,
    apply: applier({ github, clock: systemClock, log: silent, record }),
    ...{ clock: systemClock, random: Math.random, web: fetch, localFile: async () => "" },
    ...{ log: silent, record, metrics: hookMetrics(new Registry()) },
  });
  const stop = new AbortController();
  const began = performance.now();
  const working = queue.work(dispatch, { signal: stop.signal, concurrency: 20, maxAttempts: 1 });
  while ((await queue.depth()) > 0) await systemClock.sleep(5);
  const seconds = (performance.now() - began) / 1_000;
  stop.abort();
  await working;
  const dead = await Array.fromAsync(queue.dead());
  if (dead.length > 0) throw new Error(`a delivery has failed: ${dead[0]?.error}`);
  await queue.close();
  return deliveries / seconds;
}

// A worker of hook whose plugins keep the event loop to themselves between what they decide and what is done about it (see
// blocked-worker.heavy.test.ts beside). Begins when it is told to.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { Registry } from "prom-client";
import { deliveryFence } from "../../src/cmd/wiring/queues.ts";
import { loadConfig } from "../../src/config/load.ts";
import { applier } from "../../src/effects/apply.ts";
import { connectGitHub } from "../../src/github/client.ts";
import { memoised } from "../../src/github/memoise.ts";
import { dispatcher } from "../../src/hook/dispatch.ts";
import { hookMetrics } from "../../src/hook/metrics.ts";
import { connect } from "../../src/kube/client.ts";
import { singleCluster } from "../../src/kube/kubeconfig.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { pluginSections } from "../../src/plugins/index.ts";
import { lgtm } from "../../src/plugins/lgtm.ts";
import type { Plugin } from "../../src/plugins/plugin.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { openQueue } from "../../src/queue/open.ts";

const [url = "", github = "", cluster = "", busyMs, restMs] = process.argv.slice(2);
const [clock, log, random] = [systemClock, silent, Math.random];

const CONFIG = `
presubmits:
  acme/lib:
  - {name: unit, always_run: false, spec: {containers: [{image: i, command: [test]}]}}
`;
const PLUGINS = "plugins: {acme/lib: {plugins: [lgtm, trigger]}}\n";
const { config, plugins, problems } = loadConfig(
  {
    config: { path: "config.yaml", text: CONFIG },
    jobs: [],
    plugins: { path: "plugins.yaml", text: PLUGINS },
  },
  pluginSections,
);
if (!config || !plugins) throw new Error(JSON.stringify(problems));

function busyLoop(): void {
  const until = performance.now() + Number(busyMs);
  while (performance.now() < until);
}

const busy = (plugin: Plugin): Plugin => ({
  ...plugin,
  async handle(event, context) {
    const effects = await plugin.handle(event, context);
    if (effects.length > 0) {
      writeSync(1, `${plugin.name} decides\n`);
      busyLoop();
    }
    return effects;
  },
});

const client = connectGitHub({
  ...{ endpoints: [github], graphqlEndpoint: `${github}/graphql`, clock, log },
  auth: { token: async () => "bot-token" },
  mayWrite: deliveryFence.mayWrite,
});
const kube = connect({ server: cluster });
const dispatch = dispatcher({
  ...{ all: [lgtm, trigger].map(busy), config: () => config, plugins: () => plugins },
  ...{ reader: () => memoised(client.read), kube: kube.read },
  apply: applier({ github: client, clusters: singleCluster(kube), clock, log }),
  ...{ clock, random, web: fetch, localFile: async () => "", log },
  metrics: hookMetrics(new Registry()),
});
const queue = await openQueue({
  ...{ url, clock, random, log, leaseMs: 1_000, backOff: { firstMs: Number(restMs), longestMs: 8_000 } },
});
writeSync(1, "ready\n");
await once(process.stdin, "data");
await queue.work(
  async (item, attempt) => {
    try {
      await dispatch(item, attempt);
    } finally {
      writeSync(1, "ended\n");
    }
  },
  { signal: new AbortController().signal, concurrency: 2, maxAttempts: 3 },
);

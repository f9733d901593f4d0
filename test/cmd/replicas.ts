// Replicas of sinker, horologium and crier on one API server, each with its own connections, which a test may cut.
import { Registry } from "prom-client";
import type { ConfigAgent } from "../../src/cmd/config/config-agent.ts";
import { startCrier } from "../../src/cmd/crier.ts";
import { startHorologium } from "../../src/cmd/horologium.ts";
import { startSinker } from "../../src/cmd/sinker.ts";
import type { Surroundings } from "../../src/cmd/surroundings.ts";
import { watchJobs } from "../../src/cmd/wiring/ports.ts";
import type { Config } from "../../src/config/config.ts";
import { applier } from "../../src/effects/apply.ts";
import { connect } from "../../src/kube/client.ts";
import { KubeError } from "../../src/kube/error.ts";
import { singleCluster } from "../../src/kube/kubeconfig.ts";
import type { Kube } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { health } from "../../src/lib/health.ts";
import { silent } from "../../src/lib/logger.ts";
import { forgetful } from "../../src/record/port.ts";

export const CONFIG = {
  prowjob_namespace: "default",
  pod_namespace: "default",
  disabled_clusters: [],
  scheduler: {},
  plank: { default_decoration_config_entries: [] },
  slack_reporter_configs: {
    "*": {
      channel: "ci",
      job_types_to_report: ["postsubmit"],
      job_states_to_report: ["success"],
      report_template: "{{.ObjectMeta.Name}}",
    },
  },
  sinker: {
    resync_period: "100ms",
    max_prowjob_age: "168h0m0s",
    max_pod_age: "24h0m0s",
    terminated_pod_ttl: "24h0m0s",
  },
  horologium: { tick_interval: "100ms" },
  periodics: [] as object[],
};

export type Part = "sinker" | "horologium" | "crier";
const PARTS: Part[] = ["sinker", "horologium", "crier"];

export interface Replica {
  /** What it did, by component, e.g. `deleteProwJob old`. */
  did: Record<Part, string[]>;
  /** From now on no server answers it, until it may be reached again. */
  cut(): void;
  heal(): void;
  stop(): Promise<void>;
}

/** `said`: the texts of all Slack messages. */
export function startReplica(url: string, name: string, said: string[]): Replica {
  const network = { down: false };
  const kube = cuttable(connect({ server: url }), network);
  const clusters = singleCluster(kube);
  const stop = new AbortController();
  const did: Replica["did"] = { sinker: [], horologium: [], crier: [] };
  const host = hostOf(name, stop.signal);
  const config = { config: () => CONFIG as unknown as Config } as ConfigAgent;
  const slack = { post: async ({ text }: { text: string }) => void said.push(text) };
  const done = PARTS.map((part) => {
    const metrics = new Registry();
    const around = {
      host,
      log: silent,
      metrics,
      config,
      record: forgetful,
      health: health(() => 0),
      signal: stop.signal,
    };
    const really = applier({ clusters, messages: { slack }, clock: systemClock, log: silent });
    const ports = {
      jobs: watchJobs(clusters, around),
      clusters,
      apply: async (effects: Parameters<typeof really>[0]) => {
        for (const effect of effects) {
          await really([effect]);
          if (effect.do !== "patchProwJob") did[part].push(effect.do);
        }
      },
    };
    const lease = `cutwater-${part}`;
    if (part === "sinker") return startSinker(ports, around, { lease }).done;
    if (part === "horologium") return startHorologium(ports, around, { lease }).done;
    return startCrier(ports, { githubWorkers: 0, storageWorkers: 0, slackWorkers: 2, lease }, around).done;
  });
  return {
    did,
    cut() {
      network.down = true;
    },
    heal() {
      network.down = false;
    },
    async stop() {
      stop.abort();
      await Promise.all(done);
    },
  };
}

/** A process of that name, for components that are started beside each other. */
export const hostOf = (name: string, signal: AbortSignal): Surroundings["host"] => ({
  env: { HOSTNAME: name },
  cwd: "/",
  out() {},
  err() {},
  errIsTerminal: false,
  onWarning() {},
  clock: systemClock,
  random: Math.random,
  signal,
  failpoints: undefined,
});

function cuttable(kube: Kube, network: { down: boolean }): Kube {
  const reach = () => {
    if (network.down) throw new KubeError(0, "ECONNREFUSED", "no route to host");
  };
  const guard = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, method) {
        const call = Reflect.get(target, method) as (...args: unknown[]) => unknown;
        if (method === "watch") return (...args: unknown[]) => events(call.apply(target, args));
        return async (...args: unknown[]) => {
          reach();
          return await call.apply(target, args);
        };
      },
    });
  async function* events(watch: unknown) {
    reach();
    for await (const event of watch as AsyncIterable<unknown>) {
      reach();
      yield event;
    }
  }
  return { read: guard(kube.read), write: guard(kube.write) };
}

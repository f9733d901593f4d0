// A deck over plain data, for tests: jobs in a list, objects in a map, no network.
import { deckApp } from "../../src/deck/app.ts";
import type { DeckDeps } from "../../src/deck/deps.ts";
import type { ObjectStore } from "../../src/kube/port.ts";
import { silent } from "../../src/lib/logger.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { BlobRead } from "../../src/storage/port.ts";

export const NOW = new Date("2026-11-23T12:00:00Z");

type JobChanges = { name?: string; spec?: Partial<ProwJob["spec"]>; status?: Partial<ProwJob["status"]> };

export function prowJob({ name = "a-job", spec, status }: JobChanges = {}): ProwJob {
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: { name, namespace: "default" },
    spec: {
      type: "presubmit",
      job: "unit",
      cluster: "default",
      refs: {
        org: "acme",
        repo: "widgets",
        base_ref: "main",
        base_sha: "b".repeat(40),
        pulls: [
          { number: 7, author: "alice", sha: "a".repeat(40), title: "Fix <the> thing", link: "https://g/7" },
        ],
      },
      decoration_config: { gcs_configuration: { bucket: "results", path_strategy: "explicit" } },
      ...spec,
    },
    status: { state: "success", startTime: "2026-11-23T11:59:00Z", build_id: "123", ...status },
  };
}

export function storeOf(jobs: ProwJob[]): ObjectStore<ProwJob> & { change(job: ProwJob): void } {
  const listeners = new Set<Parameters<ObjectStore<ProwJob>["onChange"]>[0]>();
  return {
    synced: () => true,
    list: () => jobs,
    get: (_namespace, name) => jobs.find(({ metadata }) => metadata.name === name),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(job) {
      for (const listener of listeners)
        listener({ namespace: "default", name: job.metadata.name }, job, undefined);
    },
  };
}

const stream = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();

/** Objects by URL. */
export function blobs(objects: Record<string, { text: string; contentType?: string }>): BlobRead {
  const info = (url: string) => ({
    url,
    size: objects[url]!.text.length,
    updated: "",
    contentType: objects[url]!.contentType,
  });
  return {
    stat: async (url) => (objects[url] ? info(url) : undefined),
    read: async (url, range) => stream(objects[url]!.text.slice(range?.start ?? 0, range?.end)),
    async list(prefix) {
      const below = Object.keys(objects).filter((url) => url.startsWith(prefix));
      const direct = below.filter((url) => !url.slice(prefix.length).includes("/"));
      const deeper = below.filter((url) => !direct.includes(url));
      const prefixes = new Set(deeper.map((url) => `${prefix}${url.slice(prefix.length).split("/")[0]}/`));
      return { objects: direct.map(info), prefixes: [...prefixes] };
    },
    sign: async () => undefined,
  };
}

type Overrides = Partial<Omit<DeckDeps, "config">> & { deckConfig?: object };

export function deck({ deckConfig = {}, ...overrides }: Overrides = {}) {
  const config = {
    plank: { default_decoration_configs: { "*": { gcs_configuration: { bucket: "results" } } } },
    presubmits: {},
    postsubmits: {},
    periodics: [],
    deck: deckConfig,
  } as unknown as ReturnType<DeckDeps["config"]>;
  const app = deckApp({
    config: () => config,
    configStatus: () => ({ config: { current: true, since: NOW, loaded: NOW, problems: [] } }),
    jobs: storeOf([]),
    storage: blobs({}),
    podLogs: { open: async () => undefined },
    podTrouble: async () => [],
    tide: async () => undefined,
    tideHistory: async () => undefined,
    pluginHelp: async () => undefined,
    showHidden: false,
    clock: {
      now: () => NOW,
      sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
    },
    log: silent,
    ...overrides,
  });
  return async (path: string, init?: RequestInit) => app(new Request(`http://deck${path}`, init));
}

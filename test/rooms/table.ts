// The rooms of the house: what each may import. docs/architecture.md has the table that is generated from this.
import { FOREIGN } from "./imports.ts";

export type Room = keyof typeof ROOMS_;

interface Rule {
  holds: string;
  may: readonly string[] | "all";
  /** Rooms of which only port.ts and error.ts may be imported. */
  ports?: readonly string[];
  /** Packages that no other room may name, unless it lists them too. */
  packages?: readonly string[];
}

const PURE = ["lib", "model", "config", "jobs", "owners"] as const;
const PORTS = ["github", "kube", "storage", "git", "queue", "messages", "record"] as const;
const COMPONENT = { may: [...PURE, "effects"], ports: PORTS } as const;

const ROOMS_ = {
  lib: { holds: "clock, durations, cron, RE2, Go templates, YAML, flags, work queue", may: [] },
  model: {
    holds: "nouns as schemas and types: ProwJob, Refs, Event, Effect, labels, storage layout",
    may: ["lib"],
  },
  config: {
    holds: "Prow's YAML: parse, defaults, validation, lookups; `watch.ts` alone touches the disk",
    may: ["lib", "model"],
  },
  jobs: {
    holds: "which jobs run for an event; job to ProwJob; ProwJob to decorated Pod",
    may: ["lib", "model", "config"],
  },
  owners: { holds: "OWNERS parsing, the approver algebra", may: ["lib", "model"], ports: ["github"] },
  github: {
    holds: "the GitHub port and its adapter (App or token)",
    may: ["lib", "model"],
    ports: ["shared"],
  },
  kube: {
    holds: "the Kubernetes port, client, reflector, leader election",
    may: ["lib", "model"],
    packages: ["@kubernetes/client-node"],
  },
  storage: {
    holds: "object storage: GCS, S3, directory",
    may: ["lib", "model"],
    packages: [
      "@google-cloud/storage",
      "google-auth-library",
      "@aws-sdk/client-s3",
      "@aws-sdk/lib-storage",
      "@aws-sdk/s3-request-presigner",
    ],
  },
  messages: { holds: "Slack and Pub/Sub, over HTTP", may: ["lib", "model"] },
  git: {
    holds: "merges without a work tree: what merges, and what files are there then",
    may: ["lib", "model"],
  },
  "in-repo": {
    holds: "jobs that a repository keeps itself: `.prow.yaml`, `.prow/`, read from GitHub's API or from git",
    may: ["lib", "model", "config", "jobs"],
    ports: ["github", "git"],
  },
  queue: {
    holds: "the durable list of work: SQLite, BullMQ",
    may: ["lib", "model"],
    packages: ["bullmq", "ioredis"],
  },
  shared: {
    holds: "what the replicas of a component share, none of it the truth: memory, Redis",
    may: ["lib", "model"],
    packages: ["ioredis"],
  },
  record: {
    holds: "what was seen, decided and done, for people who ask why: SQLite, Redis",
    may: ["lib", "model"],
    packages: ["ioredis"],
  },
  traces: { holds: "spans, and how they get to an OpenTelemetry collector", may: ["lib"] },
  effects: { holds: "`apply` (one exhaustive switch), `print`", may: ["lib", "model"], ports: PORTS },
  plugins: {
    holds: "one file a plugin; `index.ts` is the list",
    may: PURE,
    ports: ["github", "kube", "git"],
  },
  guests: {
    holds: "Probot apps as plugins, each in a process of its own",
    may: ["lib", "model"],
    ports: ["github"],
    packages: ["probot", FOREIGN],
  },
  hook: {
    holds: "gateway (verify, persist, answer) and dispatcher (queue to plugins to effects)",
    may: [...PURE, "effects", "plugins"],
    ports: [...PORTS, "guests"],
  },
  plank: { holds: "ProwJobs to pods and back", ...COMPONENT },
  tide: { holds: "merges what is ready, says why the rest is not", ...COMPONENT },
  sinker: { holds: "cleans up old jobs and pods", ...COMPONENT },
  tot: { holds: "numbers the builds of every job", may: ["lib", "model", "config"] },
  horologium: { holds: "starts periodic jobs", ...COMPONENT },
  crier: { holds: "reports jobs to GitHub, storage, Slack and Pub/Sub", ...COMPONENT },
  ghproxy: {
    holds: "a cache before GitHub's API, for other tools",
    may: ["lib", "model", "github"],
    ports: ["shared"],
  },
  deck: { holds: "pages, JSON endpoints, live streams", may: PURE, ports: PORTS },
  checkconfig: {
    holds: "warnings about a configuration, one check each, and how they are printed",
    may: [...PURE, "tide"],
  },
  tools: {
    holds: "what the commands for people decide: render, its diff, owners, why-run, why, play, mkpj, mkpod",
    may: [...PURE, "plugins"],
    ports: ["github", "record"],
  },
  podutils: { holds: "clonerefs, initupload, entrypoint, sidecar", may: ["lib", "model", "storage", "git"] },
  local: {
    holds: "Kubernetes API server, kubelet, GitHub emulator, demo; reached over HTTP only",
    may: ["lib", "model"],
    ports: ["kube"],
  },
  cmd: {
    holds:
      "one file a command; `process` is around each, `wiring` and `config` build what they share, `up` is all in one",
    may: "all",
  },
  "main.ts": { holds: "the table of commands", may: ["lib", "cmd"] },
} as const satisfies Record<string, Rule>;

export const ROOMS: Record<Room, Rule> = ROOMS_;

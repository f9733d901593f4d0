// The manifests of config/k8s as data, with all components of kustomize, and the commands that their containers run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import { cherrypicker } from "../../src/cmd/cherrypicker.ts";
import type { Command } from "../../src/cmd/command.ts";
import { crier } from "../../src/cmd/crier.ts";
import { deck } from "../../src/cmd/deck.ts";
import { ghproxy } from "../../src/cmd/ghproxy.ts";
import { hook } from "../../src/cmd/hook.ts";
import { horologium } from "../../src/cmd/horologium.ts";
import { needsRebase } from "../../src/cmd/needs-rebase.ts";
import { plank } from "../../src/cmd/plank.ts";
import { refresh } from "../../src/cmd/refresh.ts";
import { sinker } from "../../src/cmd/sinker.ts";
import { tide } from "../../src/cmd/tide.ts";
import { tot } from "../../src/cmd/tot.ts";

export const COMMANDS: Record<string, Command> = {
  ...{ hook, plank, tide, sinker, horologium, crier, deck },
  ...{ tot, ghproxy, cherrypicker, "needs-rebase": needsRebase, refresh },
};

export const root = join(import.meta.dirname, "..", "..");
export const base = join(root, "config", "k8s");

interface Probe {
  httpGet?: { path: string; port: string };
  tcpSocket?: { port: string };
  exec?: { command: string[] };
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args: string[];
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports: { name: string; containerPort: number }[];
  livenessProbe: Probe;
  readinessProbe: Probe;
  startupProbe: Probe;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: Record<string, unknown>;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Volume {
  name: string;
  configMap?: { name: string; optional?: boolean };
  secret?: { secretName: string; optional?: boolean };
  emptyDir?: object;
}

interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: {
    serviceAccountName: string;
    automountServiceAccountToken?: boolean;
    securityContext: Record<string, unknown>;
    containers: Container[];
    initContainers?: Container[];
    volumes: Volume[];
  };
}

export interface Workload extends Manifest {
  spec: {
    replicas: number;
    selector: { matchLabels: Record<string, string> };
    template: PodTemplate;
    updateStrategy?: { type: string };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  /** As its kind has it. */
  spec?: unknown;
}

interface Kustomization {
  resources?: string[];
  images?: { name: string }[];
  patches?: { target: { kind: string; name: string }; patch: string }[];
}

const read = (...path: string[]) => readFileSync(join(base, ...path), "utf8");
const kustomizationIn = (...path: string[]) => load(read(...path, "kustomization.yaml")) as Kustomization;
const resourcesIn = (...path: string[]) =>
  (kustomizationIn(...path).resources ?? []).flatMap((file) => loadAll(read(...path, file)) as Manifest[]);

export const kustomization = kustomizationIn();

/** It patches what the others bring. */
const LAST = "redis-tls";

/** It moves all the others into other namespaces. */
export const BESIDE_PROW = "beside-prow";

/** What may be added to the base, each by itself, in an order in which they may be named together. */
export const additions = readdirSync(join(base, "components"))
  .filter((name) => name !== BESIDE_PROW)
  .sort((a, b) => Number(a === LAST) - Number(b === LAST) || (a < b ? -1 : 1));

export const baseManifests: readonly Manifest[] = resourcesIn();

/** Base and additions, patched as kustomize would: the heavy test sees whether it agrees. */
export const manifests: readonly Manifest[] = patched([
  ...resourcesIn(),
  ...additions.flatMap((name) => resourcesIn("components", name)),
]);

function patched(all: Manifest[]): Manifest[] {
  for (const { target, patch } of additions.flatMap(
    (name) => kustomizationIn("components", name).patches ?? [],
  )) {
    const manifest = all.find(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
    if (!manifest) throw new Error(`a patch is for ${target.kind} ${target.name}, which there is not`);
    for (const operation of load(patch) as Operation[]) change(manifest, operation);
  }
  return all;
}

interface Operation {
  op: "add" | "replace";
  path: string;
  value: unknown;
}

function change(manifest: Manifest, { path, value }: Operation): void {
  const keys = path.slice(1).split("/");
  const last = keys.pop()!;
  const parent = keys.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], manifest);
  if (last === "-") (parent as unknown[]).push(value);
  else (parent as Record<string, unknown>)[last] = value;
}

export const ofKind = <T extends Manifest>(kind: string, among = manifests): T[] =>
  among.filter((manifest) => manifest.kind === kind) as T[];

export const workloads: Workload[] = [...ofKind<Workload>("Deployment"), ...ofKind<Workload>("StatefulSet")];

/** Of our own image: each has one. */
export const components = componentsOf(workloads);

export function componentsOf(among: readonly Workload[]) {
  return among
    .filter(({ spec }) => spec.template.spec.containers[0]?.image.split(":")[0] === "cutwater")
    .map((workload) => {
      const container = workload.spec.template.spec.containers[0]!;
      const [command = "", ...argv] = container.args;
      return { name: workload.metadata.name, workload, container, command, argv };
    });
}

/** `$(NAME)` is what Kubernetes puts the variable in for; of a Secret's value nothing is known but that it is text. */
export function expanded(argv: readonly string[], { env = [] }: Container): string[] {
  return argv.map((word) =>
    word.replace(/\$\((\w+)\)/g, (reference, name) => {
      if (!env.some((variable) => variable.name === name)) throw new Error(`${reference} is not in env`);
      return "1234";
    }),
  );
}

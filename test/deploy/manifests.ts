// The manifests of config/k8s as data, and the commands that their containers run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import type { Command } from "../../src/cmd/command.ts";
import { crier } from "../../src/cmd/crier.ts";
import { deck } from "../../src/cmd/deck.ts";
import { hook } from "../../src/cmd/hook.ts";
import { horologium } from "../../src/cmd/horologium.ts";
import { plank } from "../../src/cmd/plank.ts";
import { sinker } from "../../src/cmd/sinker.ts";
import { tide } from "../../src/cmd/tide.ts";

export const COMMANDS: Record<string, Command> = { hook, plank, tide, sinker, horologium, crier, deck };

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
  env?: { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
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

export const kustomization = load(readFileSync(join(base, "kustomization.yaml"), "utf8")) as {
  resources: string[];
  images: { name: string }[];
};

export const manifests: Manifest[] = kustomization.resources.flatMap(
  (file) => loadAll(readFileSync(join(base, file), "utf8")) as Manifest[],
);

export const ofKind = <T extends Manifest>(kind: string): T[] =>
  manifests.filter((manifest) => manifest.kind === kind) as T[];

export const workloads: Workload[] = [...ofKind<Workload>("Deployment"), ...ofKind<Workload>("StatefulSet")];

/** Of our own image: each has one. */
export const components = ofKind<Workload>("Deployment").map((deployment) => {
  const container = deployment.spec.template.spec.containers[0]!;
  const [command = "", ...argv] = container.args;
  return { name: deployment.metadata.name, deployment, container, command, argv };
});

/** `$(NAME)` is what Kubernetes puts the variable in for; of a Secret's value nothing is known but that it is text. */
export function expanded(argv: readonly string[], { env = [] }: Container): string[] {
  return argv.map((word) =>
    word.replace(/\$\((\w+)\)/g, (reference, name) => {
      if (!env.some((variable) => variable.name === name)) throw new Error(`${reference} is not in env`);
      return "1234";
    }),
  );
}

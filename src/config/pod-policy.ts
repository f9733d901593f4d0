// Whether a repository's own jobs may ask for more than a plain pod has: `restricted` where a pull request brings them.
import { isDeepStrictEqual } from "node:util";
import { madeOnce } from "../lib/kept/made-once.ts";
import type { DecorationConfig } from "../model/decoration-config.ts";
import type { PodSpec } from "../model/pod.ts";
import { reservedVolumes } from "../model/reserved-names.ts";
import type { Config } from "./config.ts";
import { jobDefaults } from "./decoration-defaults.ts";
import { mostSpecific } from "./in-repo-keys.ts";
import type { JobBase } from "./job.ts";
import { finishPresubmit } from "./job-defaults.ts";
import type { Raised } from "./pod-rule.ts";
import { raisedByPod } from "./pod-rules.ts";
import { type PodSecurity, podSecurity } from "./pod-security.ts";
import { raisedByReports } from "./report-policy.ts";

export type PodPolicy = "restricted" | "prow";

/** Of `in_repo_config.pod_policy` the most specific key decides; `restricted` when none does. */
export const podPolicy = ({ in_repo_config: own }: Pick<Config, "in_repo_config">, repo: string): PodPolicy =>
  mostSpecific<PodPolicy>(own?.pod_policy ?? {}, repo) ?? "restricted";

/** Settings of the decoration that give nothing: how long, how much, and what is cloned of the change itself. */
const HARMLESS = new Set([
  ...["timeout", "grace_period", "resources", "skip_cloning", "blobless_fetch", "sparse_checkout_files"],
  ...["upload_ignores_interrupts", "set_limit_equals_memory_request", "default_memory_request"],
  ...["pod_pending_timeout", "pod_running_timeout", "pod_unscheduled_timeout"],
  ...["run_as_user", "run_as_group", "fs_group", "gcs_configuration"],
]);
const HARMLESS_OF_STORAGE = new Set(["mediaTypes", "compress_file_types"]);
/** With one of these what is cloned may be what the author can not read. */
const CREDENTIALS = [
  "ssh_key_secrets",
  "cookiefile_secret",
  "oauth_token_secret",
  "github_app_private_key_secret",
] as const;
/** Annotations and labels of a pod that do what its fields do, have something injected, or make it part of a Service. */
const ANNOTATIONS = new RegExp(
  [
    "^(container\\.apparmor|container\\.seccomp|seccomp)\\.|^io\\.kubernetes\\.cri-o\\.",
    "^(iam\\.amazonaws\\.com|k8s\\.v1\\.cni\\.cncf\\.io|azure\\.workload\\.identity)/",
    "^(vault\\.hashicorp\\.com|sidecar\\.istio\\.io|app\\.kubernetes\\.io)/",
  ].join("|"),
);

/** What the central configuration gives to a job that asks for nothing. */
interface Plain {
  spec: PodSpec;
  decoration: DecorationConfig;
}

const plainsOf = madeOnce((_: Config) => new Map<string, Plain>());

function plainJob(config: Config, repo: string, cluster: string): Plain {
  const known = plainsOf(config);
  const key = `${cluster} ${repo}`;
  const before = known.get(key);
  if (before) return before;
  const asked = { name: "plain", cluster, decorate: true, spec: { containers: [{ name: "test" }] } };
  const around = {
    podNamespace: config.pod_namespace,
    decorateAll: true,
    presets: config.presets ?? [],
    defaults: jobDefaults(config),
  };
  const job = finishPresubmit(asked as Parameters<typeof finishPresubmit>[0], repo, around, () => undefined);
  const plain = {
    spec: limited(job.spec as PodSpec, podSecurity(config, cluster)),
    decoration: job.decoration_config ?? {},
  };
  known.set(key, plain);
  return plain;
}

/** A plain pod that is made to pass `restricted` has no capabilities. */
function limited(spec: PodSpec, security: PodSecurity): PodSpec {
  if (security === "prow") return spec;
  const securityContext = { capabilities: { drop: ["ALL"] } };
  return { ...spec, containers: spec.containers.map((container) => ({ ...container, securityContext })) };
}

/** Everything in a finished job that gives more than a plain one of the repository has. Paths are below the job. */
export function raisedByJob(job: JobBase, repo: string, config: Config): Raised[] {
  const plain = plainJob(config, repo, job.cluster);
  const reserved = reservedVolumes(job.decoration_config);
  const found: Raised[] = [];
  if (job.spec)
    for (const { path, why } of raisedByPod(job.spec, plain.spec, reserved))
      found.push({ path: ["spec", ...path], why });
  if (job.agent !== "kubernetes")
    found.push({ path: ["agent"], why: "only pods are looked at, so only agent: kubernetes is allowed" });
  for (const kind of ["annotations", "labels"] as const)
    for (const name of Object.keys(job[kind] ?? {}))
      if (ANNOTATIONS.test(name))
        found.push({ path: [kind, name], why: "it changes how the pod is contained, or what it is" });
  if (job.decoration_config) found.push(...raisedByDecoration(job.decoration_config, plain.decoration));
  return [...found, ...raisedByClones(job), ...raisedByReports(job, repo, config)];
}

function raisedByDecoration(own: DecorationConfig, plain: DecorationConfig): Raised[] {
  const differ = <T extends object>(one: T, other: T, harmless: ReadonlySet<string>, path: string[]) =>
    [...new Set([...Object.keys(one), ...Object.keys(other)])]
      .filter((field) => !harmless.has(field))
      .filter((field) => !isDeepStrictEqual(one[field as keyof T], other[field as keyof T]))
      .map((field) => ({
        path: [...path, field],
        why: "it differs from the central configuration, and decides about images, storage or secrets",
      }));
  const root = (["run_as_user", "run_as_group", "fs_group"] as const)
    .filter((field) => own[field] === 0 && plain[field] !== 0)
    .map((field) => ({ path: ["decoration_config", field], why: "0 is root" }));
  return [
    ...differ(own, plain, HARMLESS, ["decoration_config"]),
    ...differ(own.gcs_configuration ?? {}, plain.gcs_configuration ?? {}, HARMLESS_OF_STORAGE, [
      "decoration_config",
      "gcs_configuration",
    ]),
    ...root,
  ];
}

const isNamed = (secret: unknown): boolean => (Array.isArray(secret) ? secret.length > 0 : Boolean(secret));

function raisedByClones({ clone_uri, decoration_config: decoration, extra_refs }: JobBase): Raised[] {
  if (!decoration || !CREDENTIALS.some((field) => isNamed(decoration[field]))) return [];
  const why = "it would be cloned with the credentials of the decoration";
  return [
    ...(clone_uri ? [{ path: ["clone_uri"], why }] : []),
    ...(extra_refs ?? []).map((_, i) => ({ path: ["extra_refs", i], why })),
  ];
}

/** What a job runs and with what, and where that is told, without when it runs. */
const running = (job: JobBase & { context?: string }): unknown => [
  ...[job.context, job.reporter_config],
  ...[job.name, job.agent, job.cluster, job.namespace, job.spec, job.decorate, job.decoration_config],
  ...[job.labels, job.annotations, job.path_alias, job.clone_uri, job.extra_refs, job.skip_submodules],
  ...[job.clone_depth, job.skip_fetch_head, job.pipeline_run_spec, job.tekton_pipeline_run_spec],
];

/** Whether one of `allowed` runs the very same. */
export function runsTheSame(job: JobBase, allowed: readonly JobBase[]): boolean {
  const mine = running(job);
  return allowed.some((other) => other.name === job.name && isDeepStrictEqual(running(other), mine));
}

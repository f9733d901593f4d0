// What a pod may not have when the repository's own configuration asks for it: one rule for each way to more rights.
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../lib/schema.ts";
import type { Container, PodSpec } from "../model/pod.ts";
import { containerRules } from "./container-rules.ts";
import { fieldsOf, isSaid, type Raised, type Rule, recordsAt, rootRules, unconfined } from "./pod-rule.ts";

const given = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== false &&
  value !== "" &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isRecord(value) && Object.keys(value).length === 0);

/** The pod's own name is an address in its `/etc/hosts`, too. */
const UTILITIES = "the pod utilities would send their credentials where it says";

/** Fields of a pod spec that must be left out, with what they would give. */
const REFUSED: Readonly<Record<string, string>> = {
  serviceAccountName: "a service account has rights in the cluster",
  serviceAccount: "a service account has rights in the cluster",
  automountServiceAccountToken: "the token of a service account has rights in the cluster",
  hostNetwork: "the network of the node reaches what pods can not",
  hostPID: "the processes of the node hold its secrets",
  hostIPC: "the memory that processes of the node share holds their data",
  shareProcessNamespace: "the sidecar's process can read what uploads the results",
  nodeName: "which node runs it is not for the job to say",
  nodeSelector: "which node runs it is not for the job to say",
  affinity: "which node runs it is not for the job to say",
  topologySpreadConstraints: "which node runs it is not for the job to say",
  schedulerName: "which node runs it is not for the job to say",
  priorityClassName: "a priority pushes other pods off their nodes",
  priority: "a priority pushes other pods off their nodes",
  preemptionPolicy: "a priority pushes other pods off their nodes",
  runtimeClassName: "the runtime decides how well the pod is contained",
  imagePullSecrets: "it names a secret",
  resourceClaims: "it claims devices of the node",
  overhead: "it changes how pods are counted",
  dnsConfig: UTILITIES,
  hostAliases: UTILITIES,
  hostname: UTILITIES,
  subdomain: UTILITIES,
  setHostnameAsFQDN: UTILITIES,
};

/** What no rule has to look at. `tolerations` and `volumes` are looked at one by one. */
const HARMLESS = new Set([
  ...["containers", "initContainers", "volumes", "tolerations", "securityContext", "restartPolicy"],
  ...["terminationGracePeriodSeconds", "activeDeadlineSeconds", "dnsPolicy"],
  ...["enableServiceLinks", "readinessGates", "os", "resources", "hostUsers"],
]);

/** Kinds of volumes that hold nothing but what the pod itself puts there or is told. */
const OWN_VOLUMES = new Set(["name", "emptyDir", "downwardAPI"]);
const VOLUMES: Readonly<Record<string, string>> = {
  hostPath: "it is a directory of the node",
  secret: "it holds a secret",
  projected: "it can hold secrets and tokens",
  configMap: "it holds what the cluster keeps for others",
  csi: "a driver can mount secrets",
};

const volumeRule: Rule<PodSpec> = ({ volumes }, base) =>
  recordsAt(volumes).flatMap(([volume, i]) => {
    if (base.volumes?.some((one) => isDeepStrictEqual(one, volume))) return [];
    return fieldsOf(volume)
      .filter((kind) => !OWN_VOLUMES.has(kind) && isSaid(volume[kind]))
      .map((kind) => ({
        path: ["volumes", i, kind],
        why: VOLUMES[kind] ?? "only emptyDir and downwardAPI hold nothing of others",
      }));
  });

const tolerationRule: Rule<PodSpec> = (spec, base) => {
  const known = recordsAt(base["tolerations"]).map(([one]) => one);
  return recordsAt(spec["tolerations"])
    .filter(([one]) => !known.some((other) => isDeepStrictEqual(one, other)))
    .map(([, i]) => ({ path: ["tolerations", i], why: "which node runs it is not for the job to say" }));
};

const fieldRule: Rule<PodSpec> = (spec, base) =>
  fieldsOf(spec)
    .filter((field) => !HARMLESS.has(field) && given(spec[field]))
    .filter((field) => !isDeepStrictEqual(spec[field], base[field]))
    .map((field) => ({ path: [field], why: REFUSED[field] ?? "it is not known to be harmless" }));

/** `securityContext` of the pod. */
const contextRule: Rule<PodSpec> = (spec) => {
  const context = spec["securityContext"];
  if (!isRecord(context)) return [];
  const found = [...rootRules(context), ...unconfined(context)];
  if (given(context["sysctls"])) found.push({ path: ["sysctls"], why: "it sets the node's kernel" });
  const groups = context["supplementalGroups"];
  if (Array.isArray(groups) && groups.includes(0))
    found.push({ path: ["supplementalGroups"], why: "group 0 is root's" });
  return found.map(({ path, why }) => ({ path: ["securityContext", ...path], why }));
};

const RULES: readonly Rule<PodSpec>[] = [fieldRule, volumeRule, tolerationRule, contextRule];
const KINDS = ["containers", "initContainers"] as const;

/**
 * Everything in `spec` that gives more than a plain pod has. `base` is the pod of a plain job of the same repository:
 * what the central presets and defaults give to every job is no more. `reserved` are the volumes of the decoration.
 */
export function raisedByPod(spec: PodSpec, base: PodSpec, reserved: ReadonlySet<string>): Raised[] {
  const own = new Set(
    recordsAt(spec.volumes)
      .map(([{ name }]) => String(name))
      .filter((name) => !reserved.has(name)),
  );
  const ofContainers = KINDS.flatMap((kind) =>
    recordsAt(spec[kind]).flatMap(([container, i]) =>
      containerRules(container as unknown as Container, base.containers[0]!, own).map(({ path, why }) => ({
        path: [kind, i, ...path],
        why,
      })),
    ),
  );
  return [...RULES.flatMap((rule) => rule(spec, base)), ...ofContainers];
}

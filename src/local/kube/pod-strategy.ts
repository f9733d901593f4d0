// Pods: the defaults, checks and rules of change that Kubernetes has for them.
import { type ApiObject, at, clone, equal, isObject, type JsonObject, objectsAt, textAt } from "./json.ts";
import { checkDnsLabel } from "./meta-validate.ts";
import type { Strategy } from "./resource.ts";
import {
  type Cause,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from "./status.ts";

const DEFAULT_GRACE_SECONDS = 30;

export const podStrategy: Strategy = {
  generation: true,
  returnsDeleted: true,
  prepareCreate(pod) {
    setPodDefaults(pod);
    pod["status"] = { phase: "Pending", qosClass: qosClass(pod) };
  },
  prepareUpdate: (pod) => setPodDefaults(pod),
  validate: (pod) => checkPodSpec(pod),
  validateUpdate: (pod, old) => checkChange(pod, old),
  fields: {
    "status.phase": (pod) => textAt(pod, "status", "phase"),
    "spec.nodeName": (pod) => textAt(pod, "spec", "nodeName"),
    "spec.restartPolicy": (pod) => textAt(pod, "spec", "restartPolicy"),
    "spec.schedulerName": (pod) => textAt(pod, "spec", "schedulerName"),
    "spec.serviceAccountName": (pod) => textAt(pod, "spec", "serviceAccountName"),
    "spec.hostNetwork": (pod) => String(at(pod, "spec", "hostNetwork") ?? false),
    "status.podIP": (pod) => textAt(pod, "status", "podIP"),
    "status.nominatedNodeName": (pod) => textAt(pod, "status", "nominatedNodeName"),
  },
  grace(pod, asked) {
    // Nothing runs of a pod that is on no node or that has ended.
    if (!textAt(pod, "spec", "nodeName")) return 0;
    if (["Succeeded", "Failed"].includes(textAt(pod, "status", "phase"))) return 0;
    const own = at(pod, "spec", "terminationGracePeriodSeconds");
    return asked ?? (typeof own === "number" ? own : DEFAULT_GRACE_SECONDS);
  },
};

const setDefault = (object: JsonObject, field: string, value: JsonObject[string]): void => {
  if (object[field] === undefined || object[field] === "") object[field] = value;
};

export const containersOf = (pod: ApiObject): JsonObject[] => [
  ...objectsAt(pod, "spec", "initContainers"),
  ...objectsAt(pod, "spec", "containers"),
];

function setPodDefaults(pod: ApiObject): void {
  const spec = pod["spec"];
  if (!isObject(spec)) return;
  setDefault(spec, "restartPolicy", "Always");
  setDefault(spec, "terminationGracePeriodSeconds", DEFAULT_GRACE_SECONDS);
  setDefault(spec, "dnsPolicy", "ClusterFirst");
  setDefault(spec, "securityContext", {});
  setDefault(spec, "schedulerName", "default-scheduler");
  setDefault(spec, "priority", 0);
  setDefault(spec, "enableServiceLinks", true);
  setDefault(spec, "preemptionPolicy", "PreemptLowerPriority");
  if (spec["serviceAccountName"]) setDefault(spec, "serviceAccount", spec["serviceAccountName"]);
  for (const container of containersOf(pod)) setContainerDefaults(container);
  for (const volume of objectsAt(spec, "volumes")) setVolumeDefaults(volume);
  const tolerations = objectsAt(spec, "tolerations");
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    if (tolerations.some((toleration) => !toleration["key"] || toleration["key"] === key)) continue;
    tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  spec["tolerations"] = tolerations;
}

function setContainerDefaults(container: JsonObject): void {
  setDefault(container, "resources", {});
  setDefault(container, "terminationMessagePath", "/dev/termination-log");
  setDefault(container, "terminationMessagePolicy", "File");
  const image = textAt(container, "image");
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  const moving = !image.includes("@") && (tag === undefined || tag === "latest");
  setDefault(container, "imagePullPolicy", moving ? "Always" : "IfNotPresent");
  for (const port of objectsAt(container, "ports")) setDefault(port, "protocol", "TCP");
  for (const variable of objectsAt(container, "env")) {
    const reference = at(variable, "valueFrom", "fieldRef");
    if (isObject(reference)) setDefault(reference, "apiVersion", "v1");
  }
  const resources = container["resources"];
  const limits = at(resources, "limits");
  // A limit without a request asks for as much as it may use.
  if (isObject(limits) && isObject(resources))
    resources["requests"] = { ...limits, ...requestsOf(resources) };
}

const requestsOf = (resources: JsonObject): JsonObject => {
  const requests = resources["requests"];
  return isObject(requests) ? requests : {};
};

function setVolumeDefaults(volume: JsonObject): void {
  for (const source of ["secret", "configMap", "downwardAPI", "projected"]) {
    const value = volume[source];
    if (isObject(value)) setDefault(value, "defaultMode", 0o644);
  }
  if (Object.keys(volume).length === 1) volume["emptyDir"] = {};
}

function qosClass(pod: ApiObject): string {
  const containers = containersOf(pod);
  const all = (field: string) => containers.map((container) => at(container, "resources", field));
  const wanted = [...all("requests"), ...all("limits")];
  if (!wanted.some((list) => isObject(list) && Object.keys(list).length > 0)) return "BestEffort";
  const guaranteed = containers.every((container) => {
    const limits = at(container, "resources", "limits");
    const requests = at(container, "resources", "requests");
    const whole = isObject(limits) && limits["cpu"] !== undefined && limits["memory"] !== undefined;
    return whole && equal(limits, requests);
  });
  return guaranteed ? "Guaranteed" : "Burstable";
}

function checkPodSpec(pod: ApiObject): Cause[] {
  const spec = isObject(pod["spec"]) ? pod["spec"] : {};
  const volumes = objectsAt(spec, "volumes");
  const volumeNames = volumes.map((volume) => textAt(volume, "name"));
  const names = new Set<string>();
  const causes = volumes.flatMap((volume, index) => checkVolume(volume, `spec.volumes[${index}]`));
  causes.push(...duplicates(volumeNames, (index) => `spec.volumes[${index}].name`));
  if (objectsAt(spec, "containers").length === 0) causes.push(requiredValue("spec.containers"));
  for (const list of ["containers", "initContainers"]) {
    for (const [index, container] of objectsAt(spec, list).entries()) {
      const path = `spec.${list}[${index}]`;
      const name = textAt(container, "name");
      causes.push(...checkContainer(container, path, volumeNames));
      if (name && names.has(name)) causes.push(duplicateValue(`${path}.name`, name));
      names.add(name);
    }
  }
  const policy = textAt(spec, "restartPolicy");
  if (!["Always", "OnFailure", "Never"].includes(policy)) {
    causes.push(notSupported("spec.restartPolicy", policy, ["Always", "OnFailure", "Never"]));
  }
  const deadline = spec["activeDeadlineSeconds"];
  if (typeof deadline === "number" && deadline < 1) {
    causes.push(
      invalidValue("spec.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive"),
    );
  }
  return causes;
}

const duplicates = (names: string[], field: (index: number) => string): Cause[] =>
  names.flatMap((name, index) => (names.indexOf(name) < index ? [duplicateValue(field(index), name)] : []));

function checkVolume(volume: JsonObject, path: string): Cause[] {
  const name = textAt(volume, "name");
  const causes = name ? checkDnsLabel(`${path}.name`, name) : [requiredValue(`${path}.name`)];
  if (Object.keys(volume).filter((key) => key !== "name").length > 1) {
    causes.push(forbiddenValue(path, "may not specify more than 1 volume type"));
  }
  return causes;
}

function checkContainer(container: JsonObject, path: string, volumes: string[]): Cause[] {
  const name = textAt(container, "name");
  const image = textAt(container, "image");
  const causes = name ? checkDnsLabel(`${path}.name`, name) : [requiredValue(`${path}.name`)];
  if (!image) causes.push(requiredValue(`${path}.image`));
  else if (image !== image.trim()) {
    causes.push(invalidValue(`${path}.image`, image, "must not have leading or trailing whitespace"));
  }
  for (const [index, variable] of objectsAt(container, "env").entries()) {
    const key = textAt(variable, "name");
    if (!key) causes.push(requiredValue(`${path}.env[${index}].name`));
    if (variable["value"] && variable["valueFrom"]) {
      const why = "may not be specified when `value` is not empty";
      causes.push(invalidValue(`${path}.env[${index}].valueFrom`, "", why));
    }
  }
  const mounts = objectsAt(container, "volumeMounts");
  for (const [index, mount] of mounts.entries()) {
    const field = `${path}.volumeMounts[${index}]`;
    const volume = textAt(mount, "name");
    if (!volume) causes.push(requiredValue(`${field}.name`));
    else if (!volumes.includes(volume)) {
      const message = `Not found: ${JSON.stringify(volume)}`;
      causes.push({ reason: "FieldValueNotFound", message, field: `${field}.name` });
    }
    if (!mount["mountPath"]) causes.push(requiredValue(`${field}.mountPath`));
  }
  const paths = mounts.map((mount) => textAt(mount, "mountPath"));
  for (const [index, mountPath] of paths.entries()) {
    if (mountPath && paths.indexOf(mountPath) < index) {
      causes.push(invalidValue(`${path}.volumeMounts[${index}].mountPath`, mountPath, "must be unique"));
    }
  }
  return causes;
}

const FIXED_WORDS =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** The spec of a pod is fixed, but for a few fields. */
function checkChange(pod: ApiObject, old: ApiObject): Cause[] {
  return equal(fixedPart(pod), fixedPart(old)) ? [] : [forbiddenValue("spec", FIXED_WORDS)];
}

function fixedPart(pod: ApiObject): JsonObject {
  const spec = clone(isObject(pod["spec"]) ? pod["spec"] : {});
  delete spec["activeDeadlineSeconds"];
  delete spec["tolerations"];
  for (const list of ["containers", "initContainers"]) {
    for (const container of objectsAt(spec, list)) delete container["image"];
  }
  return spec;
}

/** The node of a Binding becomes the pod's node; causes tell why it can not. */
export function bindPod(pod: ApiObject, node: string, now: string): string | undefined {
  const bound = textAt(pod, "spec", "nodeName");
  if (pod.metadata.deletionTimestamp)
    return `pod ${pod.metadata.name} is being deleted, cannot be assigned to a host`;
  if (bound) return `pod ${pod.metadata.name} is already assigned to node ${JSON.stringify(bound)}`;
  const spec = isObject(pod["spec"]) ? pod["spec"] : {};
  const status = isObject(pod["status"]) ? pod["status"] : {};
  const others = objectsAt(status, "conditions").filter(({ type }) => type !== "PodScheduled");
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now };
  pod["spec"] = { ...spec, nodeName: node };
  pod["status"] = { ...status, conditions: [...others, scheduled] };
  return undefined;
}

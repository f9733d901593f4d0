// The rules of the other built-in kinds.
import { type ApiObject, at, isObject, type JsonObject, stringMapAt, stringsAt, textAt } from "./json.ts";
import { checkDnsLabel, checkPathSegment } from "./meta-validate.ts";
import type { Strategy } from "./resource.ts";
import { type Cause, forbiddenValue, invalidValue, notSupported, requiredValue } from "./status.ts";

const section = (object: ApiObject, name: string): JsonObject => {
  const value = object[name];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  object[name] = made;
  return made;
};

export const namespaceStrategy: Strategy = {
  returnsDeleted: true,
  checkName: checkDnsLabel,
  prepareCreate(namespace) {
    namespace["spec"] = { finalizers: ["kubernetes"] };
    namespace["status"] = { phase: "Active" };
    labelWithName(namespace);
  },
  prepareUpdate(namespace, old) {
    namespace["spec"] = old["spec"];
    labelWithName(namespace);
  },
  fields: { "status.phase": (namespace) => textAt(namespace, "status", "phase") },
};

function labelWithName(namespace: ApiObject): void {
  const labels = stringMapAt(namespace.metadata, "labels");
  namespace.metadata["labels"] = { ...labels, "kubernetes.io/metadata.name": namespace.metadata.name };
}

export const nodeStrategy: Strategy = {
  prepareCreate(node) {
    section(node, "spec");
    const status = section(node, "status");
    // What a node has is what pods may take, until it says otherwise.
    if (status["capacity"] !== undefined) status["allocatable"] ??= status["capacity"];
  },
  fields: { "spec.unschedulable": (node) => String(at(node, "spec", "unschedulable") ?? false) },
};

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_WORDS =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const checkKeys = (object: ApiObject, field: string): Cause[] =>
  Object.keys(stringMapAt(object, field))
    .filter((key) => !KEY.test(key) || key.length > 253)
    .map((key) => invalidValue(`${field}[${key}]`, key, KEY_WORDS));

function checkImmutable(object: ApiObject, old: ApiObject, fields: string[]): Cause[] {
  if (old["immutable"] !== true) return [];
  const causes: Cause[] = [];
  const fixed = "field is immutable when `immutable` is set";
  if (object["immutable"] !== true) causes.push(forbiddenValue("immutable", fixed));
  for (const field of fields) {
    if (JSON.stringify(object[field]) !== JSON.stringify(old[field]))
      causes.push(forbiddenValue(field, fixed));
  }
  return causes;
}

export const configMapStrategy: Strategy = {
  validate: (map) => [...checkKeys(map, "data"), ...checkKeys(map, "binaryData")],
  validateUpdate: (map, old) => checkImmutable(map, old, ["data", "binaryData"]),
};

export const secretStrategy: Strategy = {
  prepareCreate: (secret) => encodeSecret(secret),
  prepareUpdate(secret, old) {
    encodeSecret(secret);
    secret["type"] ||= old["type"];
  },
  validate: (secret) => checkKeys(secret, "data"),
  validateUpdate(secret, old) {
    const causes = checkImmutable(secret, old, ["data"]);
    if (secret["type"] !== old["type"])
      causes.push(invalidValue("type", secret["type"], "field is immutable"));
    return causes;
  },
  fields: { type: (secret) => textAt(secret, "type") },
};

/** stringData is for writing only. */
function encodeSecret(secret: ApiObject): void {
  const plain = stringMapAt(secret, "stringData");
  if (Object.keys(plain).length > 0) {
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
    secret["data"] = { ...stringMapAt(secret, "data"), ...Object.fromEntries(encoded) };
  }
  delete secret["stringData"];
  secret["type"] ||= "Opaque";
}

const involved = (field: string) => (event: ApiObject) => textAt(event, "involvedObject", field);

export const eventStrategy: Strategy = {
  createOnUpdate: true,
  checkName: checkPathSegment,
  prepareCreate(event) {
    for (const field of ["firstTimestamp", "lastTimestamp", "eventTime"]) event[field] ??= null;
    for (const field of ["reportingComponent", "reportingInstance"]) event[field] ??= "";
    event["source"] ??= {};
  },
  validate(event) {
    const namespace = involved("namespace")(event) || "default";
    if (namespace === (event.metadata.namespace ?? "")) return [];
    return [
      invalidValue(
        "involvedObject.namespace",
        involved("namespace")(event),
        "does not match event.namespace",
      ),
    ];
  },
  fields: {
    "involvedObject.kind": involved("kind"),
    "involvedObject.namespace": involved("namespace"),
    "involvedObject.name": involved("name"),
    "involvedObject.uid": involved("uid"),
    "involvedObject.apiVersion": involved("apiVersion"),
    "involvedObject.resourceVersion": involved("resourceVersion"),
    "involvedObject.fieldPath": involved("fieldPath"),
    reason: (event) => textAt(event, "reason"),
    reportingComponent: (event) =>
      textAt(event, "reportingComponent") || textAt(event, "source", "component"),
    source: (event) => textAt(event, "source", "component") || textAt(event, "reportingComponent"),
    type: (event) => textAt(event, "type"),
  },
};

export const leaseStrategy: Strategy = {
  createOnUpdate: true,
  needsVersion: true,
  validate(lease) {
    const causes: Cause[] = [];
    for (const field of ["leaseDurationSeconds", "leaseTransitions"]) {
      const value = at(lease, "spec", field);
      const least = field === "leaseDurationSeconds" ? 1 : 0;
      if (typeof value === "number" && value < least) {
        const words = least ? "must be greater than 0" : "must be greater than or equal to 0";
        causes.push(invalidValue(`spec.${field}`, value, words));
      }
    }
    return causes;
  },
};

const SERVICE_TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

export const serviceStrategy: Strategy = {
  createOnUpdate: true,
  checkName: checkDnsLabel,
  prepareCreate(service) {
    const spec = section(service, "spec");
    spec["type"] ||= "ClusterIP";
    spec["sessionAffinity"] ||= "None";
    for (const port of Array.isArray(spec["ports"]) ? spec["ports"].filter(isObject) : []) {
      port["protocol"] ||= "TCP";
      port["targetPort"] ||= port["port"];
    }
    service["status"] = { loadBalancer: {} };
  },
  validate(service) {
    const spec = section(service, "spec");
    const type = textAt(spec, "type");
    const ports = Array.isArray(spec["ports"]) ? spec["ports"] : [];
    if (!SERVICE_TYPES.includes(type)) return [notSupported("spec.type", type, SERVICE_TYPES)];
    const headless = textAt(spec, "clusterIP") === "None" || type === "ExternalName";
    return ports.length === 0 && !headless ? [requiredValue("spec.ports")] : [];
  },
};

/** Finalizers of the server's own that hold a namespace or a definition until its contents are gone. */
export const ownFinalizers = (object: ApiObject): string[] => stringsAt(object, "spec", "finalizers");

// The columns of `kubectl get` for the built-in kinds.
import { age } from "./age.ts";
import { type ApiObject, at, objectsAt, stringMapAt, textAt } from "./json.ts";
import type { Column, TableShape } from "./resource.ts";

const NONE = "<none>";
const NAME: Column = { name: "Name", type: "string", format: "name" };
const AGE: Column = { name: "Age", type: "string" };

const column = (name: string, description = "", priority = 0): Column => ({
  ...{ name, type: "string", description, priority },
});

type Cell = string | number | boolean | null;

/** Name, the given columns, Age. */
const simple = (columns: [Column, (object: ApiObject) => Cell][]): TableShape => ({
  columns: [NAME, ...columns.map(([shape]) => shape), AGE],
  cells: (object, now) => [
    object.metadata.name,
    ...columns.map(([, cell]) => cell(object)),
    age(object.metadata.creationTimestamp, now),
  ],
});

const size = (object: ApiObject, ...fields: string[]): number =>
  fields.reduce((sum, field) => sum + Object.keys(stringMapAt(object, field)).length, 0);

export const namespaceTable = simple([
  [column("Status", "The status of the namespace"), (namespace) => textAt(namespace, "status", "phase")],
]);
export const configMapTable = simple([
  [column("Data", "Number of entries."), (map) => String(size(map, "data", "binaryData"))],
]);
export const secretTable = simple([
  [
    column("Type", "Used to facilitate programmatic handling of secret data."),
    (secret) => textAt(secret, "type"),
  ],
  [column("Data", "Number of entries."), (secret) => String(size(secret, "data"))],
]);
export const serviceAccountTable = simple([
  [column("Secrets", "Number of secrets."), (account) => String(objectsAt(account, "secrets").length)],
]);
export const leaseTable = simple([
  [
    column("Holder", "holderIdentity contains the identity of the holder of a current lease."),
    (lease) => textAt(lease, "spec", "holderIdentity"),
  ],
]);

export const definitionTable: TableShape = {
  columns: [NAME, { name: "Created At", type: "date" }],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null],
};

export const nodeTable: TableShape = {
  columns: [
    NAME,
    column("Status", "The status of the node"),
    column("Roles", "The roles of the node"),
    AGE,
    column("Version", "Kubelet Version reported by the node."),
    ...["Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"].map((name) =>
      column(name, "", 1),
    ),
  ],
  cells(node, now) {
    const info = (field: string) => textAt(node, "status", "nodeInfo", field);
    const roles = Object.keys(stringMapAt(node.metadata, "labels"))
      .filter((label) => label.startsWith("node-role.kubernetes.io/"))
      .map((label) => label.slice("node-role.kubernetes.io/".length));
    return [
      node.metadata.name,
      nodeStatus(node),
      roles.sort().join(",") || NONE,
      age(node.metadata.creationTimestamp, now),
      info("kubeletVersion"),
      addressOf(node, "InternalIP"),
      addressOf(node, "ExternalIP"),
      info("osImage") || "<unknown>",
      info("kernelVersion") || "<unknown>",
      info("containerRuntimeVersion") || "<unknown>",
    ];
  },
};

const addressOf = (node: ApiObject, type: string): string =>
  textAt(
    objectsAt(node, "status", "addresses").find((address) => address["type"] === type),
    "address",
  ) || NONE;

function nodeStatus(node: ApiObject): string {
  const ready = objectsAt(node, "status", "conditions").find(({ type }) => type === "Ready");
  const status = !ready ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return at(node, "spec", "unschedulable") ? `${status},SchedulingDisabled` : status;
}

export const serviceTable: TableShape = {
  columns: [
    NAME,
    ...["Type", "Cluster-IP", "External-IP", "Port(s)"].map((name) => column(name)),
    AGE,
    column("Selector", "", 1),
  ],
  cells(service, now) {
    const ports = objectsAt(service, "spec", "ports").map(({ port, protocol }) => `${port}/${protocol}`);
    const selector = Object.entries(stringMapAt(service, "spec", "selector"));
    return [
      service.metadata.name,
      textAt(service, "spec", "type"),
      textAt(service, "spec", "clusterIP") || NONE,
      textAt(service, "spec", "externalName") || NONE,
      ports.join(",") || NONE,
      age(service.metadata.creationTimestamp, now),
      selector.map(([key, value]) => `${key}=${value}`).join(",") || NONE,
    ];
  },
};

export const eventTable: TableShape = {
  columns: [
    ...["Last Seen", "Type", "Reason", "Object"].map((name) => column(name)),
    column("Subobject", "", 1),
    column("Source", "", 1),
    column("Message", "A human-readable description of the status of this operation."),
    column("First Seen", "", 1),
    column("Count", "", 1),
    { ...NAME, priority: 1 },
  ],
  cells(event, now) {
    const about = (field: string) => textAt(event, "involvedObject", field);
    const first = textAt(event, "firstTimestamp") || textAt(event, "eventTime");
    const last = textAt(event, "series", "lastObservedTime") || textAt(event, "lastTimestamp") || first;
    const source = [textAt(event, "source", "component"), textAt(event, "source", "host")].filter(Boolean);
    return [
      age(last, now),
      textAt(event, "type"),
      textAt(event, "reason"),
      `${about("kind").toLowerCase()}/${about("name")}`,
      about("fieldPath"),
      source.join(", ") || textAt(event, "reportingComponent"),
      textAt(event, "message").trim(),
      age(first, now),
      String(at(event, "series", "count") ?? at(event, "count") ?? 1),
      event.metadata.name,
    ];
  },
};

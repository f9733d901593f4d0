// The table of built-in kinds.
import {
  configMapStrategy,
  eventStrategy,
  leaseStrategy,
  namespaceStrategy,
  nodeStrategy,
  secretStrategy,
  serviceStrategy,
} from "./builtin-strategies.ts";
import {
  configMapTable,
  definitionTable,
  eventTable,
  leaseTable,
  namespaceTable,
  nodeTable,
  secretTable,
  serviceAccountTable,
  serviceTable,
} from "./builtin-tables.ts";
import { definitionStrategy } from "./definition.ts";
import { fromCoreEvent, toCoreEvent } from "./event-faces.ts";
import { podStrategy } from "./pod-strategy.ts";
import { podTable } from "./pod-table.ts";
import type { Resource, Strategy, TableShape } from "./resource.ts";
import { builtinType } from "./type-node.ts";

interface Row {
  kind: string;
  plural: string;
  strategy: Strategy;
  table: TableShape;
  group?: string;
  /** Prefix of the definition's name in OpenAPI. */
  package?: string;
  short?: string[];
  categories?: string[];
  clusterWide?: true;
  subresources?: string[];
  stored?: string;
}

const CORE = "io.k8s.api.core.v1";
const EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1";

const eventFace: Strategy = {
  ...eventStrategy,
  toStored: toCoreEvent,
  fromStored: fromCoreEvent,
};

const ROWS: Row[] = [
  {
    kind: "ConfigMap",
    plural: "configmaps",
    short: ["cm"],
    strategy: configMapStrategy,
    table: configMapTable,
  },
  { kind: "Event", plural: "events", short: ["ev"], strategy: eventStrategy, table: eventTable },
  {
    ...{ kind: "Namespace", plural: "namespaces", short: ["ns"], clusterWide: true },
    ...{ strategy: namespaceStrategy, table: namespaceTable, subresources: ["finalize", "status"] },
  },
  {
    ...{ kind: "Node", plural: "nodes", short: ["no"], clusterWide: true, subresources: ["status"] },
    ...{ strategy: nodeStrategy, table: nodeTable },
  },
  {
    ...{
      kind: "Pod",
      plural: "pods",
      short: ["po"],
      categories: ["all"],
      strategy: podStrategy,
      table: podTable,
    },
    subresources: ["binding", "log", "status"],
  },
  { kind: "Secret", plural: "secrets", strategy: secretStrategy, table: secretTable },
  {
    kind: "ServiceAccount",
    plural: "serviceaccounts",
    short: ["sa"],
    strategy: {},
    table: serviceAccountTable,
  },
  {
    ...{ kind: "Service", plural: "services", short: ["svc"], categories: ["all"], subresources: ["status"] },
    ...{ strategy: serviceStrategy, table: serviceTable },
  },
  {
    ...{
      kind: "Lease",
      plural: "leases",
      group: "coordination.k8s.io",
      package: "io.k8s.api.coordination.v1",
    },
    ...{ strategy: leaseStrategy, table: leaseTable },
  },
  {
    ...{ kind: "Event", plural: "events", group: "events.k8s.io", package: "io.k8s.api.events.v1" },
    ...{ short: ["ev"], strategy: eventFace, table: eventTable, stored: "events" },
  },
  {
    ...{ kind: "CustomResourceDefinition", plural: "customresourcedefinitions", clusterWide: true },
    ...{ group: "apiextensions.k8s.io", package: EXTENSIONS, short: ["crd", "crds"] },
    ...{ categories: ["api-extensions"], subresources: ["status"] },
    ...{ strategy: definitionStrategy, table: definitionTable },
  },
];

export const builtinKinds: readonly Resource[] = ROWS.map((row) => {
  const { kind, plural, group = "", package: prefix = CORE } = row;
  const definition = `${prefix}.${kind}`;
  return {
    ...{ kind, plural, group, version: "v1", storageVersion: "v1", definition, custom: false },
    ...{ strategy: row.strategy, table: row.table, namespaced: !row.clusterWide },
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    shortNames: row.short ?? [],
    categories: row.categories ?? [],
    subresources: row.subresources ?? [],
    stored: row.stored ?? (group ? `${plural}.${group}` : plural),
    type: () => builtinType(definition),
  };
});

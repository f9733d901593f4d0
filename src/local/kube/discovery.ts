// /api, /apis and below: which kinds there are, in the plain and in the aggregated form.
import type { JsonObject } from "./json.ts";
import type { Registry } from "./registry.ts";
import { apiVersionOf, type Resource, VERBS } from "./resource.ts";
import { reviews } from "./reviews.ts";

const SUBRESOURCE_VERBS: Readonly<Record<string, string[]>> = {
  status: ["get", "patch", "update"],
  log: ["get"],
  binding: ["create"],
  finalize: ["update"],
};

export const apiVersions = (host: string): JsonObject => ({
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: host }],
});

const version = (group: string, name: string): JsonObject => ({
  groupVersion: `${group}/${name}`,
  version: name,
});

function groupOf(name: string, versions: string[]): JsonObject {
  const all = versions.map((each) => version(name, each));
  return { name, versions: all, preferredVersion: all[0] ?? {} };
}

export const groupList = (registry: Registry): JsonObject => ({
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: [...groups(registry)].map(([name, versions]) => groupOf(name, versions)),
});

export function groupInfo(registry: Registry, name: string): JsonObject | undefined {
  const versions = groups(registry).get(name);
  return versions && { kind: "APIGroup", apiVersion: "v1", ...groupOf(name, versions) };
}

/** Versions by group, but for the core group; the best version first. */
function groups(registry: Registry): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { group } of reviews) found.set(group, ["v1"]);
  for (const kind of registry.all()) {
    if (!kind.group) continue;
    const versions = found.get(kind.group) ?? [];
    if (!versions.includes(kind.version)) versions.push(kind.version);
    found.set(kind.group, versions.sort(byMaturity));
  }
  return found;
}

/** v2 before v1 before v1beta1 before v1alpha1, as Kubernetes prefers them. */
function byMaturity(a: string, b: string): number {
  const rank = (text: string) => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
    if (!match) return [-1, 0, 0];
    return [match[2] === "alpha" ? 0 : match[2] === "beta" ? 1 : 2, Number(match[1]), Number(match[3] ?? 0)];
  };
  const [left, right] = [rank(a), rank(b)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (right[index] ?? 0) - (left[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

export function resourceList(registry: Registry, group: string, name: string): JsonObject | undefined {
  const kinds = kindsOf(registry, group, name);
  const asked = reviewsOf(group, name);
  if (kinds.length + asked.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group ? `${group}/${name}` : name,
    resources: [
      ...kinds.flatMap(plainEntries),
      ...asked.map(({ plural, kind }) => ({
        ...{ name: plural, singularName: kind.toLowerCase(), namespaced: false, kind, verbs: ["create"] },
      })),
    ],
  };
}

const kindsOf = (registry: Registry, group: string, name: string): Resource[] =>
  registry.all().filter((kind) => kind.group === group && kind.version === name);
const reviewsOf = (group: string, name: string) =>
  name === "v1" ? reviews.filter((review) => review.group === group) : [];

function plainEntries(resource: Resource): JsonObject[] {
  const { plural, singular, namespaced, kind, shortNames, categories, subresources } = resource;
  const main: JsonObject = {
    ...{ name: plural, singularName: singular, namespaced, kind, verbs: VERBS },
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  const below = subresources.map((subresource) => ({
    ...{ name: `${plural}/${subresource}`, singularName: "", namespaced },
    ...{ kind: subresource === "binding" ? "Binding" : kind, verbs: SUBRESOURCE_VERBS[subresource] ?? [] },
  }));
  return [main, ...below];
}

/** Every group (or the core one) with its kinds, in one answer. */
export function aggregated(registry: Registry, core: boolean, form: "v2" | "v2beta1"): JsonObject {
  const all: [string, string[]][] = core ? [["", ["v1"]]] : [...groups(registry)];
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${form}`,
    metadata: {},
    items: all.map(([group, versions]) => ({
      metadata: group ? { name: group } : {},
      versions: versions.map((name) => ({
        version: name,
        resources: [
          ...kindsOf(registry, group, name).map(aggregatedEntry),
          ...reviewsOf(group, name).map(({ plural, kind }) => ({
            ...{ resource: plural, responseKind: { group, version: name, kind } },
            ...{ scope: "Cluster", singularResource: kind.toLowerCase(), verbs: ["create"] },
          })),
        ],
        freshness: "Current",
      })),
    })),
  };
}

function aggregatedEntry(resource: Resource): JsonObject {
  const { group, version: name, kind, shortNames, categories, subresources } = resource;
  const responseKind = { group, version: name, kind };
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: VERBS,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((subresource) => ({
        subresource,
        responseKind: subresource === "binding" ? { ...responseKind, kind: "Binding" } : responseKind,
        verbs: SUBRESOURCE_VERBS[subresource] ?? [],
      })),
    }),
  };
}

export const groupVersions = (registry: Registry): string[] => [
  ...new Set([...registry.all().map(apiVersionOf), ...reviews.map(({ group }) => `${group}/v1`)]),
];

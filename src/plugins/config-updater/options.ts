// config_updater of plugins.yaml: which file of the repository goes to which ConfigMap.
import { type Judge, section } from "../../config/plugins-config.ts";
import { boolean, type Infer, list, map, object, strict, string } from "../../lib/schema.ts";

const namespaces = list(string("A namespace."));

const specSchema = object({
  name: string("Name of the ConfigMap."),
  partitioned_names: list(
    string(),
    "Names of ConfigMaps that the keys are spread over, instead of one name.",
  ),
  key: string("Its key; default: the file's name."),
  gzip: boolean("Compressed; default: the gzip of all."),
  clusters: map(namespaces, "By cluster; default: the default cluster and the namespace of ProwJobs."),
  cluster_groups: list(string("One of cluster_groups."), "Instead of clusters."),
  use_full_path_as_key: boolean("The key is the whole path with dashes for slashes."),
  allowed_repos: list(string("org or org/repo."), "Only pull requests there update it; default: all."),
  denied_repos: list(string("org or org/repo."), "Pull requests there do not update it."),
});
type Spec = Infer<typeof specSchema>;

/** Only strings are strings here, as Go decodes this section. */
const configUpdaterSchema = strict(
  object({
    cluster_groups: map(
      object({ clusters: list(string("A cluster.")), namespaces }),
      "Clusters by a name for them.",
    ),
    maps: map(specSchema, "By path of the file, which may have wildcards."),
    gzip: boolean("Files are compressed."),
  }),
);
type Written = Infer<typeof configUpdaterSchema>;
type Maps = Record<string, Spec>;

export interface ConfigUpdaterOptions {
  gzip: boolean;
  /** Every one with the clusters and namespaces that it goes to. */
  maps: Record<string, PlacedSpec>;
}
export type PlacedSpec = Spec & { clusters: Record<string, string[]> };

const DEFAULT_MAPS: Maps = {
  "config/prow/config.yaml": { name: "config" },
  "config/prow/plugins.yaml": { name: "plugins" },
};
/** The namespace "" is that of ProwJobs. */
const DEFAULT_CLUSTERS = { default: [""] };
/** The first byte of a hash chooses the partition. */
const MOST_PARTITIONS = 256;
/** What Prow forgets of an entry when it puts the clusters in the place of their groups. */
const FORGOTTEN = ["use_full_path_as_key", "allowed_repos", "denied_repos"] as const;

export const configUpdaterSection = section("config_updater", configUpdaterSchema, {
  complete: (written = {}): ConfigUpdaterOptions => ({
    gzip: written.gzip ?? false,
    maps: Object.fromEntries(
      Object.entries(mapsOf(written)).map(([file, spec]) => [
        file,
        placed(spec, written.cluster_groups ?? {}),
      ]),
    ),
  }),
  check(written, judge) {
    for (const [file, spec] of Object.entries(mapsOf(written))) checkSpec(file, spec, written, judge);
    checkKeys(mapsOf(written), judge);
  },
});

const mapsOf = ({ maps = {} }: Written): Maps => (Object.keys(maps).length > 0 ? maps : DEFAULT_MAPS);

const some = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length > 0;

/** Where it goes when it names no groups. */
const clustersOf = ({ clusters, cluster_groups: groups }: Spec): Record<string, string[]> =>
  some(clusters) ? clusters! : groups?.length ? {} : DEFAULT_CLUSTERS;

function placed(spec: Spec, known: NonNullable<Written["cluster_groups"]>): PlacedSpec {
  if (some(spec.clusters) || !spec.cluster_groups?.length) return { ...spec, clusters: clustersOf(spec) };
  const placed: Record<string, string[]> = {};
  for (const { clusters = [], namespaces = [] } of spec.cluster_groups.map((name) => known[name] ?? {})) {
    for (const cluster of clusters) placed[cluster] = [...(placed[cluster] ?? []), ...namespaces];
  }
  const { name, partitioned_names, key, gzip } = spec;
  return { name, partitioned_names, key, gzip, clusters: placed };
}

function checkSpec(file: string, spec: Spec, { cluster_groups: known = {} }: Written, judge: Judge): void {
  const at = (field: keyof Spec) => ["maps", file, field];
  const { cluster_groups: groups = [], name, partitioned_names: partitions = [] } = spec;
  if (name && partitions.length > 0)
    judge.error(
      "'name' and 'partitioned_names' are mutually exclusive in the config_updater plugin configuration",
      at("partitioned_names"),
    );
  if (partitions.length > MOST_PARTITIONS)
    judge.error(
      `the PartitionedNames field in config_updater plugin config currently supports a maximum of ${MOST_PARTITIONS} partitions, but you have ${partitions.length} defined`,
      at("partitioned_names"),
    );
  if (groups.length > 0 && some(spec.clusters))
    judge.error(`item maps.${file} contains both clusters and cluster_groups`, at("cluster_groups"));
  for (const [i, group] of groups.entries()) {
    if (!Object.hasOwn(known, group))
      judge.error(
        `item maps.${file}.cluster_groups.${i} references inexistent cluster group named ${group}`,
        [...at("cluster_groups"), i],
      );
  }
  const forgotten = groups.length > 0 ? FORGOTTEN.filter((field) => spec[field]) : [];
  for (const field of forgotten)
    judge.warning(
      `${field} does nothing beside cluster_groups`,
      at(field),
      "name the clusters in `clusters`",
    );
}

/** Two files must not write one key of one ConfigMap. */
function checkKeys(maps: Maps, judge: Judge): void {
  const written = new Set<string>();
  for (const [file, spec] of Object.entries(maps)) {
    const name = spec.name || (spec.partitioned_names ?? []).join(",");
    const key = spec.key || basename(file);
    for (const [cluster, namespaces] of Object.entries(clustersOf(spec))) {
      for (const namespace of namespaces) {
        const id = JSON.stringify([name, namespace, cluster, key]);
        if (written.has(id))
          judge.error(
            `key ${key} in configmap ${name} updated with more than one file`,
            ["maps", file],
            "give one of them another `key`",
          );
        written.add(id);
      }
    }
  }
}

/** As Go's path.Base has it. */
export const basename = (path: string): string =>
  path.replace(/\/+$/, "").split("/").at(-1) || (path === "" ? "." : "/");

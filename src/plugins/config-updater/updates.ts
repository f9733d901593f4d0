// Which keys of which ConfigMaps the changed files of a pull request set and delete.
import { createHash } from "node:crypto";
import { zglobMatch } from "../../lib/zglob.ts";
import { type ChangedFile, namesRepo, type RepoRef } from "../../model/github.ts";
import { basename, type ConfigUpdaterOptions, type PlacedSpec } from "./options.ts";

/** Where a ConfigMap is. */
interface Place {
  cluster: string;
  namespace: string;
  name: string;
}

export interface KeyUpdate {
  key: string;
  /** The file that it gets; "" when it is to be deleted. */
  filename: string;
  gzip: boolean;
}

export interface WantedUpdate extends Place {
  /** In order: a later one about the same key counts. */
  keys: KeyUpdate[];
}

interface Asked {
  options: ConfigUpdaterOptions;
  changes: readonly ChangedFile[];
  repo: RepoRef;
  /** Instead of "". */
  defaultNamespace: string;
}

export function wantedUpdates({ options, changes, repo, defaultNamespace }: Asked): WantedUpdate[] {
  const updates = new Map<string, WantedUpdate>();
  const add = (place: Place, key: KeyUpdate) => {
    const id = JSON.stringify([place.cluster, place.namespace, place.name]);
    const update = updates.get(id) ?? { ...place, keys: [] };
    updates.set(id, update);
    update.keys.push(key);
  };
  for (const change of changes) {
    // Files of several patterns go by the first of them.
    const [, spec] = Object.entries(options.maps).find(([glob]) => zglobMatch(glob, change.filename)) ?? [];
    if (!spec || !isAllowed(spec, repo)) continue;
    const keys = keyUpdates(spec, change, options.gzip);
    for (const [cluster, namespaces] of Object.entries(spec.clusters)) {
      for (const namespace of namespaces) {
        for (const update of keys) {
          const name = nameFor(spec, update.key);
          add({ cluster, namespace: namespace || defaultNamespace, name }, update);
        }
      }
    }
  }
  return [...updates.values()];
}

function isAllowed({ allowed_repos: allowed, denied_repos: denied }: PlacedSpec, repo: RepoRef): boolean {
  if (namesRepo(denied, repo)) return false;
  return !allowed?.length || namesRepo(allowed, repo);
}

function keyUpdates(spec: PlacedSpec, change: ChangedFile, gzipAll: boolean): KeyUpdate[] {
  const { filename, previous_filename: before = "", status } = change;
  const keyOf = (path: string) => (spec.use_full_path_as_key ? path.replaceAll("/", "-") : basename(path));
  const deleted = (key: string): KeyUpdate => ({ key, filename: "", gzip: false });
  const key = spec.key || keyOf(filename);
  const renamed = !spec.key && status === "renamed" ? [deleted(keyOf(before))] : [];
  if (status === "removed") return [...renamed, deleted(key)];
  return [...renamed, { key, filename, gzip: spec.gzip ?? gzipAll }];
}

/** With partitions, always the same one for a key. */
function nameFor({ name = "", partitioned_names: partitions = [] }: PlacedSpec, key: string): string {
  if (partitions.length === 0) return name;
  const [first = 0] = createHash("sha256").update(key).digest();
  return partitions[first % partitions.length]!;
}

// Server-side apply: merges a configuration into the live object, takes away what its manager no longer applies,
// and refuses to take fields from others unless forced.
import {
  difference,
  type FieldPath,
  type FieldSet,
  intersection,
  isEmpty,
  lookup,
  members,
  printPath,
  union,
} from "./field-set.ts";
import { type ApiObject, clone, isObject, type Json } from "./json.ts";
import { keepLastApplied, lastAppliedFields } from "./last-applied.ts";
import {
  type Managed,
  managerOf,
  managersOf,
  noFields,
  owned,
  sameManager,
  type Writer,
} from "./managed-fields.ts";
import { ApiError, type Cause } from "./status.ts";
import type { TypeNode } from "./type-node.ts";
import { compare, fieldSetOf, merge, removeAt } from "./typed-value.ts";

export interface Application {
  live: ApiObject | undefined;
  config: ApiObject;
  type: TypeNode;
  writer: Writer;
  force: boolean;
}

export interface Applied {
  object: ApiObject;
  managers: Managed[];
}

/** Throws ApiError 409 with a cause for every field that another manager holds at another value. */
export function applyConfiguration({ live, config, type, writer, force }: Application): Applied {
  const managers = live ? startingManagers(live, type, writer) : [];
  const mine = managers.find((manager) => sameManager(manager, writer));
  const others = managers.filter((manager) => manager !== mine);
  const applied = owned(fieldSetOf(config, type), writer);
  const base: Json = live ? clone(live) : { apiVersion: config.apiVersion, kind: config.kind, metadata: {} };
  const merged = prune(merge(base, config, type), mine?.fields ?? noFields(), applied, others, type);
  const found = compare(base, merged, type);
  const touched = owned(union(found.added, found.modified), writer);
  const free = live && isKubectl(writer) ? lastAppliedFields(live, type) : noFields();
  const contested = difference(touched, free);
  const conflicts = others.flatMap((other) => conflictsWith(other, intersection(other.fields, contested)));
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const gone = union(touched, found.removed);
  const kept = others.map((other) => ({ ...other, fields: difference(other.fields, gone) }));
  const same = mine && isEmpty(difference(mine.fields, applied)) && isEmpty(difference(applied, mine.fields));
  const time = same ? mine.time : writer.now;
  if (isKubectl(writer)) keepLastApplied(merged as ApiObject, config);
  return {
    object: withoutEmptyMetadata(merged as ApiObject),
    managers: [...kept, { ...managerOf(writer), time, fields: applied }],
  };
}

const isKubectl = ({ name }: Writer): boolean => name === "kubectl";

/** An object from before managers were kept belongs to `before-first-apply`, so that nothing is taken silently. */
function startingManagers(live: ApiObject, type: TypeNode, writer: Writer): Managed[] {
  const known = managersOf(live);
  if (known.length > 0) return known;
  const fields = owned(fieldSetOf(live, type), writer);
  const first = { ...managerOf(writer), name: "before-first-apply", operation: "Update" as const };
  return [{ ...first, time: writer.now, fields }];
}

/** Without what this manager applied last time and leaves out now, unless someone else holds it or a part of it. */
function prune(merged: Json, last: FieldSet, applied: FieldSet, others: Managed[], type: TypeNode): Json {
  let result = merged;
  for (const path of members(difference(last, applied))) {
    const stillMine = lookup(applied, path);
    if (stillMine && !isEmpty(stillMine)) continue;
    if (others.some((other) => holds(other.fields, path))) continue;
    result = removeAt(result, path, type);
  }
  return result;
}

const holds = (set: FieldSet, path: FieldPath): boolean => {
  const found = lookup(set, path);
  return found !== undefined && !isEmpty(found);
};

interface Conflict {
  manager: Managed;
  path: FieldPath;
}

const conflictsWith = (manager: Managed, fields: FieldSet): Conflict[] =>
  [...members(fields)].map((path) => ({ manager, path }));

function conflictError(conflicts: Conflict[]): ApiError {
  const causes: Cause[] = conflicts
    .map(({ manager, path }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${told(manager)}`,
      field: printPath(path),
    }))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
  const holders = [...Map.groupBy(conflicts, ({ manager }) => told(manager))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const groups = holders.map(([holder, list]) => {
    const paths = list.map(({ path }) => `- ${printPath(path)}`).sort();
    return `conflicts with ${holder}:\n${paths.join("\n")}`;
  });
  const text =
    causes.length === 1
      ? `1 conflict: ${causes[0]?.message}: ${causes[0]?.field}`
      : `${causes.length} conflicts: ${groups.join("\n")}`;
  return new ApiError(409, "Conflict", `Apply failed with ${text}`, {
    causes: causes.map((cause) => ({ ...cause })),
  });
}

function told({ name, operation, apiVersion, subresource }: Managed): string {
  const which = subresource ? ` with subresource "${subresource}"` : "";
  return `"${name}"${which}${operation === "Apply" ? "" : ` using ${apiVersion}`}`;
}

/** Maps of metadata that applying emptied go away, as they do in Go's encoding. */
function withoutEmptyMetadata(object: ApiObject): ApiObject {
  for (const field of ["labels", "annotations", "finalizers", "ownerReferences"]) {
    const value = object.metadata[field];
    const empty = Array.isArray(value)
      ? value.length === 0
      : isObject(value) && Object.keys(value).length === 0;
    if (empty) delete object.metadata[field];
  }
  return object;
}

// metadata.managedFields: which manager set which field, brought up to date by every write.
import {
  difference,
  emptySet,
  type FieldPath,
  type FieldSet,
  fromFieldsV1,
  isEmpty,
  sameSet,
  toFieldsV1,
  union,
  without,
} from "./field-set.ts";
import { type ApiObject, isObject, type Json, type JsonObject, objectsAt, textAt } from "./json.ts";
import type { TypeNode } from "./type-node.ts";
import { compare } from "./typed-value.ts";

export interface Manager {
  name: string;
  operation: "Apply" | "Update";
  apiVersion: string;
  subresource: string;
}

export interface Managed extends Manager {
  time: string;
  fields: FieldSet;
}

/** The writer of a request, and the paths that this endpoint does not let it change. */
export interface Writer extends Manager {
  now: string;
  ignored: readonly FieldPath[];
}

/** What the server fills in belongs to nobody. */
const UNOWNED: readonly FieldPath[] = [
  ["f:apiVersion"],
  ["f:kind"],
  ...[
    ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "resourceVersion"],
    ...["managedFields", "deletionTimestamp", "deletionGracePeriodSeconds"],
  ].map((field) => ["f:metadata", `f:${field}`]),
];

export const managersOf = (object: ApiObject): Managed[] =>
  objectsAt(object.metadata, "managedFields")
    .filter((entry) => entry["fieldsType"] === "FieldsV1" && isObject(entry["fieldsV1"]))
    .map((entry) => ({
      name: textAt(entry, "manager"),
      operation: entry["operation"] === "Apply" ? "Apply" : "Update",
      apiVersion: textAt(entry, "apiVersion"),
      subresource: textAt(entry, "subresource"),
      time: textAt(entry, "time"),
      fields: fromFieldsV1(entry["fieldsV1"]),
    }));

export function writeManagers(object: ApiObject, managers: Managed[]): void {
  const kept = managers.filter((manager) => !isEmpty(manager.fields));
  if (kept.length === 0) delete object.metadata["managedFields"];
  else object.metadata["managedFields"] = inOrder(kept).map(entryOf);
}

/** Appliers first, then by time, as Kubernetes lists them. */
const inOrder = (managers: Managed[]): Managed[] =>
  managers.toSorted(
    (a, b) =>
      compareText(a.operation, b.operation) || compareText(a.time, b.time) || compareText(a.name, b.name),
  );

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const entryOf = (manager: Managed): JsonObject => ({
  manager: manager.name,
  operation: manager.operation,
  apiVersion: manager.apiVersion,
  time: manager.time,
  fieldsType: "FieldsV1",
  fieldsV1: toFieldsV1(manager.fields),
  ...(manager.subresource && { subresource: manager.subresource }),
});

export const sameManager = (a: Manager, b: Manager): boolean =>
  a.name === b.name &&
  a.operation === b.operation &&
  a.apiVersion === b.apiVersion &&
  a.subresource === b.subresource;

export const owned = (set: FieldSet, writer: Writer): FieldSet =>
  without(set, [...UNOWNED, ...writer.ignored]);

/** Gives what an update or a create changed to its writer and takes it from everybody else. */
export function trackUpdate(
  before: ApiObject | undefined,
  after: ApiObject,
  type: TypeNode,
  writer: Writer,
): void {
  if (isReset(after)) {
    delete after.metadata["managedFields"];
    return;
  }
  const told = managersOf(after);
  const known = told.length > 0 ? told : before ? managersOf(before) : [];
  writeManagers(after, changed(known, before ?? emptyObject(after, type), after, type, writer));
}

/** `managedFields: []` or `[{}]` in a request clears them. */
function isReset(object: ApiObject): boolean {
  const entries = object.metadata["managedFields"];
  if (!Array.isArray(entries)) return false;
  return entries.length === 0 || entries.every((entry) => isObject(entry) && Object.keys(entry).length === 0);
}

export function changed(
  known: Managed[],
  before: Json,
  after: Json,
  type: TypeNode,
  writer: Writer,
): Managed[] {
  const found = compare(before, after, type);
  const mine = owned(union(found.added, found.modified), writer);
  const touched = union(mine, owned(found.removed, writer));
  let present = false;
  const managers = known.map((manager) => {
    const isWriter = sameManager(manager, writer);
    present ||= isWriter;
    const rest = difference(manager.fields, isWriter ? found.removed : touched);
    const fields = isWriter ? union(rest, mine) : rest;
    // The time says when the set last changed, so that writing the same again changes nothing.
    const time = isWriter && !sameSet(fields, manager.fields) ? writer.now : manager.time;
    return { ...manager, fields, time };
  });
  if (!present && !isEmpty(mine)) managers.push({ ...managerOf(writer), time: writer.now, fields: mine });
  return managers;
}

export const managerOf = ({ name, operation, apiVersion, subresource }: Manager): Manager => ({
  ...{ name, operation, apiVersion, subresource },
});

/** What a new object is compared with: the structs that always are there. */
function emptyObject(object: ApiObject, type: TypeNode): Json {
  const empty: JsonObject = { metadata: {} };
  for (const part of ["spec", "status"]) {
    const field = type.child(part);
    if (object[part] === undefined || field?.kind !== "struct" || !field.name) continue;
    empty[part] = {};
    if (part === "spec" && field.fields.includes("containers")) empty[part] = { containers: [] };
  }
  return empty;
}

export const noFields = emptySet;

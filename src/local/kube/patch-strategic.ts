// Strategic merge patch: lists of objects merge by a key that the schema names; `$patch`, `$retainKeys`,
// `$deleteFromPrimitiveList/…` and `$setElementOrder/…` direct it.
import { clone, equal, isObject, type Json, type JsonObject } from "./json.ts";
import { type ApiError, badRequest } from "./status.ts";
import { anyNode, type TypeNode } from "./type-node.ts";

const DELETE_FROM = "$deleteFromPrimitiveList/";
const ORDER = "$setElementOrder/";

/** Throws ApiError 400 for a directive that Kubernetes does not know. */
export function applyStrategicPatch(target: JsonObject, patch: JsonObject, type: TypeNode): JsonObject {
  return mergeMap(target, patch, type);
}

function mergeMap(original: JsonObject, patch: JsonObject, type: TypeNode): JsonObject {
  const directive = patch["$patch"];
  if (directive === "replace") return fresh(patch, type) as JsonObject;
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") throw unknownDirective(directive);
  const result = retained(original, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM)) deleteFrom(result, key.slice(DELETE_FROM.length), value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$") || value === undefined) continue;
    if (value === null) delete result[key];
    else result[key] = mergeField(result[key], value, type.child(key) ?? anyNode);
  }
  for (const [key, order] of Object.entries(patch)) {
    if (key.startsWith(ORDER) && Array.isArray(order)) {
      sortBy(result, key.slice(ORDER.length), order, original, type);
    }
  }
  return result;
}

const unknownDirective = (directive: Json): ApiError =>
  badRequest(`Unknown patch type found: ${JSON.stringify(directive)}`);

/** What `$retainKeys` leaves of the original. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keep = patch["$retainKeys"];
  if (!Array.isArray(keep)) return { ...original };
  return Object.fromEntries(Object.entries(original).filter(([key]) => keep.includes(key)));
}

function deleteFrom(result: JsonObject, key: string, values: Json | undefined): void {
  const list = result[key];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  result[key] = list.filter((item) => !values.some((value) => equal(value, item)));
}

function mergeField(original: Json | undefined, patch: Json, type: TypeNode): Json {
  if (isObject(patch)) return isObject(original) ? mergeMap(original, patch, type) : fresh(patch, type);
  if (!Array.isArray(patch)) return patch;
  if (!type.strategies.includes("merge")) return fresh(patch, type);
  const list = Array.isArray(original) ? original : [];
  if (type.mergeKey) return mergeObjects(list, patch, type.mergeKey, type.element());
  const added = patch.filter((item) => !list.some((present) => equal(present, item)));
  return ordered([...list, ...added], patch, list, (item) => item);
}

function mergeObjects(original: Json[], patch: Json[], key: string, element: TypeNode): Json[] {
  const items = patch.filter(isObject);
  if (items.some((item) => item["$patch"] === "replace")) {
    return items.filter((item) => item["$patch"] !== "replace").map((item) => fresh(item, element));
  }
  const result = [...original];
  for (const item of items) {
    const directive = item["$patch"];
    if (directive !== undefined && directive !== "delete" && directive !== "merge") {
      throw unknownDirective(directive);
    }
    if (item[key] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    const index = result.findIndex((present) => isObject(present) && equal(present[key], item[key]));
    const present = index < 0 ? undefined : result[index];
    if (directive === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (isObject(present)) result[index] = mergeMap(present, item, element);
    else result.push(fresh(item, element));
  }
  return ordered(result, items, original, keyOf(key));
}

/** Data of a patch where the original has none: without directives and nulls. */
function fresh(value: Json, type: TypeNode): Json {
  if (Array.isArray(value)) {
    const kept = value.filter((item) => !isObject(item) || item["$patch"] !== "delete");
    return kept.map((item) => (isObject(item) ? fresh(item, type.element()) : clone(item)));
  }
  if (!isObject(value)) return value;
  if (value["$patch"] === "delete") return {};
  const entries = Object.entries(value).filter(([key, item]) => !key.startsWith("$") && item !== null);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, item === undefined ? item : fresh(item, type.child(key) ?? anyNode)]),
  );
}

type Identity = (item: Json) => Json | undefined;

const keyOf =
  (key: string): Identity =>
  (item) =>
    isObject(item) ? item[key] : item;

/** `$setElementOrder` puts a list into the client's order; an entry of it is an item or only its key. */
function sortBy(result: JsonObject, key: string, order: Json[], before: JsonObject, type: TypeNode): void {
  const list = result[key];
  const mergeKey = type.child(key)?.mergeKey;
  if (!Array.isArray(list)) return;
  const original = before[key];
  result[key] = ordered(
    list,
    order,
    Array.isArray(original) ? original : [],
    mergeKey ? keyOf(mergeKey) : (item) => item,
  );
}

/** The items that the client knows in its order; the others keep theirs, before what they were before on the server. */
function ordered(merged: Json[], wanted: Json[], original: Json[], identity: Identity): Json[] {
  const placeIn = (list: Json[], item: Json) =>
    list.findIndex((each) => equal(identity(each), identity(item)));
  const known = merged
    .filter((item) => placeIn(wanted, item) >= 0)
    .sort((a, b) => placeIn(wanted, a) - placeIn(wanted, b));
  const others = merged.filter((item) => placeIn(wanted, item) < 0);
  const result: Json[] = [];
  for (const item of known) {
    const place = placeIn(original, item);
    while (others[0] !== undefined && place >= 0 && placeIn(original, others[0]) < place) {
      result.push(others.shift() as Json);
    }
    result.push(item);
  }
  return [...result, ...others];
}

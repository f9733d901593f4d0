// DELETE: preconditions, finalizers, grace, and what becomes of dependents.
import { ownFinalizers } from "./builtin-strategies.ts";
import { type Answer, type Call, dryRun, optionsKind } from "./call.ts";
import { decodeBody } from "./decode.ts";
import { CLEANUP } from "./definition.ts";
import { commit, type Engine, find, keyOf, removeForGood, timestamp } from "./engine.ts";
import { type ApiObject, at, clone, isObject, type JsonObject, stringsAt, textAt } from "./json.ts";
import type { Resource } from "./resource.ts";
import { conflict, invalid, invalidValue, notSupported } from "./status.ts";

const OPTIONS = "DeleteOptions";
const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

export interface DeleteOptions {
  grace: number | undefined;
  policy: string;
  uid: string;
  resourceVersion: string;
  dry: boolean;
}

export const AT_ONCE: DeleteOptions = {
  grace: undefined,
  policy: "",
  uid: "",
  resourceVersion: "",
  dry: false,
};

/** From the body and the query, of which the query wins. Throws ApiError. */
export function deleteOptions(call: Call): DeleteOptions {
  const parsed = call.body.length > 0 ? decodeBody(call.body, call.contentType, OPTIONS) : {};
  const { query } = call;
  const told = query.get("gracePeriodSeconds") ?? parsed["gracePeriodSeconds"];
  const grace = told === undefined || told === null ? undefined : Number(told);
  if (grace !== undefined && (!Number.isInteger(grace) || grace < 0)) {
    throw invalid(optionsKind(OPTIONS), "", [
      invalidValue("gracePeriodSeconds", String(told), "must be greater than or equal to 0"),
    ]);
  }
  const policy = query.get("propagationPolicy") ?? textAt(parsed, "propagationPolicy");
  if (policy && !["Orphan", "Background", "Foreground"].includes(policy)) {
    throw invalid(optionsKind(OPTIONS), "", [
      notSupported("propagationPolicy", policy, ["Foreground", "Background", "Orphan", "nil"]),
    ]);
  }
  const orphans = (query.get("orphanDependents") ?? at(parsed, "orphanDependents")) === true;
  return {
    grace,
    policy: policy || (orphans ? "Orphan" : ""),
    uid: textAt(parsed, "preconditions", "uid"),
    resourceVersion: textAt(parsed, "preconditions", "resourceVersion"),
    dry: dryRun(call, OPTIONS, [...query.getAll("dryRun"), ...stringsAt(parsed, "dryRun")]),
  };
}

/** Throws ApiError. */
export function remove(engine: Engine, call: Call): Answer {
  const options = deleteOptions(call);
  const object = find(engine, call.resource, call.namespace, call.name);
  const { resource } = call;
  const left = deleteObject(engine, resource, object, options);
  if (resource.strategy.returnsDeleted || left.alive) return { code: 200, object: left.object };
  return { code: 200, object: success(resource, object) };
}

const success = (resource: Resource, { metadata }: ApiObject): JsonObject => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Success",
  details: {
    name: metadata.name,
    ...(resource.group && { group: resource.group }),
    kind: resource.plural,
    uid: metadata.uid ?? "",
  },
});

interface Deleted {
  object: ApiObject;
  /** Still there, waiting for its grace period or finalizers. */
  alive: boolean;
}

/** Throws ApiError 409 when a precondition does not hold. */
export function deleteObject(
  engine: Engine,
  resource: Resource,
  object: ApiObject,
  options: DeleteOptions,
): Deleted {
  checkPreconditions(resource, object, options);
  const grace = graceOf(resource, object, options.grace);
  const deleted = withFinalizers(clone(object), resource, options);
  const held = isHeld(deleted);
  const { metadata } = object;
  if (
    metadata.deletionTimestamp &&
    (held || grace >= (metadata.deletionGracePeriodSeconds ?? 0)) &&
    grace !== 0
  ) {
    return { object, alive: true };
  }
  // A second request can not be stricter than grace 0 with finalizers still there.
  if (metadata.deletionTimestamp && held && metadata.deletionGracePeriodSeconds === grace) {
    return { object, alive: true };
  }
  // What goes at once is not marked first, but for pods, whose watchers look for the mark.
  if (held || resource.strategy.grace) mark(engine, deleted, grace, resource);
  if (options.dry) return { object: deleted, alive: held || grace > 0 };
  if (held || grace > 0) {
    const object = commit(engine, resource, deleted);
    return afterMarking(engine, resource, object);
  }
  return { object: removeForGood(engine, resource, deleted), alive: false };
}

function graceOf(resource: Resource, object: ApiObject, asked: number | undefined): number {
  const { strategy } = resource;
  if (!strategy.grace) return 0;
  const current = object.metadata.deletionGracePeriodSeconds;
  const wanted = asked === 0 ? 0 : strategy.grace(object, asked);
  // A period under way may be shortened, never prolonged.
  return object.metadata.deletionTimestamp && current !== undefined ? Math.min(current, wanted) : wanted;
}

/** What has to happen before the object goes stands among its finalizers. */
function withFinalizers(object: ApiObject, resource: Resource, { policy }: DeleteOptions): ApiObject {
  const finalizers = stringsAt(object.metadata, "finalizers").filter(
    (finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN,
  );
  if (policy === "Foreground") finalizers.push(FOREGROUND);
  if (policy === "Orphan") finalizers.push(ORPHAN);
  if (!policy) {
    const before = stringsAt(object.metadata, "finalizers");
    finalizers.push(...before.filter((finalizer) => finalizer === FOREGROUND || finalizer === ORPHAN));
  }
  if (resource.kind === "CustomResourceDefinition" && !finalizers.includes(CLEANUP)) finalizers.push(CLEANUP);
  if (finalizers.length > 0) object.metadata["finalizers"] = finalizers;
  else delete object.metadata["finalizers"];
  return object;
}

const isNamespace = (object: ApiObject): boolean => object.kind === "Namespace" && object.apiVersion === "v1";

const isHeld = (object: ApiObject): boolean =>
  stringsAt(object.metadata, "finalizers").length > 0 ||
  (isNamespace(object) && ownFinalizers(object).length > 0);

function mark(engine: Engine, object: ApiObject, grace: number, resource: Resource): void {
  const { metadata } = object;
  const now = engine.clock.now().getTime();
  metadata.deletionTimestamp = timestamp(new Date(now + grace * 1000));
  metadata.deletionGracePeriodSeconds = grace;
  if (resource.strategy.generation && metadata.generation !== undefined) metadata.generation += 1;
  if (isNamespace(object)) {
    delete metadata.deletionGracePeriodSeconds;
    object["status"] = { ...(isObject(object["status"]) ? object["status"] : {}), phase: "Terminating" };
  }
}

/** What the controllers of a cluster would do now with an object that waits. */
function afterMarking(engine: Engine, resource: Resource, object: ApiObject): Deleted {
  engine.afterRemoval(resource, object);
  const row = engine.store.get(keyOf(resource, object.metadata.namespace ?? "", object.metadata.name));
  return { object, alive: row !== undefined };
}

function checkPreconditions(resource: Resource, { metadata }: ApiObject, options: DeleteOptions): void {
  const kind = { group: resource.group, plural: resource.kind };
  if (options.uid && options.uid !== metadata.uid) {
    throw conflict(
      kind,
      metadata.name,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (options.resourceVersion && options.resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      kind,
      metadata.name,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

/** Takes an object away whose last finalizer an update has removed; undefined when it is not that far. */
export function finishDeletion(engine: Engine, resource: Resource, object: ApiObject): ApiObject | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds > 0 || isHeld(object)) return undefined;
  return removeForGood(engine, resource, object);
}

// PUT, and the last steps of every patch: an object takes the place of another.
import { type Answer, type Call, dryRun } from "./call.ts";
import { checkObject, createObject } from "./create.ts";
import { decodeObject } from "./decode.ts";
import { finishDeletion } from "./deletion.ts";
import { commit, type Engine, lookUp, timestamp } from "./engine.ts";
import { type ApiObject, clone, equal, type JsonObject } from "./json.ts";
import { trackUpdate, type Writer } from "./managed-fields.ts";
import { checkMetadataUpdate, dropEmptyMetadata } from "./meta-validate.ts";
import { hasStatus, type Resource } from "./resource.ts";
import { badRequest, conflict, type GroupKind, invalid, invalidValue, MODIFIED, notFound } from "./status.ts";
import { writerOf } from "./writer.ts";

const OPTIONS = "UpdateOptions";

/** Throws ApiError. */
export function replace(engine: Engine, call: Call): Answer {
  const { resource, namespace, name } = call;
  const isDry = dryRun(call, OPTIONS);
  const object = decodeObject(call, OPTIONS);
  const writer = writerOf(engine, call, OPTIONS);
  object.metadata.name ||= name;
  if (object.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if ((object.metadata.namespace || namespace) !== namespace) {
    throw badRequest("the namespace of the object does not match the namespace on the request");
  }
  const old = lookUp(engine, resource, namespace, name);
  if (!old) {
    if (!resource.strategy.createOnUpdate || call.subresource) throw notFound(resource, name);
    delete object.metadata.resourceVersion;
    return { code: 201, object: createObject(engine, call, object, writer, isDry) };
  }
  if (!object.metadata.resourceVersion && resource.strategy.needsVersion) {
    const kind: GroupKind = { group: resource.group, kind: resource.plural };
    throw invalid(kind, name, [
      invalidValue("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  return { code: 200, object: updateObject(engine, call, old, object, writer, isDry) };
}

/** Checks and commits `object` in the place of `old`; a change that changes nothing is not one. Throws ApiError. */
export function updateObject(
  engine: Engine,
  call: Call,
  old: ApiObject,
  asked: ApiObject,
  writer: Writer | undefined,
  isDry: boolean,
): ApiObject {
  const { resource } = call;
  checkPreconditions(resource, old, asked);
  const object = permitted(call, old, asked);
  resource.strategy.prepareUpdate?.(object, old, timestamp(engine.clock.now()));
  dropEmptyMetadata(object);
  if (resource.strategy.generation && changesGeneration(resource, old, object)) {
    object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  const causes = [...checkMetadataUpdate(object, old), ...checkObject(resource, object)];
  if (call.subresource === "") causes.push(...(resource.strategy.validateUpdate?.(object, old) ?? []));
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
  if (writer) trackUpdate(old, object, resource.type(), writer);
  if (equal(object, old)) return old;
  if (isDry) return object;
  return finishDeletion(engine, resource, object) ?? commit(engine, resource, object);
}

function checkPreconditions(resource: Resource, old: ApiObject, asked: ApiObject): void {
  const { uid, resourceVersion } = asked.metadata;
  const { name } = old.metadata;
  if (uid && uid !== old.metadata.uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
    );
  }
  if (resourceVersion && resourceVersion !== "0" && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(resource, name, MODIFIED);
  }
}

const SYSTEM = [
  ...["uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp"],
  ...["deletionGracePeriodSeconds", "generateName", "selfLink"],
] as const;

/** What of the wish this endpoint may change: the main one all but status, the status one only that. */
function permitted({ resource, subresource }: Call, old: ApiObject, asked: ApiObject): ApiObject {
  const object = clone(asked);
  if (resource.namespaced) object.metadata.namespace = old.metadata.namespace ?? "";
  const kept: JsonObject = Object.fromEntries(
    SYSTEM.filter((field) => old.metadata[field] !== undefined).map((field) => [field, old.metadata[field]]),
  );
  for (const field of SYSTEM) delete object.metadata[field];
  Object.assign(object.metadata, kept);
  if (subresource === "status") {
    const metadata = resource.custom
      ? { ...old.metadata, managedFields: object.metadata["managedFields"] }
      : { ...object.metadata, ownerReferences: old.metadata["ownerReferences"] };
    return { ...clone(old), metadata, status: object["status"] };
  }
  if (hasStatus(resource)) {
    if (old["status"] === undefined) delete object["status"];
    else object["status"] = clone(old["status"]);
  }
  return object;
}

function changesGeneration(resource: Resource, old: ApiObject, object: ApiObject): boolean {
  const counted = (each: ApiObject): JsonObject => {
    if (!resource.custom) return { spec: each["spec"] };
    const { metadata: _, status, ...rest } = each;
    return hasStatus(resource) ? rest : { ...rest, status };
  };
  return !equal(counted(old), counted(object));
}

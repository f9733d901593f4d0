// POST: a new object.
import { type Answer, type Call, dryRun } from "./call.ts";
import { decodeObject } from "./decode.ts";
import { commit, type Engine, lookUp, timestamp } from "./engine.ts";
import { type ApiObject, textAt } from "./json.ts";
import { trackUpdate, type Writer } from "./managed-fields.ts";
import { checkMetadata, checkSubdomain, dropEmptyMetadata } from "./meta-validate.ts";
import type { Resource } from "./resource.ts";
import { validate } from "./schema-validate.ts";
import { alreadyExists, badRequest, type Cause, forbidden, invalid, notFound } from "./status.ts";
import { writerOf } from "./writer.ts";

const OPTIONS = "CreateOptions";
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const LONGEST_GENERATED = 63 - SUFFIX_LENGTH;

/** Throws ApiError. */
export function create(engine: Engine, call: Call): Answer {
  const isDry = dryRun(call, OPTIONS);
  const object = decodeObject(call, OPTIONS);
  return { code: 201, object: createObject(engine, call, object, writerOf(engine, call, OPTIONS), isDry) };
}

export function createObject(
  engine: Engine,
  { resource, namespace }: Call,
  object: ApiObject,
  /** undefined when the managers are known already, as after an apply. */
  writer: Writer | undefined,
  isDry: boolean,
): ApiObject {
  if (resource.namespaced) {
    if ((object.metadata.namespace || namespace) !== namespace) {
      throw badRequest(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    }
    checkNamespace(engine, resource, namespace, object.metadata.name);
  }
  if (object.metadata.resourceVersion) {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  setSystemFields(engine, resource, object, namespace);
  resource.strategy.prepareCreate?.(object, timestamp(engine.clock.now()));
  dropEmptyMetadata(object);
  const causes = checkObject(resource, object);
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
  if (writer) trackUpdate(undefined, object, resource.type(), writer);
  if (lookUp(engine, resource, namespace, object.metadata.name)) {
    throw alreadyExists(resource, object.metadata.name);
  }
  return isDry ? object : commit(engine, resource, object);
}

function checkNamespace(engine: Engine, resource: Resource, namespace: string, name: string): void {
  const namespaces = engine.registry.find("", "v1", "namespaces");
  const home = namespaces && lookUp(engine, namespaces, "", namespace);
  if (!home) throw notFound({ group: "", plural: "namespaces" }, namespace);
  if (textAt(home, "status", "phase") !== "Terminating") return;
  throw forbidden(
    resource,
    name ?? "",
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  );
}

function setSystemFields(engine: Engine, resource: Resource, object: ApiObject, namespace: string): void {
  const { metadata } = object;
  if (!metadata.name && metadata.generateName) {
    metadata.name = metadata.generateName.slice(0, LONGEST_GENERATED) + suffix(engine.random);
  }
  metadata.name ??= "";
  if (resource.namespaced) metadata.namespace = namespace;
  else delete metadata.namespace;
  metadata.uid = engine.uuid();
  metadata.creationTimestamp = timestamp(engine.clock.now());
  if (resource.strategy.generation) metadata.generation = 1;
  else delete metadata.generation;
  for (const field of ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"]) {
    delete metadata[field];
  }
}

const suffix = (random: () => number): string =>
  Array.from(
    { length: SUFFIX_LENGTH },
    () => SUFFIX_LETTERS[Math.floor(random() * SUFFIX_LETTERS.length)],
  ).join("");

/** Everything wrong with an object as it is. */
export function checkObject(resource: Resource, object: ApiObject): Cause[] {
  const { strategy, schema } = resource;
  const causes = checkMetadata(object, strategy.checkName ?? checkSubdomain);
  causes.push(...(strategy.validate?.(object) ?? []));
  if (!schema) return causes;
  const { apiVersion, kind, metadata, ...rest } = object;
  return [...causes, ...validate(rest, withoutMetadata(schema), "")];
}

const withoutMetadata = (schema: NonNullable<Resource["schema"]>): NonNullable<Resource["schema"]> => ({
  ...schema,
  required: schema.required?.filter((field) => !["apiVersion", "kind", "metadata"].includes(field)),
});

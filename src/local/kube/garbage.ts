// What a cluster's controllers clear away: dependents of what is gone, the contents of namespaces and definitions.
import { CLEANUP } from "./definition.ts";
import { AT_ONCE, type DeleteOptions, deleteObject, finishDeletion } from "./deletion.ts";
import { commit, type Engine, lookUp, readRow } from "./engine.ts";
import { type ApiObject, clone, isObject, type JsonObject, objectsAt, stringsAt, textAt } from "./json.ts";
import type { Resource } from "./resource.ts";
import type { Key } from "./store.ts";

const BACKGROUND: DeleteOptions = { ...AT_ONCE, policy: "Background" };

/** To be called when an object has gone, or has been marked and waits for its finalizers. */
export function collectGarbage(engine: Engine, resource: Resource, object: ApiObject): void {
  const policies = stringsAt(object.metadata, "finalizers");
  const gone = lookUp(engine, resource, object.metadata.namespace ?? "", object.metadata.name) === undefined;
  if (gone || policies.includes("foregroundDeletion")) deleteDependents(engine, object);
  else if (policies.includes("orphan")) orphan(engine, resource, object);
  if (resource.kind === "Namespace" && resource.group === "") emptyNamespace(engine, resource, object);
  if (resource.kind === "CustomResourceDefinition") emptyDefinition(engine, resource, object);
  if (gone) {
    releaseOwners(engine, object);
    releaseNamespace(engine, object);
    releaseDefinition(engine, resource);
  } else releaseForeground(engine, resource, object);
}

function load(engine: Engine, key: Key): { resource: Resource; object: ApiObject } | undefined {
  const resource = engine.registry.stored(key.resource);
  const row = engine.store.get(key);
  return resource && row && { resource, object: readRow(resource, row) };
}

const dependentsOf = (engine: Engine, { metadata }: ApiObject) =>
  engine.store
    .dependents(metadata.uid ?? "")
    .map((key) => load(engine, key))
    .filter((found) => found !== undefined);

function deleteDependents(engine: Engine, owner: ApiObject): void {
  for (const { resource, object } of dependentsOf(engine, owner)) {
    if (object.metadata.deletionTimestamp) continue;
    const others = objectsAt(object.metadata, "ownerReferences").filter(
      ({ uid }) => uid !== owner.metadata.uid,
    );
    if (others.some((reference) => ownerLives(engine, object, reference)))
      dropOwner(engine, resource, object, owner);
    else deleteObject(engine, resource, object, BACKGROUND);
  }
}

function ownerLives(engine: Engine, dependent: ApiObject, reference: JsonObject): boolean {
  const kind = engine.registry.byKind(textAt(reference, "apiVersion"), textAt(reference, "kind"));
  const owner = kind && lookUp(engine, kind, dependent.metadata.namespace ?? "", textAt(reference, "name"));
  return owner !== undefined && owner.metadata.uid === reference["uid"];
}

function dropOwner(engine: Engine, resource: Resource, object: ApiObject, owner: ApiObject): void {
  const copy = clone(object);
  const references = objectsAt(copy.metadata, "ownerReferences");
  copy.metadata["ownerReferences"] = references.filter(({ uid }) => uid !== owner.metadata.uid);
  commit(engine, resource, copy);
}

function orphan(engine: Engine, resource: Resource, owner: ApiObject): void {
  for (const dependent of dependentsOf(engine, owner)) {
    dropOwner(engine, dependent.resource, dependent.object, owner);
  }
  dropFinalizer(engine, resource, owner, "orphan");
}

function dropFinalizer(engine: Engine, resource: Resource, object: ApiObject, finalizer: string): void {
  const copy = clone(object);
  const left = stringsAt(copy.metadata, "finalizers").filter((each) => each !== finalizer);
  if (left.length > 0) copy.metadata["finalizers"] = left;
  else delete copy.metadata["finalizers"];
  if (!finishDeletion(engine, resource, copy)) commit(engine, resource, copy);
}

/** An owner that is deleted in the foreground goes when the last of its dependents has gone. */
function releaseForeground(engine: Engine, resource: Resource, owner: ApiObject): void {
  const waits = stringsAt(owner.metadata, "finalizers").includes("foregroundDeletion");
  if (!waits || !owner.metadata.deletionTimestamp || dependentsOf(engine, owner).length > 0) return;
  dropFinalizer(engine, resource, owner, "foregroundDeletion");
}

function releaseOwners(engine: Engine, gone: ApiObject): void {
  for (const reference of objectsAt(gone.metadata, "ownerReferences")) {
    const kind = engine.registry.byKind(textAt(reference, "apiVersion"), textAt(reference, "kind"));
    const owner = kind && lookUp(engine, kind, gone.metadata.namespace ?? "", textAt(reference, "name"));
    if (kind && owner?.metadata.uid === reference["uid"] && owner) releaseForeground(engine, kind, owner);
  }
}

function emptyNamespace(engine: Engine, resource: Resource, namespace: ApiObject): void {
  for (const kind of storedKinds(engine).filter((each) => each.namespaced)) {
    for (const row of [...engine.store.list(kind.stored, namespace.metadata.name)]) {
      if (engine.store.get(row)) deleteObject(engine, kind, readRow(kind, row), BACKGROUND);
    }
  }
  const left = lookUp(engine, resource, "", namespace.metadata.name);
  if (left) finishNamespace(engine, resource, left);
}

function storedKinds(engine: Engine): Resource[] {
  const names = new Set(engine.registry.all().map(({ stored }) => stored));
  return [...names].map((name) => engine.registry.stored(name)).filter((kind) => kind !== undefined);
}

function releaseNamespace(engine: Engine, gone: ApiObject): void {
  const name = gone.metadata.namespace;
  const resource = name ? engine.registry.find("", "v1", "namespaces") : undefined;
  const namespace = resource && name ? lookUp(engine, resource, "", name) : undefined;
  if (resource && namespace) finishNamespace(engine, resource, namespace);
}

function finishNamespace(engine: Engine, resource: Resource, namespace: ApiObject): void {
  const { name, deletionTimestamp } = namespace.metadata;
  if (!deletionTimestamp) return;
  const kinds = storedKinds(engine).filter((kind) => kind.namespaced);
  if (kinds.some((kind) => engine.store.count(kind.stored, name) > 0)) return;
  const copy = clone(namespace);
  const spec = isObject(copy["spec"]) ? copy["spec"] : {};
  spec["finalizers"] = stringsAt(spec, "finalizers").filter((finalizer) => finalizer !== "kubernetes");
  if (!finishDeletion(engine, resource, copy)) commit(engine, resource, copy);
}

function emptyDefinition(engine: Engine, resource: Resource, definition: ApiObject): void {
  const { name } = definition.metadata;
  const kind = engine.registry.stored(name);
  if (kind) {
    for (const row of [...engine.store.list(name, "")])
      deleteObject(engine, kind, readRow(kind, row), BACKGROUND);
  }
  const left = lookUp(engine, resource, "", name);
  if (left) finishDefinition(engine, resource, left);
  else engine.registry.forget(name);
}

function releaseDefinition(engine: Engine, resource: Resource): void {
  if (!resource.custom) return;
  const definitions = engine.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  const definition = definitions && lookUp(engine, definitions, "", resource.stored);
  if (definitions && definition) finishDefinition(engine, definitions, definition);
}

function finishDefinition(engine: Engine, resource: Resource, definition: ApiObject): void {
  const waits = stringsAt(definition.metadata, "finalizers").includes(CLEANUP);
  if (!definition.metadata.deletionTimestamp || !waits) return;
  if (engine.store.count(definition.metadata.name, "") > 0) return;
  dropFinalizer(engine, resource, definition, CLEANUP);
}

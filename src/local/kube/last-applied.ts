// `kubectl apply` from the client's side keeps what it applied in an annotation; when kubectl goes over to applying
// from the server's side, those fields are its own already, and the annotation goes on being kept.
import { difference, type FieldSet } from "./field-set.ts";
import { type ApiObject, isObject, type JsonObject, parseJson, stringMapAt } from "./json.ts";
import { noFields } from "./managed-fields.ts";
import type { TypeNode } from "./type-node.ts";
import { compare, fieldSetOf } from "./typed-value.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** The fields that a client-side apply set and nobody has changed since. */
export function lastAppliedFields(live: ApiObject, type: TypeNode): FieldSet {
  const text = stringMapAt(live.metadata, "annotations")[ANNOTATION];
  const applied = text === undefined ? undefined : parsed(text);
  if (!applied) return noFields();
  const { modified, added } = compare(live, applied, type);
  return difference(difference(fieldSetOf(applied, type), modified), added);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Anybody may write an annotation; one that is not JSON says nothing.
    return undefined;
  }
}

/** Brings the annotation of `object`, if it has one, up to what was applied now. */
export function keepLastApplied(object: ApiObject, config: ApiObject): void {
  const annotations = stringMapAt(object.metadata, "annotations");
  if (annotations[ANNOTATION] === undefined) return;
  object.metadata["annotations"] = { ...annotations, [ANNOTATION]: `${JSON.stringify(config)}\n` };
}

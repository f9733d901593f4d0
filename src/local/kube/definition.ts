// CustomResourceDefinitions: checks and status of the definition itself.
import { regex } from "../../lib/re2.ts";
import {
  type ApiObject,
  at,
  clone,
  equal,
  isObject,
  type JsonObject,
  objectsAt,
  stringsAt,
  textAt,
} from "./json.ts";
import type { Strategy } from "./resource.ts";
import { type Cause, forbiddenValue, invalidValue, notSupported, requiredValue } from "./status.ts";

/** Holds a definition until its custom resources are gone. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

export const definitionStrategy: Strategy = {
  generation: true,
  prepareCreate(definition) {
    setDefaults(definition);
    definition["status"] = {};
  },
  prepareUpdate: (definition) => setDefaults(definition),
  validate: (definition) => check(definition),
  validateUpdate(definition, old) {
    const fixed = [
      ["spec", "group"],
      ["spec", "scope"],
      ["spec", "names", "plural"],
      ["spec", "names", "kind"],
    ];
    return fixed
      .filter((path) => !equal(at(definition, ...path), at(old, ...path)))
      .map((path) => invalidValue(path.join("."), at(definition, ...path), "field is immutable"));
  },
};

function setDefaults(definition: ApiObject): void {
  const spec = definition["spec"];
  if (!isObject(spec)) return;
  spec["conversion"] ??= { strategy: "None" };
  const names = spec["names"];
  if (!isObject(names)) return;
  const kind = textAt(names, "kind");
  names["singular"] ||= kind.toLowerCase();
  names["listKind"] ||= `${kind}List`;
}

function check(definition: ApiObject): Cause[] {
  const causes: Cause[] = [];
  const group = textAt(definition, "spec", "group");
  const plural = textAt(definition, "spec", "names", "plural");
  const scope = textAt(definition, "spec", "scope");
  if (definition.metadata.name !== `${plural}.${group}`) {
    const why = 'must be spec.names.plural+"."+spec.group';
    causes.push(invalidValue("metadata.name", definition.metadata.name, why));
  }
  if (!group) causes.push(requiredValue("spec.group"));
  if (!["Cluster", "Namespaced"].includes(scope)) {
    causes.push(notSupported("spec.scope", scope, ["Cluster", "Namespaced"]));
  }
  for (const field of ["plural", "kind"]) {
    if (!textAt(definition, "spec", "names", field)) causes.push(requiredValue(`spec.names.${field}`));
  }
  const versions = objectsAt(definition, "spec", "versions");
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    const why = "must have exactly one version marked as storage version";
    causes.push(invalidValue("spec.versions", versions, why));
  }
  for (const [index, version] of versions.entries()) {
    const schema = at(version, "schema", "openAPIV3Schema");
    const path = `spec.versions[${index}].schema.openAPIV3Schema`;
    if (!isObject(schema)) causes.push(requiredValue(path));
    else causes.push(...checkStructural(schema, path, true));
  }
  return causes;
}

/** A structural schema gives every field a type, outside of allOf, anyOf, oneOf and not. */
function checkStructural(schema: JsonObject, path: string, root: boolean): Cause[] {
  const causes: Cause[] = [];
  const type = textAt(schema, "type");
  const loose = schema["x-kubernetes-int-or-string"] === true;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (root && type !== "object") {
    if (!type) causes.push(requiredValue(`${path}.type`, "must not be empty at the root"));
    else causes.push(invalidValue(`${path}.type`, type, "must be object at the root"));
  } else if (!type && !loose && !open) {
    causes.push(requiredValue(`${path}.type`, "must not be empty for specified object fields"));
  }
  if (schema["properties"] !== undefined && schema["additionalProperties"] !== undefined) {
    causes.push(
      forbiddenValue(
        `${path}.additionalProperties`,
        "additionalProperties and properties are mutual exclusive",
      ),
    );
  }
  if (textAt(schema, "pattern")) causes.push(...checkPattern(schema, path));
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  for (const [key, field] of Object.entries(properties)) {
    if (isObject(field)) causes.push(...checkStructural(field, `${path}.properties[${key}]`, false));
  }
  for (const part of ["items", "additionalProperties"]) {
    const inner = schema[part];
    if (isObject(inner)) causes.push(...checkStructural(inner, `${path}.${part}`, false));
  }
  if (type === "array" && !isObject(schema["items"])) {
    causes.push(requiredValue(`${path}.items`, "must be specified"));
  }
  return causes;
}

function checkPattern(schema: JsonObject, path: string): Cause[] {
  const pattern = textAt(schema, "pattern");
  try {
    regex(pattern);
    return [];
  } catch (error) {
    const why = `must be a valid regular expression, but isn't: ${(error as Error).message}`;
    return [invalidValue(`${path}.pattern`, pattern, why)];
  }
}

/** What the server says of a definition that it has begun to serve. */
export function definitionStatus(definition: ApiObject, now: string): JsonObject {
  const names = at(definition, "spec", "names");
  const storage = objectsAt(definition, "spec", "versions").find((version) => version["storage"] === true);
  const stored = stringsAt(definition, "status", "storedVersions");
  const version = textAt(storage, "name");
  const old = objectsAt(definition, "status", "conditions");
  const condition = (type: string, reason: string, message: string): JsonObject => {
    const known = old.find((entry) => entry["type"] === type && entry["status"] === "True");
    return known ?? { type, status: "True", lastTransitionTime: now, reason, message };
  };
  const others = old.filter(({ type }) => type !== "NamesAccepted" && type !== "Established");
  return {
    conditions: [
      ...others,
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ],
    acceptedNames: isObject(names) ? clone(names) : {},
    storedVersions: stored.includes(version) ? stored : [...stored, version],
  };
}

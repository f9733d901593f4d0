// A kind's OpenAPI schema, compiled on demand into what merging, pruning and ownership need to know of each field.
import definitions from "./builtin-schemas.json" with { type: "json" };

export interface Schema {
  type?: string;
  format?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  nullable?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  uniqueItems?: boolean;
  $ref?: string;
  "x-kubernetes-list-type"?: string;
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-patch-strategy"?: string;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
}

export interface TypeNode {
  /** `any` is data without a schema: maps are merged, lists replaced. */
  kind: "any" | "scalar" | "map" | "struct" | "list";
  schema: Schema;
  /** Go's name of the struct, for the words of decoding errors. */
  name: string;
  /** Owned and replaced as a whole. */
  atomic: boolean;
  /** Fields that the schema does not name are kept. */
  preserve: boolean;
  listType: "atomic" | "set" | "map";
  keys: string[];
  /** Strategic merge patch: the field by which items of a list are told apart, and how the field is merged. */
  mergeKey: string | undefined;
  strategies: string[];
  fields: string[];
  /** Of a struct's field, or any key of a map; undefined for a field that is not in the schema. */
  child(key: string): TypeNode | undefined;
  element(): TypeNode;
}

const REF = "#/components/schemas/";
const BUILTIN = definitions as unknown as Record<string, Schema>;
const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const compiled = new Map<string, TypeNode>();

export const builtinSchemas: Readonly<Record<string, Schema>> = BUILTIN;

/** Throws when there is no such definition. */
export function builtinType(definition: string): TypeNode {
  const known = compiled.get(definition);
  if (known) return known;
  const schema = BUILTIN[definition];
  if (!schema) throw new Error(`no built-in schema ${definition}`);
  const node = nodeOf(schema, definition.split(".").at(-1) ?? "", false);
  compiled.set(definition, node);
  return node;
}

/** The type of a custom resource; `metadata` is what every object has. */
export const customType = (schema: Schema, kind: string): TypeNode => embedded(nodeOf(schema, kind, true));

const leaf = (kind: "any" | "scalar", schema: Schema): TypeNode => ({
  kind,
  schema,
  name: "",
  atomic: kind === "scalar",
  preserve: true,
  listType: "atomic",
  keys: [],
  mergeKey: undefined,
  strategies: [],
  fields: [],
  child: () => (kind === "any" ? anyNode : undefined),
  element: () => anyNode,
});

export const anyNode: TypeNode = leaf("any", {});
const stringNode: TypeNode = leaf("scalar", { type: "string" });

function referenced(schema: Schema): string | undefined {
  const ref = schema.$ref ?? (schema.type === undefined ? schema.allOf?.[0]?.$ref : undefined);
  return ref?.startsWith(REF) ? ref.slice(REF.length) : undefined;
}

function nodeOf(schema: Schema, name: string, custom: boolean): TypeNode {
  const definition = referenced(schema);
  if (definition) {
    const target = builtinType(definition);
    const atomic = target.atomic || schema["x-kubernetes-map-type"] === "atomic";
    return { ...target, atomic, strategies: strategies(schema) };
  }
  if (schema.type === "array") return listNode(schema, name, custom);
  if (schema.type === "object" || schema.properties) {
    const node = objectNode(schema, name, custom);
    return schema["x-kubernetes-embedded-resource"] ? embedded(node) : node;
  }
  if (schema.type === undefined && !schema.oneOf && !schema["x-kubernetes-int-or-string"]) {
    return { ...anyNode, schema };
  }
  return leaf("scalar", schema);
}

const strategies = (schema: Schema): string[] => schema["x-kubernetes-patch-strategy"]?.split(",") ?? [];

function listNode(schema: Schema, name: string, custom: boolean): TypeNode {
  const listType = (schema["x-kubernetes-list-type"] ?? "atomic") as TypeNode["listType"];
  const element = lazily(() => (schema.items ? nodeOf(schema.items, name, custom) : anyNode));
  return {
    ...leaf("any", schema),
    kind: "list",
    atomic: listType === "atomic",
    preserve: false,
    listType,
    keys: schema["x-kubernetes-list-map-keys"] ?? [],
    mergeKey: schema["x-kubernetes-patch-merge-key"],
    strategies: strategies(schema),
    child: () => undefined,
    element,
  };
}

function objectNode(schema: Schema, name: string, custom: boolean): TypeNode {
  const atomic = schema["x-kubernetes-map-type"] === "atomic";
  const extra = schema.additionalProperties;
  if (!schema.properties && typeof extra === "object") {
    const element = lazily(() => nodeOf(extra, name, custom));
    const node = { ...leaf("any", schema), kind: "map" as const, atomic, preserve: true };
    return { ...node, name, strategies: strategies(schema), child: element, element };
  }
  const preserve = schema["x-kubernetes-preserve-unknown-fields"] === true || extra === true;
  // FieldsV1, RawExtension: an object of which the schema says nothing.
  if (!schema.properties && (!custom || preserve)) return { ...anyNode, schema, atomic };
  const properties = schema.properties ?? {};
  const children = new Map<string, TypeNode>();
  const child = (key: string): TypeNode | undefined => {
    const found = children.get(key);
    if (found) return found;
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!field) return preserve ? anyNode : undefined;
    const node = nodeOf(field, custom ? "" : name, custom);
    children.set(key, node);
    return node;
  };
  const base = { ...leaf("any", schema), kind: "struct" as const, name, atomic, preserve };
  return { ...base, strategies: strategies(schema), fields: Object.keys(properties), child };
}

/** An object inside an object (or the root) has apiVersion, kind and metadata whatever its schema says. */
function embedded(node: TypeNode): TypeNode {
  const child = (key: string): TypeNode | undefined => {
    if (key === "metadata") return builtinType(OBJECT_META);
    return key === "apiVersion" || key === "kind" ? stringNode : node.child(key);
  };
  const fields = [...new Set(["apiVersion", "kind", "metadata", ...node.fields])];
  return node.kind === "any" ? { ...node, child } : { ...node, fields, child };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

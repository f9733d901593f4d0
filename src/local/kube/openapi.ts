// /openapi/v3 and /openapi/v2: schemas and paths of every kind, as far as kubectl explain, apply and edit ask for them.
import { createHash } from "node:crypto";
import { groupVersions } from "./discovery.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Registry } from "./registry.ts";
import { apiVersionOf, hasStatus, type Resource } from "./resource.ts";
import { builtinSchemas, type Schema } from "./type-node.ts";

const REF = "#/components/schemas/";
const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const INFO = { title: "Kubernetes", version: "v1.34.0" };

const path = (apiVersion: string): string =>
  apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;

/** The index of /openapi/v3; the hash changes with the kinds, so that clients may keep what they have. */
export function openApiIndex(registry: Registry): JsonObject {
  const entries = groupVersions(registry).map((apiVersion) => {
    const hash = createHash("sha512")
      .update(JSON.stringify(openApiV3(registry, apiVersion) ?? null))
      .digest("hex");
    const serverRelativeURL = `/openapi/v3/${path(apiVersion)}?hash=${hash.toUpperCase()}`;
    return [path(apiVersion), { serverRelativeURL }];
  });
  return { paths: Object.fromEntries(entries) };
}

/** The description of one group and version; undefined when there is none. */
export function openApiV3(registry: Registry, apiVersion: string): JsonObject | undefined {
  if (!groupVersions(registry).includes(apiVersion)) return undefined;
  const kinds = registry.all().filter((kind) => apiVersionOf(kind) === apiVersion);
  const paths = Object.assign({}, ...kinds.map((kind) => pathsOf(kind, v3Body)));
  return { openapi: "3.0.0", info: INFO, paths, components: { schemas: schemasOf(kinds) } };
}

export function openApiV2(registry: Registry): JsonObject {
  const kinds = registry.all();
  const paths = Object.assign({}, ...kinds.map((kind) => pathsOf(kind, v2Body)));
  const definitions = toV2(schemasOf(kinds) as Json);
  return { swagger: "2.0", info: INFO, paths, definitions };
}

function schemasOf(kinds: Resource[]): JsonObject {
  const schemas: Record<string, Schema> = {};
  const add = (name: string) => {
    const schema = builtinSchemas[name];
    if (schemas[name] || !schema) return;
    schemas[name] = schema;
    for (const reference of referencesOf(schema as Json)) add(reference);
  };
  for (const name of ["ObjectMeta", "DeleteOptions", "Status", "ListMeta"]) add(META + name);
  for (const kind of kinds) {
    if (kind.schema) schemas[kind.definition] = customSchema(kind, kind.schema);
    else add(kind.definition);
    schemas[`${kind.definition}List`] = listSchema(kind);
  }
  return schemas as unknown as JsonObject;
}

function referencesOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "$ref" && typeof inner === "string") return [inner.slice(REF.length)];
    return inner === undefined ? [] : referencesOf(inner);
  });
}

const gvk = ({ group, version, kind }: Resource, suffix = ""): JsonObject => ({
  ...{ group, version, kind: kind + suffix },
});

const TEXT = { type: "string" };

function customSchema(kind: Resource, schema: Schema): Schema {
  const described: Schema = {
    ...schema,
    properties: {
      apiVersion: TEXT,
      kind: TEXT,
      ...schema.properties,
      metadata: { description: "Standard object's metadata.", allOf: [{ $ref: `${REF}${META}ObjectMeta` }] },
    },
  };
  return { ...described, "x-kubernetes-group-version-kind": [gvk(kind)] } as Schema;
}

const listSchema = (kind: Resource): Schema =>
  ({
    description: `${kind.kind}List is a list of ${kind.kind}.`,
    type: "object",
    required: ["items"],
    properties: {
      apiVersion: TEXT,
      kind: TEXT,
      items: { type: "array", items: { $ref: REF + kind.definition } },
      metadata: { $ref: `${REF}${META}ListMeta` },
    },
    "x-kubernetes-group-version-kind": [gvk(kind, "List")],
  }) as Schema;

const ACTIONS: Readonly<Record<string, string>> = {
  get: "get",
  post: "post",
  put: "put",
  patch: "patch",
  delete: "delete",
};

type BodyOf = (kind: Resource, list: boolean) => JsonObject;

function pathsOf(kind: Resource, body: BodyOf): JsonObject {
  const root = `/${path(apiVersionOf(kind))}`;
  const collection = kind.namespaced
    ? `${root}/namespaces/{namespace}/${kind.plural}`
    : `${root}/${kind.plural}`;
  const item = `${collection}/{name}`;
  const parameters = [
    ...(kind.namespaced ? [inPath("namespace")] : []),
    ...[{ name: "pretty", in: "query", schema: TEXT, type: "string" }],
  ];
  const operations = (methods: string[], list: boolean): JsonObject => ({
    ...Object.fromEntries(methods.map((method) => [method, operation(kind, method, list, body)])),
    parameters: list ? parameters : [inPath("name"), ...parameters],
  });
  return {
    ...(kind.namespaced && { [`${root}/${kind.plural}`]: operations(["get"], true) }),
    [collection]: operations(["get", "post", "delete"], true),
    [item]: operations(["get", "put", "patch", "delete"], false),
    ...(hasStatus(kind) && { [`${item}/status`]: operations(["get", "put", "patch"], false) }),
  };
}

const inPath = (name: string): JsonObject => ({
  name,
  in: "path",
  required: true,
  schema: TEXT,
  type: "string",
});

function operation(kind: Resource, method: string, list: boolean, body: BodyOf): JsonObject {
  const writes = ["post", "put", "patch"].includes(method);
  const options = ["dryRun", "fieldManager", "fieldValidation"];
  const parameters = writes
    ? method === "patch"
      ? [...options, "force"]
      : options
    : method === "delete"
      ? ["dryRun"]
      : [];
  const action = method === "get" && list ? "list" : (ACTIONS[method] ?? method);
  return {
    operationId: `${method}${kind.kind}${list ? "Collection" : ""}`,
    parameters: parameters.map((name) => ({ name, in: "query", schema: TEXT, type: "string" })),
    responses: { "200": { description: "OK", ...body(kind, list && method === "get") } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk(kind),
  };
}

const v3Body: BodyOf = (kind, list) => ({
  content: { "application/json": { schema: { $ref: `${REF}${kind.definition}${list ? "List" : ""}` } } },
});
const v2Body: BodyOf = (kind, list) => ({
  schema: { $ref: `#/definitions/${kind.definition}${list ? "List" : ""}` },
});

/** OpenAPI 2 knows no alternatives and refers to definitions. */
function toV2(value: Json): Json {
  if (Array.isArray(value)) return value.map(toV2);
  if (!isObject(value)) return value;
  const { allOf, oneOf: _, anyOf: __, not: ___, ...rest } = value;
  const [only] = Array.isArray(allOf) ? allOf : [];
  const merged: JsonObject = isObject(only) && only["$ref"] ? { ...rest, $ref: only["$ref"] } : rest;
  const entries = Object.entries(merged).map(([key, inner]) => {
    if (key === "$ref" && typeof inner === "string") return [key, inner.replace(REF, "#/definitions/")];
    return [key, inner === undefined ? null : toV2(inner)];
  });
  return Object.fromEntries(entries);
}

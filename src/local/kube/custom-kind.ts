// A CustomResourceDefinition becomes the kinds that it defines: one per served version.
import { age } from "./age.ts";
import { type ApiObject, at, isObject, type JsonObject, objectsAt, stringsAt, textAt } from "./json.ts";
import { readPath } from "./json-path.ts";
import type { Column, Resource, Strategy, TableShape } from "./resource.ts";
import { customType, type Schema } from "./type-node.ts";

export function customKinds(definition: ApiObject): Resource[] {
  const versions = objectsAt(definition, "spec", "versions");
  const storage = textAt(
    versions.find((version) => version["storage"] === true),
    "name",
  );
  return versions
    .filter((version) => version["served"] === true)
    .map((version) => kindOf(definition, version, storage));
}

function kindOf(definition: ApiObject, version: JsonObject, storageVersion: string): Resource {
  const group = textAt(definition, "spec", "group");
  const names = at(definition, "spec", "names");
  const kind = textAt(names, "kind");
  const schema = (at(version, "schema", "openAPIV3Schema") ?? {}) as unknown as Schema;
  const type = customType(schema, kind);
  const hasStatus = isObject(at(version, "subresources", "status"));
  return {
    ...{ group, kind, schema, storageVersion, custom: true, stored: definition.metadata.name },
    plural: textAt(names, "plural"),
    version: textAt(version, "name"),
    singular: textAt(names, "singular"),
    listKind: textAt(names, "listKind"),
    namespaced: textAt(definition, "spec", "scope") === "Namespaced",
    shortNames: stringsAt(names, "shortNames"),
    categories: stringsAt(names, "categories"),
    subresources: hasStatus ? ["status"] : [],
    definition: [...group.split(".").reverse(), textAt(version, "name"), kind].join("."),
    type: () => type,
    strategy: strategyOf(version, hasStatus),
    table: tableOf(version),
  };
}

function strategyOf(version: JsonObject, hasStatus: boolean): Strategy {
  const selectable = objectsAt(version, "selectableFields").map((field) => textAt(field, "jsonPath"));
  const fields = selectable.map((path) => {
    const read = (object: ApiObject) => String(readPath(object, path)[0] ?? "");
    return [path.replace(/^\./, ""), read] as const;
  });
  return {
    generation: true,
    needsVersion: true,
    fields: Object.fromEntries(fields),
    prepareCreate(object) {
      if (hasStatus) delete object["status"];
    },
  };
}

const DEFAULT_COLUMNS: JsonObject[] = [
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

function tableOf(version: JsonObject): TableShape {
  const told = objectsAt(version, "additionalPrinterColumns");
  const shapes = told.length > 0 ? told : DEFAULT_COLUMNS;
  const columns = shapes.map(
    (shape): Column => ({
      name: textAt(shape, "name"),
      type: textAt(shape, "type"),
      format: textAt(shape, "format"),
      description: textAt(shape, "description"),
      priority: Number(shape["priority"] ?? 0),
    }),
  );
  return {
    columns: [{ name: "Name", type: "string", format: "name" }, ...columns],
    cells: (object, now) => [
      object.metadata.name,
      ...shapes.map((shape) => cell(object, textAt(shape, "jsonPath"), textAt(shape, "type"), now)),
    ],
  };
}

function cell(object: ApiObject, path: string, type: string, now: Date): string | number | boolean | null {
  const found = readPath(object, path);
  const [first] = found;
  if (found.length === 0 || first === undefined) return null;
  if (type === "date") return age(String(first), now);
  if (type === "integer" || type === "number") return typeof first === "number" ? first : null;
  if (type === "boolean") return typeof first === "boolean" ? first : null;
  // Of several matches Kubernetes prints the first.
  return typeof first === "string" ? first : JSON.stringify(first);
}

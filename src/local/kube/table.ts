// How objects are shown to a client: as they are, as rows of a Table, or as their metadata only.
import type { ApiObject, JsonObject } from "./json.ts";
import type { Column, Resource } from "./resource.ts";

const META = "meta.k8s.io/v1";

export const metadataOnly = (object: ApiObject): JsonObject => ({
  kind: "PartialObjectMetadata",
  apiVersion: META,
  metadata: object.metadata,
});

export type IncludeObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  /** Which part of the object each row carries. */
  include: IncludeObject;
  /** Events of a watch after the first leave the columns out. */
  headers: boolean;
}

export const includeObject = (query: URLSearchParams): IncludeObject => {
  const told = query.get("includeObject");
  return told === "None" || told === "Object" ? told : "Metadata";
};

export function table(
  resource: Resource,
  objects: ApiObject[],
  metadata: JsonObject,
  now: Date,
  { include, headers }: TableOptions,
): JsonObject {
  return {
    kind: "Table",
    apiVersion: META,
    metadata,
    columnDefinitions: headers ? resource.table.columns.map(definition) : [],
    rows: objects.map((object) => ({
      cells: resource.table.cells(shape(resource, object), now),
      ...(include === "Object" && { object }),
      ...(include === "Metadata" && { object: metadataOnly(object) }),
    })),
  };
}

/** The columns of events are written for their core face. */
const shape = (resource: Resource, object: ApiObject): ApiObject =>
  resource.strategy.toStored?.(object) ?? object;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Name: "Name must be unique within a namespace.",
  Age: "CreationTimestamp is a timestamp representing the server time when this object was created.",
};

const definition = ({ name, type, format = "", description, priority = 0 }: Column): JsonObject => ({
  ...{ name, type, format, description: description || (DESCRIPTIONS[name] ?? ""), priority },
});

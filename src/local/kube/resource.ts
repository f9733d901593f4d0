// A kind as it is served: its names, where its objects are stored, its type and its own rules.
import type { ApiObject, JsonObject } from "./json.ts";
import type { Cause, GroupKind, GroupResource } from "./status.ts";
import type { Schema, TypeNode } from "./type-node.ts";

export interface Column {
  name: string;
  type: string;
  format?: string;
  description?: string;
  /** 0 is always shown, more only in wide output. */
  priority?: number;
}

export interface TableShape {
  columns: Column[];
  /** Cells of one object, in the order of the columns. */
  cells(object: ApiObject, now: Date): (string | number | boolean | null)[];
}

/** What a kind does beyond what every kind does. All of it works in place on the object. */
export interface Strategy {
  /** Fills in defaults; `now` is RFC 3339. */
  prepareCreate?(object: ApiObject, now: string): void;
  prepareUpdate?(object: ApiObject, old: ApiObject, now: string): void;
  validate?(object: ApiObject): Cause[];
  validateUpdate?(object: ApiObject, old: ApiObject): Cause[];
  /** Fields beyond metadata.name and metadata.namespace that objects are selected by. */
  fields?: Record<string, (object: ApiObject) => string>;
  /** How names are checked; a DNS subdomain unless told. */
  checkName?(field: string, value: string): Cause[];
  /** generation counts changes of the spec (or, without a status subresource, of all but metadata). */
  generation?: boolean;
  /** A PUT may create. */
  createOnUpdate?: boolean;
  /** A PUT must say which version it replaces. */
  needsVersion?: boolean;
  /** DELETE answers with the object instead of a Status. */
  returnsDeleted?: boolean;
  /** Seconds that an object lives on after DELETE, undefined for none. */
  grace?(object: ApiObject, asked: number | undefined): number;
  /** Converts between what is served and what is stored (Events have two faces). */
  toStored?(object: ApiObject): ApiObject;
  fromStored?(object: ApiObject): ApiObject;
}

export interface Resource extends GroupResource, GroupKind {
  version: string;
  singular: string;
  listKind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  subresources: string[];
  /** Name of the objects' place in the store. */
  stored: string;
  /** Whether items of a list carry kind and apiVersion, as those of custom resources do. */
  custom: boolean;
  /** Name of the definition in OpenAPI. */
  definition: string;
  type(): TypeNode;
  /** Of a custom resource: what its values must satisfy. */
  schema?: Schema;
  strategy: Strategy;
  table: TableShape;
  /** Version that a custom resource is stored in. */
  storageVersion: string;
}

export const apiVersionOf = ({ group, version }: { group: string; version: string }): string =>
  group ? `${group}/${version}` : version;

export const hasStatus = (resource: Resource): boolean => resource.subresources.includes("status");

/** Every verb but those of subresources. */
export const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

export type Fields = JsonObject;

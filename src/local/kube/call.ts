// One request for a resource, read from HTTP, and the options that its query carries.
import type { Json, JsonObject } from "./json.ts";
import type { Resource } from "./resource.ts";
import { type GroupKind, invalid, invalidValue, notSupported } from "./status.ts";

export interface Call {
  resource: Resource;
  /** "" for all namespaces or a kind without them. */
  namespace: string;
  name: string;
  subresource: string;
  query: URLSearchParams;
  userAgent: string;
  contentType: string;
  body: Buffer;
  /** Told to the client in Warning headers. */
  warnings: string[];
}

export interface Answer {
  code: number;
  object: JsonObject;
}

const META = "meta.k8s.io";

export const optionsKind = (kind: string): GroupKind => ({ group: META, kind });

/** Throws ApiError 422 for a directive other than All. */
export function dryRun(call: Call, kind: string, told: Json[] = call.query.getAll("dryRun")): boolean {
  if (told.some((directive) => directive !== "All")) {
    throw invalid(optionsKind(kind), "", [notSupported("dryRun", told, ["All"])]);
  }
  return told.length > 0;
}

/** Who writes: the fieldManager of the query, or the program's name. Throws ApiError 422. */
export function managerName(call: Call, kind: string): string {
  const told = call.query.get("fieldManager");
  if (told && told.length > 128) {
    throw invalid(optionsKind(kind), "", [
      invalidValue("fieldManager", told, "may not be more than 128 bytes"),
    ]);
  }
  return told || (call.userAgent.split("/")[0] ?? "") || "unknown";
}

export type Validation = "Ignore" | "Warn" | "Strict";

/** Throws ApiError 422. */
export function fieldValidation(call: Call, kind: string): Validation {
  const told = call.query.get("fieldValidation") || "Warn";
  if (told === "Ignore" || told === "Warn" || told === "Strict") return told;
  throw invalid(optionsKind(kind), "", [
    notSupported("fieldValidation", told, ["", "Ignore", "Strict", "Warn"]),
  ]);
}

export const flag = (query: URLSearchParams, name: string): boolean =>
  ["true", "1"].includes(query.get(name) ?? "");

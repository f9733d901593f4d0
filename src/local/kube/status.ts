// Errors as Kubernetes words them: a Status object with a reason and causes, which client-go and kubectl parse.
import type { Json, JsonObject } from "./json.ts";

export interface Cause {
  reason: string;
  message: string;
  field: string;
}

export interface GroupResource {
  group: string;
  plural: string;
}

export interface GroupKind {
  group: string;
  kind: string;
}

export class ApiError extends Error {
  override name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;
  /** `metadata` of the Status; an expired list hands out a continue token there. */
  readonly metadata: JsonObject;

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: JsonObject,
    metadata: JsonObject = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.metadata = metadata;
  }

  toStatus(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: this.metadata,
      status: "Failure",
      message: this.message,
      reason: this.reason,
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

const detailsOf = (resource: GroupResource, name: string): JsonObject => ({
  ...(name && { name }),
  ...(resource.group && { group: resource.group }),
  kind: resource.plural,
});

/** `pods` or `prowjobs.prow.k8s.io`. */
const qualified = (resource: GroupResource): string =>
  resource.group ? `${resource.plural}.${resource.group}` : resource.plural;

export const notFound = (resource: GroupResource, name: string): ApiError =>
  new ApiError(404, "NotFound", `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: GroupResource, name: string): ApiError =>
  new ApiError(
    409,
    "AlreadyExists",
    `${qualified(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );

export const conflict = (resource: GroupResource, name: string, why: string): ApiError =>
  new ApiError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );

export const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

export const forbidden = (
  resource: GroupResource,
  name: string,
  why: string,
  causes: Cause[] = [],
): ApiError =>
  new ApiError(403, "Forbidden", `${qualified(resource)} "${name}" is forbidden: ${why}`, {
    ...detailsOf(resource, name),
    ...(causes.length > 0 && { causes: causes.map((cause) => ({ ...cause })) }),
  });

export const badRequest = (message: string): ApiError => new ApiError(400, "BadRequest", message);

export const gone = (message: string, metadata: JsonObject = {}): ApiError =>
  new ApiError(410, "Expired", message, undefined, metadata);

export const methodNotAllowed = (): ApiError =>
  new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );

export function invalid(kind: GroupKind, name: string, causes: Cause[]): ApiError {
  const told = causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : cause.message));
  const list = told.length === 1 ? told[0] : `[${told.join(", ")}]`;
  const what = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  return new ApiError(422, "Invalid", `${what} "${name}" is invalid: ${list}`, {
    ...(name && { name }),
    ...(kind.group && { group: kind.group }),
    kind: kind.kind,
    causes: causes.map((cause) => ({ ...cause })),
  });
}

/** What Go prints for the value at fault. */
const shown = (value: Json | undefined): string => (value === undefined ? '""' : JSON.stringify(value));

export const invalidValue = (field: string, value: Json | undefined, why: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${shown(value)}${why && `: ${why}`}`,
  field,
});
export const typeInvalid = (field: string, value: Json | undefined, why: string): Cause => ({
  ...invalidValue(field, value, why),
  reason: "FieldValueTypeInvalid",
});
export const requiredValue = (field: string, why = ""): Cause => ({
  reason: "FieldValueRequired",
  message: `Required value${why && `: ${why}`}`,
  field,
});
export const forbiddenValue = (field: string, why: string): Cause => ({
  reason: "FieldValueForbidden",
  message: `Forbidden: ${why}`,
  field,
});
export const duplicateValue = (field: string, value: Json): Cause => ({
  reason: "FieldValueDuplicate",
  message: `Duplicate value: ${shown(value)}`,
  field,
});
export const notSupported = (field: string, value: Json | undefined, allowed: Json[]): Cause => ({
  reason: "FieldValueNotSupported",
  message: `Unsupported value: ${shown(value)}: supported values: ${allowed.map(shown).join(", ")}`,
  field,
});

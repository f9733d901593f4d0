// From the body of a request to an object of the right kind, with its faults told as Kubernetes tells them.
import { loadYAML } from "../../lib/yaml/load.ts";
import { type Call, fieldValidation } from "./call.ts";
import { type ApiObject, isObject, type Json, type JsonObject, parseJson } from "./json.ts";
import { decodeProtobuf, PROTOBUF } from "./protobuf.ts";
import { applyDefaults, decodingFault, prune } from "./prune.ts";
import { apiVersionOf, type Resource } from "./resource.ts";
import { ApiError, badRequest } from "./status.ts";

const WRITABLE = ["application/json", "application/yaml", PROTOBUF];

const mediaType = (contentType: string): string => (contentType.split(";")[0] ?? "").trim().toLowerCase();

export const unsupportedType = (accepted: string[]): ApiError =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

/** JSON, YAML or protobuf, by what the client says it is. Throws ApiError 415, 400. */
export function decodeBody(body: Buffer, contentType: string, kind: string): JsonObject {
  const type = mediaType(contentType);
  if (type && !WRITABLE.includes(type)) throw unsupportedType(WRITABLE);
  const wanted = `the object provided is unrecognized (must be of type ${kind})`;
  if (type === PROTOBUF) return decodeProtobuf(body);
  let value: Json;
  try {
    value = type === "application/yaml" ? parseYaml(body.toString()) : parseJson(body.toString());
  } catch (error) {
    throw badRequest(`${wanted}: couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw badRequest(`${wanted}: couldn't get version/kind; it is not an object`);
  return value;
}

/** YAML as Kubernetes takes it: JSON's data model. Throws YAMLError. */
export const parseYaml = (text: string): Json => parseJson(JSON.stringify(loadYAML(text) ?? null));

/** The object that a POST or PUT carries. Throws ApiError 400, 415. */
export function decodeObject(call: Call, optionsKind: string): ApiObject {
  const body = decodeBody(call.body, call.contentType, call.resource.kind);
  checkKind(body, call.resource);
  return shapeObject(body, call, optionsKind);
}

/** Built-in kinds may leave out what they are, since the URL says it. */
function checkKind(body: JsonObject, resource: Resource): void {
  const { kind, apiVersion } = body;
  if (!kind && resource.custom) {
    const text = JSON.stringify(body);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in '${text}' (${text.slice(0, 22)} ...)`,
    );
  }
  const expected = apiVersionOf(resource);
  if (kind && kind !== resource.kind) {
    throw badRequest(
      `${kind} in version ${JSON.stringify(apiVersion ?? "")} cannot be handled as a ${resource.kind}: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? "")} in this resource`,
    );
  }
  if (apiVersion && apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
}

/** Gives data the shape of its kind: types checked, unknown fields dropped and told, defaults set. Throws ApiError 400. */
export function shapeObject(body: JsonObject, call: Call, optionsKind: string): ApiObject {
  const { resource } = call;
  const type = resource.type();
  const validation = fieldValidation(call, optionsKind);
  if (!isObject(body["metadata"])) body["metadata"] = {};
  const subject = resource.custom ? { metadata: body["metadata"] } : body;
  const fault = decodingFault(subject, type);
  if (fault) throw undecodable(resource, fault);
  const unknown = prune(body, type).map((path) => `unknown field ${JSON.stringify(path)}`);
  if (unknown.length > 0 && validation === "Strict") {
    throw undecodable(resource, `strict decoding error: ${unknown.join(", ")}`);
  }
  if (validation === "Warn") call.warnings.push(...unknown);
  if (resource.custom) applyDefaults(body, type);
  const { kind: _, apiVersion: __, metadata, ...rest } = body as ApiObject;
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata, ...rest };
}

const undecodable = (resource: Resource, why: string): ApiError =>
  badRequest(
    `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${why}`,
  );

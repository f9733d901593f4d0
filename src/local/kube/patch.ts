// PATCH in its four forms.
import { applyConfiguration } from "./apply.ts";
import { type Answer, type Call, dryRun, flag, optionsKind } from "./call.ts";
import { createObject } from "./create.ts";
import { parseYaml, shapeObject, unsupportedType } from "./decode.ts";
import { type Engine, find, lookUp } from "./engine.ts";
import { type ApiObject, clone, isObject, type Json, parseJson } from "./json.ts";
import { writeManagers } from "./managed-fields.ts";
import { applyJsonPatch } from "./patch-json.ts";
import { applyMergePatch } from "./patch-merge.ts";
import { applyStrategicPatch } from "./patch-strategic.ts";
import { apiVersionOf } from "./resource.ts";
import { badRequest, invalid, requiredValue } from "./status.ts";
import { updateObject } from "./update.ts";
import { writerOf } from "./writer.ts";

const OPTIONS = "PatchOptions";
const JSON_PATCH = "application/json-patch+json";
const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const APPLY = "application/apply-patch+yaml";

/** Throws ApiError. */
export function patch(engine: Engine, call: Call): Answer {
  const type = (call.contentType.split(";")[0] ?? "").trim();
  const accepted = [JSON_PATCH, MERGE, ...(call.resource.custom ? [] : [STRATEGIC]), APPLY];
  if (!accepted.includes(type)) throw unsupportedType(accepted);
  if (type === APPLY) return applyPatch(engine, call);
  const isDry = dryRun(call, OPTIONS);
  const body = decodePatch(call.body.toString());
  const old = find(engine, call.resource, call.namespace, call.name);
  const patched = patchedObject(type, old, body, call);
  if (!isObject(patched)) throw badRequest("the patched object is not an object");
  // Only a version that the patch itself names is a precondition.
  const asked = shapeObject(patched, call, OPTIONS);
  const writer = writerOf(engine, call, OPTIONS);
  return { code: 200, object: updateObject(engine, call, old, asked, writer, isDry) };
}

function decodePatch(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

function patchedObject(type: string, old: ApiObject, body: Json, call: Call): Json {
  if (type === JSON_PATCH) return applyJsonPatch(old, body);
  if (!isObject(body)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${Array.isArray(body) ? "array" : typeof body} into Go value of type map[string]interface {}`,
    );
  }
  if (type === MERGE) return applyMergePatch(clone(old), body);
  return applyStrategicPatch(clone(old), body, call.resource.type());
}

/** Server-side apply: creates what is not there. */
function applyPatch(engine: Engine, call: Call): Answer {
  const { resource, namespace, name, query } = call;
  if (!query.get("fieldManager")) {
    throw invalid(optionsKind(OPTIONS), "", [requiredValue("fieldManager", "is required for apply patch")]);
  }
  const isDry = dryRun(call, OPTIONS);
  const config = decodeConfiguration(call);
  const writer = writerOf(engine, call, OPTIONS, "Apply");
  const live = lookUp(engine, resource, namespace, name);
  if (
    live &&
    config.metadata.resourceVersion &&
    config.metadata.resourceVersion !== live.metadata.resourceVersion
  ) {
    // Goes through the usual check for its words.
    return { code: 200, object: updateObject(engine, call, live, config, undefined, isDry) };
  }
  const { object, managers } = applyConfiguration({
    ...{ live, config, type: resource.type(), writer, force: flag(query, "force") },
  });
  if (!live) {
    object.metadata.name ||= name;
    writeManagers(object, managers);
    return { code: 201, object: createObject(engine, call, object, undefined, isDry) };
  }
  writeManagers(object, managers);
  return { code: 200, object: updateObject(engine, call, live, object, undefined, isDry) };
}

function decodeConfiguration(call: Call): ApiObject {
  let body: Json;
  try {
    body = parseYaml(call.body.toString());
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
  const { kind } = call.resource;
  if (!isObject(body)) throw badRequest("error decoding YAML: the patch is not an object");
  const expected = apiVersionOf(call.resource);
  if (body["kind"] !== kind || body["apiVersion"] !== expected) {
    throw badRequest(
      `invalid object type: ${JSON.stringify(`${body["apiVersion"] ?? ""}, Kind=${body["kind"] ?? ""}`)}: must be ${expected}, Kind=${kind}`,
    );
  }
  const config = shapeObject(body, call, OPTIONS);
  if (config.metadata["managedFields"]) throw badRequest("metadata.managedFields must be nil");
  if (config.metadata.name && config.metadata.name !== call.name) {
    throw badRequest(
      `the name of the object (${config.metadata.name}) does not match the name on the URL (${call.name})`,
    );
  }
  return config;
}
